//! What comes out of a transaction, read as a partner's answer and rendered for a client by the same tables.

mod coverage;
mod credential;
mod settlement;
mod totals;
mod visit;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer, parse_strict};

use crate::map::{Reading, Writing, room};
use crate::settings::Settings;
use crate::transactions::{Output, Transaction};
use crate::values::Losses;

pub(crate) use credential::refused as refused_credential;

/// What an answer says, and beside what.
#[derive(Debug)]
pub(crate) struct Answered<'a, 'b> {
    pub(crate) output: &'a Value<'b>,
    /// When the partner answered, as it spells it.
    pub(crate) time: Option<&'a str>,
    /// The unified request.
    pub(crate) request: &'a Value<'a>,
    /// It is the answer to a question about the act, not to the act.
    pub(crate) asked_after: bool,
}

/// The unified reply.
///
/// # Errors
/// `unreadable` where the answer lacks what the standard cannot do without.
pub(crate) fn read(
    transaction: &Transaction,
    settings: &Settings,
    answered: &Answered<'_, '_>,
    losses: &mut Losses,
) -> Result<String, Fault> {
    let output = answered.output;
    let issuer = Some(settings.division.as_str());
    let mut reading = Reading { settings, issuer, reply: true, item: String::new(), losses };
    let mut out = Writer::with_room(room(output));
    match transaction.output {
        Output::Lookup => return Err(fault::unsupported()),
        Output::Coverage => coverage::read(&mut reading, &mut out, output, answered.request)?,
        Output::Totals => totals::read(&mut reading, &mut out, output)?,
        Output::Credential => credential::read(&mut reading, &mut out, output)?,
        Output::Quote | Output::Status | Output::Settled | Output::Collected | Output::Reversed => {
            settlement::read(transaction.output, &mut reading, &mut out, answered)?;
        }
        Output::Registered | Output::Amended | Output::Cancelled | Output::Discharged | Output::Fees => {
            visit::read(transaction.output, &mut reading, &mut out, answered)?;
        }
    }
    Ok(out.finish())
}

impl Output {
    /// Whether an output says what this one is about: a success without it is none (domain 1.2, trap A).
    pub(crate) fn answers(self, output: &Value<'_>) -> bool {
        let says = |value: &Value<'_>| !value.members().is_empty() || !value.items().is_empty();
        match self {
            Self::Lookup => output.get("baseinfo").is_some_and(says),
            Self::Coverage | Self::Totals | Self::Registered => says(output),
            Self::Credential => says(output) || output.scalar().is_some(),
            Self::Quote | Self::Status | Self::Settled | Self::Collected | Self::Reversed => {
                says(node(output, &settlement::INFO))
            }
            // The code alone says that it was done.
            Self::Amended | Self::Cancelled | Self::Discharged | Self::Fees => true,
        }
    }
}

/// What a client asked about, where an answer repeats it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Echo<'a> {
    pub(crate) person: &'a str,
    pub(crate) visit: &'a str,
}

impl Echo<'_> {
    fn person(&self) -> Option<&str> {
        (!self.person.is_empty()).then_some(self.person)
    }

    fn visit(&self) -> Option<&str> {
        (!self.visit.is_empty()).then_some(self.visit)
    }
}

/// The output of an answer; it is the whole value of `output`.
pub(crate) fn write(
    transaction: &Transaction,
    settings: &Settings,
    out: &mut Writer,
    reply: &Value<'_>,
    echo: &Echo<'_>,
    losses: &mut Losses,
) {
    let mut writing = Writing { settings, negated: false, item: String::new(), losses };
    match transaction.output {
        Output::Lookup => {
            out.null();
        }
        Output::Coverage => coverage::write(&mut writing, out, reply),
        Output::Totals => totals::write(&mut writing, out, reply),
        Output::Credential => credential::write(&mut writing, out, reply),
        Output::Quote | Output::Status | Output::Settled | Output::Collected | Output::Reversed => {
            writing.negated = transaction.output == Output::Reversed;
            settlement::write(transaction, &mut writing, out, reply, echo);
        }
        Output::Registered | Output::Amended | Output::Cancelled | Output::Discharged | Output::Fees => {
            visit::write(transaction, &mut writing, out, reply, echo);
        }
    }
}

/// The node of this name that says something; where nobody names the node, the output itself may be it.
fn node<'a, 'b>(output: &'a Value<'b>, names: &[&str]) -> &'a Value<'b> {
    let named = names.iter().find_map(|name| output.get(name)).filter(|value| !value.is_null());
    let found = named.unwrap_or(output);
    found.items().first().unwrap_or(found)
}

/// The rows of this name; the output itself, or its only list, where nobody names them.
fn rows<'a, 'b>(output: &'a Value<'b>, names: &[&str]) -> &'a [Value<'b>] {
    let named = names.iter().find_map(|name| output.get(name)).filter(|value| !value.is_null());
    match named {
        Some(one @ Value::Object(_)) => std::slice::from_ref(one),
        Some(rows) => rows.items(),
        None if output.members().is_empty() => output.items(),
        None => {
            let lists = output.members().iter().map(|(_, value)| value.items());
            lists.into_iter().find(|items| !items.is_empty()).unwrap_or_default()
        }
    }
}

/// Some platforms put the answer into a text of JSON once more (domain 1.9).
fn unwrapped<T>(value: &Value<'_>, read: impl FnOnce(&Value<'_>) -> T) -> T {
    match value.as_text().map(parse_strict) {
        Some(Ok(inner)) => read(&inner),
        _ => read(value),
    }
}
