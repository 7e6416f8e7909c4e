//! What comes out of a transaction, read as a partner's answer and rendered for a client by the same tables.

mod coverage;
mod credential;
mod settlement;
mod totals;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer, parse_strict};

use crate::map::{Reading, Writing};
use crate::settings::Settings;
use crate::transactions::{Output, Transaction};
use crate::values::Losses;

pub(crate) use credential::refused as refused_credential;

/// The unified reply to this request.
///
/// # Errors
/// `unreadable` where the answer lacks what the standard cannot do without.
pub(crate) fn read(
    transaction: &Transaction,
    settings: &Settings,
    output: &Value<'_>,
    request: &Value<'_>,
    losses: &mut Losses,
) -> Result<String, Fault> {
    let issuer = Some(settings.division.as_str());
    let mut reading = Reading { settings, issuer, reply: true, item: String::new(), losses };
    let mut out = Writer::new();
    match transaction.output {
        Output::Coverage => coverage::read(&mut reading, &mut out, output, request)?,
        Output::Totals => totals::read(&mut reading, &mut out, output)?,
        Output::Credential => credential::read(&mut reading, &mut out, output)?,
        Output::Quote | Output::Status => {
            settlement::read(transaction.output, &mut reading, &mut out, output, request)?;
        }
        Output::Lookup => return Err(fault::unsupported()),
    }
    Ok(out.finish())
}

impl Output {
    /// Whether an output says what this one is about: a success without it is none (domain 1.2, trap A).
    pub(crate) fn answers(self, output: &Value<'_>) -> bool {
        let says = |value: &Value<'_>| !value.members().is_empty() || !value.items().is_empty();
        match self {
            Self::Lookup => output.get("baseinfo").is_some_and(says),
            Self::Coverage | Self::Totals => says(output),
            Self::Credential => says(output) || output.scalar().is_some(),
            Self::Quote | Self::Status => says(node(output, &settlement::INFO)),
        }
    }
}

/// What a client asked about, where an answer repeats it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Echo<'a> {
    pub(crate) person: &'a str,
    pub(crate) visit: &'a str,
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
        Output::Coverage => coverage::write(&mut writing, out, reply),
        Output::Totals => totals::write(&mut writing, out, reply),
        Output::Credential => credential::write(&mut writing, out, reply),
        Output::Quote | Output::Status => {
            settlement::write(transaction.output, &mut writing, out, reply, echo);
        }
        Output::Lookup => {
            out.null();
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
