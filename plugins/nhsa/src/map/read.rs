//! Native to unified: a request that came in, or a partner's answer.

use std::borrow::Cow;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer};
use yizhan_adapter::unified::citizen_number;

use super::{Field, Kind, Node, Tree, Way};
use crate::settings::Settings;
use crate::values::{
    Fen, Losses, amount, bounded, cap, count, date, division, flag, last_day, moment, money, price, quantity,
    ratio, scalar,
};
use crate::{codes, words};

/// What the personal account pays, beside every fund total.
const ACCOUNT: &str = "acct_pay";

/// `chrg_bchno` of all fees of a visit (domain 1.4).
pub(super) const ALL_FEES: &str = "0000";

/// Where the identifiers, codes and failures of a native message belong.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) settings: &'a Settings,
    /// Who gave the identifiers, where that is certain.
    pub(crate) issuer: Option<&'a str>,
    /// A request leaves out what is not there, and hands on what breaks the standard, so that the gateway names
    /// it by its pointer. A reply says null, and names what it lost.
    pub(crate) reply: bool,
    /// The pointer of the item that is read; empty for the message itself.
    pub(crate) item: String,
    pub(crate) losses: &'a mut Losses,
}

impl Reading<'_> {
    /// The members this table knows.
    ///
    /// # Errors
    /// A reply without what the standard cannot do without.
    pub(crate) fn fields(
        &mut self,
        tree: &mut Tree<'_>,
        native: &Value<'_>,
        fields: &'static [Field],
    ) -> Result<(), Fault> {
        for field in fields {
            // The envelope says who asks, and what is said of the first diagnosis is in the list of them.
            let elsewhere = field.place.starts_with("/context/") || field.place.starts_with("/diagnoses/0/");
            if elsewhere || field.way == Way::Said {
                continue;
            }
            let names = || field.native.split('|');
            let found = names().find_map(|name| {
                let text = scalar(native, name);
                // A flag may be a truth value.
                text.or_else(|| native.get(name)?.as_bool().map(|flag| if flag { "1" } else { "0" }))
            });
            let found = found.or_else(|| field.kind.silence(native));
            if found.is_some_and(|text| self.put(tree, field, text, native)) {
                continue;
            }
            match found {
                Some(text) if !self.reply => {
                    tree.at(field.place).text(text);
                }
                found if self.reply => {
                    if field.demanded {
                        return Err(fault::unreadable([field.native, " is missing or unreadable"].concat()));
                    }
                    if found.is_some() {
                        self.lose(field.place);
                    }
                    tree.at(field.place).null();
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// One input, all its nodes.
    ///
    /// # Errors
    /// A node that is not there.
    pub(crate) fn nodes(
        &mut self,
        tree: &mut Tree<'_>,
        input: &Value<'_>,
        nodes: &'static [Node],
    ) -> Result<(), Fault> {
        // Members that each item repeats are the message's own where no object says them.
        let repeats = nodes.iter().all(|node| !node.list.is_empty());
        for node in nodes {
            let found = node.name.split('|').find_map(|name| input.get(name).filter(|it| !it.is_null()));
            if node.list.is_empty() {
                let found = found.map(|value| value.items().first().unwrap_or(value));
                let value = found.filter(|value| matches!(value, Value::Object(_)));
                let value = value.ok_or_else(|| fault::malformed(["input without ", node.name].concat()))?;
                self.fields(tree, value, node.fields)?;
            } else if let Some(value) = found {
                self.list(tree, value, node, repeats)?;
            }
        }
        Ok(())
    }

    /// A list, which may be one object alone.
    fn list(
        &mut self,
        tree: &mut Tree<'_>,
        value: &Value<'_>,
        node: &'static Node,
        repeats: bool,
    ) -> Result<(), Fault> {
        let items =
            if matches!(value, Value::Object(_)) { std::slice::from_ref(value) } else { value.items() };
        let Some(first) = items.first() else { return Ok(()) };
        if repeats {
            self.fields(tree, first, node.repeated)?;
        }
        self.items(tree.at(node.list), items, node.list, node.fields)?;
        if let Some((amount_name, place)) = node.sum {
            let amounts = items.iter().map(|item| scalar(item, amount_name).and_then(money));
            let total = amounts.map(|text| Fen::read(&text?)).try_fold(Fen(0), |sum, fen| sum.plus(fen?));
            if let Some(total) = total {
                tree.at(place).text(&total.to_string());
            }
        }
        Ok(())
    }

    /// An array of the same objects.
    ///
    /// # Errors
    /// As [`Self::fields`].
    pub(crate) fn items(
        &mut self,
        out: &mut Writer,
        items: &[Value<'_>],
        list: &str,
        fields: &'static [Field],
    ) -> Result<(), Fault> {
        out.begin_array();
        for (index, item) in items.iter().enumerate() {
            self.item = [list, "/", &index.to_string()].concat();
            let mut tree = Tree::begin(out);
            let read = self.fields(&mut tree, item, fields);
            tree.end();
            read?;
        }
        self.item.clear();
        out.end_array();
        Ok(())
    }

    fn lose(&mut self, place: &str) {
        self.losses.add_once(&self.item, place, "the partner's value has no place in the standard");
    }

    /// Writes the value where it belongs; false where the standard has no place for it.
    fn put(&mut self, tree: &mut Tree<'_>, field: &Field, text: &str, native: &Value<'_>) -> bool {
        let place = field.place;
        let text_of = match field.kind {
            Kind::Text(most) => bounded(text, most),
            Kind::HolderNumber => bounded(text, 50).map(citizen_number),
            Kind::Division => division(text),
            Kind::Date | Kind::DottedDate => date(text),
            Kind::Moment => moment(text),
            Kind::Amount => amount(text.strip_prefix('-').unwrap_or(text)),
            Kind::Money => money(text),
            Kind::Price => price(text),
            Kind::Quantity => quantity(text),
            Kind::Ratio => ratio(text),
            Kind::Word(list) => list.word(text).map(Cow::Borrowed),
            Kind::ItemList => {
                let word = self.settings.item_lists.and_then(|list| list.word(text));
                Some(Cow::Borrowed(word.unwrap_or("other")))
            }
            Kind::ItemName(_) => bounded(text, 200),
            Kind::FundTotal { signed } => self.fund_total(text, scalar(native, ACCOUNT), signed),
            Kind::Cap => {
                return match cap(text) {
                    Some(Some(price)) => {
                        tree.at(place).text(&price);
                        true
                    }
                    Some(None) => {
                        tree.at(place).null();
                        true
                    }
                    None => false,
                };
            }
            Kind::Flag => {
                return flag(text).is_some_and(|flag| {
                    tree.at(place).boolean(flag);
                    true
                });
            }
            Kind::Count => {
                return count(text).is_some_and(|count| {
                    tree.at(place).number(&count);
                    true
                });
            }
            Kind::Period(last) => return self.period(tree, place, text, scalar(native, last)),
            Kind::Identifier(kind) => {
                return bounded(text, 50).is_some_and(|id| {
                    self.identifier(tree.at(place), kind, &id);
                    true
                });
            }
            Kind::Insurance => {
                let kind = codes::insurance_kind(text);
                return put_word(tree, place, kind.as_str(), kind.text());
            }
            Kind::Category => {
                let (word, text) = words::category(text);
                return put_word(tree, place, word, text);
            }
            Kind::Clearing => {
                let word = self.settings.clearing_word(text).unwrap_or("other");
                return put_word(tree, place, word, Some(text));
            }
            Kind::Disease(name) => {
                let name = scalar(native, name).unwrap_or(text);
                let out = tree.at(place).begin_array().begin_object();
                out.key("kind").text("western").key("main").boolean(true).key("order").number("1");
                out.key("code").text(text).key("name").text(name).end_object().end_array();
                return true;
            }
            Kind::FeeScope if text == ALL_FEES => Some(Cow::Borrowed("all")),
            Kind::FeeScope => {
                tree.at(place).text("batch");
                self.identifier(tree.at("/batch"), "feeBatch", text);
                return true;
            }
            Kind::Institution => return true,
        };
        text_of.is_some_and(|text| {
            tree.at(place).text(&text);
            true
        })
    }

    pub(crate) fn identifier(&self, out: &mut Writer, kind: &str, id: &str) {
        out.begin_object().key("kind").text(kind).key("id").text(id);
        out.key("issuer").text_or_null(self.issuer).end_object();
    }

    /// The canonical total: the account is taken out where this partner adds it (domain 1.6).
    fn fund_total<'t>(&self, text: &'t str, account: Option<&str>, signed: bool) -> Option<Cow<'t, str>> {
        let unsigned = |text: &'t str| if signed { text } else { text.strip_prefix('-').unwrap_or(text) };
        let total = money(unsigned(text))?;
        if !self.settings.fund_total_has_account {
            return Some(total);
        }
        let account = money(account?)?;
        let account = if signed { &account } else { account.strip_prefix('-').unwrap_or(&account) };
        let without = Fen::read(&total)?.minus(Fen::read(account)?)?;
        (signed || without.0 >= 0).then(|| Cow::Owned(without.to_string()))
    }

    fn period(&mut self, tree: &mut Tree<'_>, place: &'static str, first: &str, last: Option<&str>) -> bool {
        let (starts, ends) = (date(first), last_day(last));
        let (Some(starts), Some(ends)) = (starts, ends) else { return false };
        let out = tree.at(place).begin_object();
        out.key("startsOn").text(&starts).key("endsOn").text(&ends).end_object();
        true
    }
}

impl Kind {
    /// What a field that is not there says.
    fn silence<'v>(self, native: &'v Value<'_>) -> Option<&'v str> {
        match self {
            Self::Word(list) => list.otherwise.and(Some("")),

            Self::ItemList => Some(""),
            Self::ItemName(code) => scalar(native, code),
            _ => None,
        }
    }
}

fn put_word(tree: &mut Tree<'_>, place: &'static str, word: &str, text: Option<&str>) -> bool {
    tree.at(place).text(word);
    if let Some(text) = text {
        tree.text_beside(place).text(text);
    }
    true
}
