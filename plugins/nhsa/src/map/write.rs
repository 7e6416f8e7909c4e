//! Unified to native: a call of ours, or an answer to a client.

use std::borrow::Cow;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer};
use yizhan_adapter::time::Moment;

use super::read::ALL_FEES;
use super::{Field, Kind, Node, Way};
use crate::settings::Settings;
use crate::values::{Fen, Losses, NO_CAP, OPEN_END};
use crate::{codes, words};

#[derive(Debug)]
pub(crate) struct Writing<'a> {
    pub(crate) settings: &'a Settings,
    /// A reversal's amounts are negative in this dialect.
    pub(crate) negated: bool,
    /// The pointer of the item that is written; empty for the message itself.
    pub(crate) item: String,
    pub(crate) losses: &'a mut Losses,
}

impl Kind {
    /// Whether this is the list's word for what is not known.
    fn says_nothing(self, value: &Value<'_>) -> bool {
        matches!(self, Self::Word(list) if list.otherwise.is_some() && list.otherwise == value.as_text())
    }
}

impl Writing<'_> {
    /// The members of a native object: every field of the table, null where nothing is said.
    ///
    /// # Errors
    /// A request without what the dialect demands.
    pub(crate) fn fields(
        &mut self,
        out: &mut Writer,
        unified: &Value<'_>,
        fields: &'static [Field],
    ) -> Result<(), Fault> {
        for field in fields.iter().filter(|field| field.way != Way::Heard) {
            if !self.field(out, unified, field) && field.demanded {
                let pointer = [&self.item, field.place].concat();
                let reason = ["the dialect needs ", field.name()].concat();
                return Err(fault::inexpressible(&pointer, reason));
            }
        }
        Ok(())
    }

    /// One member; null, and false, where nothing is said or the dialect has no code for it.
    fn field(&mut self, out: &mut Writer, unified: &Value<'_>, field: &Field) -> bool {
        let value = unified.at(field.place).filter(|value| !value.is_null());
        out.key(field.name());
        let written = value.is_some_and(|value| self.put(out, field, value, unified));
        if !written {
            match field.kind {
                // No cap is said in so many digits.
                Kind::Cap => self.decimal(out, NO_CAP),
                Kind::Period(second) | Kind::Disease(second) => {
                    out.null().key(second).null();
                }
                _ => {
                    out.null();
                }
            }
            if value.is_some_and(|value| !field.kind.says_nothing(value)) {
                self.losses.add_once(&self.item, field.place, "no code of this dialect");
            }
        }
        written
    }

    /// The members of a native object of an answer, which is rendered as far as it goes.
    pub(crate) fn answer(&mut self, out: &mut Writer, unified: &Value<'_>, fields: &'static [Field]) {
        for field in fields.iter().filter(|field| field.way != Way::Heard) {
            self.field(out, unified, field);
        }
    }

    /// The members of an input object.
    ///
    /// # Errors
    /// As [`Self::fields`].
    pub(crate) fn nodes(
        &mut self,
        out: &mut Writer,
        message: &Value<'_>,
        nodes: &'static [Node],
    ) -> Result<(), Fault> {
        for node in nodes {
            out.key(node.name.split('|').next().unwrap_or_default());
            if node.list.is_empty() {
                out.begin_object();
                self.fields(out, message, node.fields)?;
                out.end_object();
                continue;
            }
            out.begin_array();
            for (index, item) in message.at(node.list).map_or(&[][..], Value::items).iter().enumerate() {
                out.begin_object();
                self.fields(out, message, node.repeated)?;
                self.item = [node.list, "/", &index.to_string()].concat();
                let written = self.fields(out, item, node.fields);
                self.item.clear();
                written?;
                out.end_object();
            }
            out.end_array();
        }
        Ok(())
    }

    /// A number or a text, as this partner has it; validated decimals are JSON numbers as they stand.
    pub(crate) fn decimal(&self, out: &mut Writer, text: &str) {
        if self.settings.amounts_as_text {
            out.text(text);
        } else {
            out.number(text);
        }
    }

    /// An amount, negative where a reversal's are.
    pub(crate) fn amount(&self, out: &mut Writer, text: &str) {
        let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        match text.strip_prefix('-') {
            Some(positive) if self.negated => self.decimal(out, positive),
            None if self.negated && !is_zero => self.decimal(out, &["-", text].concat()),
            _ => self.decimal(out, text),
        }
    }

    /// Writes the value; false, and nothing written, where the dialect has no code for it.
    fn put(&mut self, out: &mut Writer, field: &Field, value: &Value<'_>, unified: &Value<'_>) -> bool {
        let scalar = value.scalar();
        let beside = || unified.at(&[field.place, "Text"].concat()).and_then(Value::scalar);
        let text: Option<Cow<'_, str>> = match field.kind {
            Kind::Text(_) | Kind::HolderNumber | Kind::ItemName(_) | Kind::Division | Kind::Date => {
                scalar.map(Cow::Borrowed)
            }
            Kind::DottedDate => scalar.map(|day| Cow::Owned(day.replace('-', "."))),
            Kind::Moment => scalar.and_then(Moment::from_rfc3339).map(|moment| Cow::Owned(moment.seconds())),
            Kind::Word(list) => scalar.and_then(|word| list.code(word)).map(Cow::Borrowed),
            Kind::ItemList => {
                let list = self.settings.item_lists;
                scalar.and_then(|word| list?.code(word)).map(Cow::Borrowed)
            }
            Kind::Insurance => {
                let kind = scalar.and_then(|word| codes::insurance_of(word, beside()));
                kind.as_ref()
                    .and_then(|kind| codes::insurance_code(kind).code.map(|code| Cow::Owned(code.to_owned())))
            }
            Kind::Category => scalar.and_then(|word| self.category(field, word, beside())),
            Kind::Clearing => beside()
                .or_else(|| scalar.and_then(|word| self.settings.clearing_code(word)))
                .map(Cow::Borrowed),
            Kind::Identifier(_) => {
                self.issuer(field, value);
                value.get("id").and_then(Value::scalar).map(Cow::Borrowed)
            }
            Kind::FeeScope => match scalar {
                Some("all") => Some(Cow::Borrowed(ALL_FEES)),
                Some("batch") => unified.at("/batch/id").and_then(Value::scalar).map(Cow::Borrowed),
                _ => None,
            },
            Kind::Institution => scalar.map(|id| Cow::Borrowed(self.settings.registered(id))),
            Kind::Flag => value.as_bool().map(|flag| Cow::Borrowed(if flag { "1" } else { "0" })),
            Kind::Amount
            | Kind::Money
            | Kind::Price
            | Kind::Cap
            | Kind::Quantity
            | Kind::Ratio
            | Kind::Count => {
                let Some(text) = scalar else { return false };
                match field.kind {
                    Kind::Amount => self.amount(out, text),
                    Kind::Count => {
                        out.number(text);
                    }
                    _ => self.decimal(out, text),
                }
                return true;
            }
            Kind::FundTotal { .. } => {
                let Some(total) = scalar.and_then(|total| self.fund_total(field, total, unified)) else {
                    return false;
                };
                self.amount(out, &total);
                return true;
            }
            Kind::Disease(name) => {
                let Some(first) = value.items().first() else { return false };
                if value.items().len() > 1 {
                    self.losses
                        .add([field.place, "/1"].concat(), "the dialect has room for the main one alone");
                }
                let member = |name: &str| first.get(name).and_then(Value::scalar);
                out.text_or_null(member("code"));
                out.key(name).text_or_null(member("name"));
                return true;
            }
            Kind::Period(last) => {
                let day = |name: &str| value.get(name).and_then(Value::scalar);
                out.text_or_null(day("startsOn"));
                out.key(last).text_or_null(day("endsOn").filter(|day| *day != OPEN_END));
                return true;
            }
        };
        text.is_some_and(|text| {
            out.text(&text);
            true
        })
    }

    /// The account is added where this partner wants it in the total (domain 1.6).
    fn fund_total<'v>(&self, field: &Field, total: &'v str, unified: &Value<'_>) -> Option<Cow<'v, str>> {
        if !self.settings.fund_total_has_account {
            return Some(Cow::Borrowed(total));
        }
        let parent = field.place.rsplit_once('/').map_or("", |(parent, _)| parent);
        let account = unified.at(&[parent, "/accountPaid"].concat()).and_then(Value::scalar)?;
        Fen::read(total)?.plus(Fen::read(account)?).map(|fen| Cow::Owned(fen.to_string()))
    }

    /// The finer code where it belongs to the word, else the word's own.
    fn category<'a>(&mut self, field: &Field, word: &str, text: Option<&'a str>) -> Option<Cow<'a, str>> {
        let coded = words::category_code(word, text);
        if text.is_some() && coded != text && coded.is_some() {
            let place = [field.place, "Text"].concat();
            self.losses.add_once(&self.item, &place, "no code of this dialect");
        }
        coded.map(Cow::Borrowed)
    }

    /// Who gave an identifier is not said: it is understood where this partner did.
    fn issuer(&mut self, field: &Field, identifier: &Value<'_>) {
        let issuer = identifier.get("issuer").and_then(Value::scalar);
        if issuer.is_some_and(|issuer| issuer != self.settings.division) {
            let place = [field.place, "/issuer"].concat();
            self.losses.add_once(&self.item, &place, "the dialect has no field for it");
        }
    }
}
