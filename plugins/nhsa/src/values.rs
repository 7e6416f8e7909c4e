//! Single values: what partners write in several spellings (domain 7, traps 4 to 8), and the losses where a
//! value has no place in the standard.

use std::borrow::Cow;

use yizhan_adapter::contract::Loss;
use yizhan_adapter::json::Value;
use yizhan_adapter::time;

/// The standard's last day of what has no end.
pub(crate) const OPEN_END: &str = "9999-12-31";
const FAR_DAYS: [&str; 3] = [OPEN_END, "2999-12-31", "2099-12-31"];
/// The dialect's highest price of what has none (domain 1.5).
pub(crate) const NO_CAP: &str = "999999";

/// A sum of money in fen, for the few sums a translation has to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fen(pub(crate) i64);

impl Fen {
    /// Reads the standard's spelling: yuan with two places.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.')?;
        (fraction.len() == 2).then(|| [whole, fraction].concat().parse().ok().map(Self))?
    }

    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub(crate) fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

impl std::fmt::Display for Fen {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        write!(out, "{sign}{}.{:02}", fen / 100, fen % 100)
    }
}

/// Named losses, collected while a message is translated.
#[derive(Debug, Default)]
pub(crate) struct Losses(pub(crate) Vec<Loss>);

impl Losses {
    pub(crate) fn add(&mut self, pointer: impl Into<String>, reason: &str) {
        self.0.push(Loss { pointer: pointer.into(), reason: reason.to_owned() });
    }

    /// The same member of several items of one list is lost once, with the first of them.
    pub(crate) fn add_once(&mut self, item: &str, place: &str, reason: &str) {
        let list = item.rsplit_once('/').map_or("", |(list, _)| list);
        let known = |loss: &Loss| {
            let rest = loss.pointer.strip_prefix(list).and_then(|rest| rest.strip_suffix(place));
            !list.is_empty() && rest.is_some_and(|index| index.starts_with('/'))
        };
        if !self.0.iter().any(known) {
            self.add([item, place].concat(), reason);
        }
    }

    /// The member's value, converted; a loss where it is there and does not convert.
    pub(crate) fn convert<'a, T>(
        &mut self,
        place: Place<'_>,
        native: Option<&'a str>,
        convert: impl FnOnce(&'a str) -> Option<T>,
    ) -> Option<T> {
        let converted = convert(native?);
        if converted.is_none() {
            self.add(place.pointer(), "the partner's value has no place in the standard");
        }
        converted
    }
}

/// Where a value belongs in the unified message; becomes text only when something is lost there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// A member of the person.
    Person(&'a str),
    /// A member of an item of a list.
    Item(&'a str, usize, &'a str),
}

impl Place<'_> {
    pub(crate) fn pointer(self) -> String {
        match self {
            Self::Person(member) => ["/person/", member].concat(),
            Self::Item(list, index, member) => ["/", list, "/", &index.to_string(), "/", member].concat(),
        }
    }
}

/// The text or number of a member; none for "", null and absent.
pub(crate) fn scalar<'a>(object: &'a Value<'_>, name: &str) -> Option<&'a str> {
    object.get(name).and_then(Value::scalar)
}

/// The first of several spellings that has a value.
pub(crate) fn any_scalar<'a>(object: &'a Value<'_>, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| scalar(object, name))
}

/// `^[1-9][0-9]{5}$`
pub(crate) fn is_division(text: &str) -> bool {
    text.len() == 6 && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(crate) fn division(text: &str) -> Option<Cow<'_, str>> {
    is_division(text).then_some(Cow::Borrowed(text))
}

/// Text of at most this many characters, without control characters.
pub(crate) fn bounded(text: &str, most: usize) -> Option<Cow<'_, str>> {
    let fits = text.chars().count() <= most && !text.chars().any(|character| character.is_ascii_control());
    fits.then_some(Cow::Borrowed(text))
}

/// Two digits of GB/T 3304; a partner that writes numbers drops the leading zero.
pub(crate) fn ethnicity(text: &str) -> Option<Cow<'_, str>> {
    match text.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9'] => Some(Cow::Borrowed(text)),
        [b'1'..=b'9'] => Some(Cow::Owned(["0", text].concat())),
        _ => None,
    }
}

/// `yyyy-MM-dd`, alone or with a time of day behind it; `yyyyMMdd`, `yyyyMMddHHmmss` and `yyyy.MM.dd`.
pub(crate) fn date(text: &str) -> Option<Cow<'_, str>> {
    if let Some(day) = text.get(..10).filter(|day| time::is_date(day)) {
        return matches!(text.as_bytes().get(10), None | Some(b' ' | b'T')).then_some(Cow::Borrowed(day));
    }
    let compact = match text.len() {
        8 => Some(text),
        14 if text.bytes().all(|byte| byte.is_ascii_digit()) => text.get(..8),
        _ => None,
    };
    let day = match compact {
        Some(compact) => time::date_from_compact(compact)?,
        None => Some(text.replace('.', "-")).filter(|day| text.contains('.') && time::is_date(day))?,
    };
    Some(Cow::Owned(day))
}

/// Yuan with two places; never rounded: what has more digits than the standard is not this amount.
pub(crate) fn money(text: &str) -> Option<Cow<'_, str>> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let amount = decimal(unsigned, 2, 14)?;
    if unsigned.len() == text.len() || amount == "0.00" {
        return Some(amount);
    }
    Some(if amount == unsigned { Cow::Borrowed(text) } else { Cow::Owned(["-", &amount].concat()) })
}

/// Yuan with two places, zero or more.
pub(crate) fn amount(text: &str) -> Option<Cow<'_, str>> {
    decimal(text, 2, 14)
}

/// Yuan with six places, zero or more.
pub(crate) fn price(text: &str) -> Option<Cow<'_, str>> {
    decimal(text, 6, 10)
}

/// A highest price; 999999 says that there is none (domain 1.5).
pub(crate) fn cap(text: &str) -> Option<Option<Cow<'_, str>>> {
    let price = price(text)?;
    Some(Some(price).filter(|price| price.strip_suffix(".000000") != Some(NO_CAP)))
}

/// Four places, zero or more.
pub(crate) fn quantity(text: &str) -> Option<Cow<'_, str>> {
    decimal(text, 4, 12)
}

/// Four places, at most one.
pub(crate) fn ratio(text: &str) -> Option<Cow<'_, str>> {
    decimal(text, 4, 1).filter(|ratio| ratio.starts_with("0.") || ratio == "1.0000")
}

/// A whole number, without leading zeros; a partner may write it with empty places behind the point.
pub(crate) fn count(text: &str) -> Option<Cow<'_, str>> {
    match decimal(text, 0, 9)? {
        Cow::Borrowed(text) => Some(Cow::Borrowed(text.strip_suffix('.').unwrap_or(text))),
        Cow::Owned(text) => Some(Cow::Owned(text.trim_end_matches('.').to_owned())),
    }
}

/// A second of a day in China: `yyyy-MM-dd HH:mm:ss`, `yyyyMMddHHmmss` with or without milliseconds; a day alone
/// is its beginning.
pub(crate) fn moment(text: &str) -> Option<Cow<'_, str>> {
    if let Some(moment) = time::civil_seconds(text) {
        return Some(Cow::Owned(moment));
    }
    // Milliseconds are of no account.
    let text = if text.len() == 17 { text.get(..14)? } else { text };
    let day = date(text)?;
    if matches!(text.len(), 8 | 10) {
        return Some(Cow::Owned([day.as_ref(), "T00:00:00+08:00"].concat()));
    }
    let digits = |range| text.get(range);
    let clock = [digits(8..10)?, ":", digits(10..12)?, ":", digits(12..14)?].concat();
    time::civil_seconds(&[day.as_ref(), " ", &clock].concat()).map(Cow::Owned)
}

/// The last day of a period; none and the far days of the dialects are an open end (domain 7, trap 7).
pub(crate) fn last_day(text: Option<&str>) -> Option<Cow<'_, str>> {
    let Some(text) = text else { return Some(Cow::Borrowed(OPEN_END)) };
    let day = date(text)?;
    Some(if FAR_DAYS.contains(&day.as_ref()) { Cow::Borrowed(OPEN_END) } else { day })
}

/// Years with one place.
pub(crate) fn age(text: &str) -> Option<Cow<'_, str>> {
    decimal(text, 1, 3)
}

/// 0 and 1.
pub(crate) fn flag(text: &str) -> Option<bool> {
    match text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

/// An unsigned decimal with exactly `places` behind the point and at most `digits` before it, the value
/// untouched.
fn decimal(text: &str, places: usize, digits: usize) -> Option<Cow<'_, str>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !numeric(whole) || !numeric(fraction) {
        return None;
    }
    let significant = match whole.trim_start_matches('0') {
        "" => "0",
        rest => rest,
    };
    if significant.len() == whole.len() && fraction.len() == places && whole.len() <= digits {
        return Some(Cow::Borrowed(text));
    }
    let fraction = fraction.trim_end_matches('0');
    if significant.len() > digits || fraction.len() > places {
        return None;
    }
    let mut normal = String::with_capacity(significant.len() + 1 + places);
    normal.push_str(significant);
    normal.push('.');
    normal.push_str(fraction);
    normal.extend(std::iter::repeat_n('0', places - fraction.len()));
    Some(Cow::Owned(normal))
}

#[cfg(test)]
mod tests;
