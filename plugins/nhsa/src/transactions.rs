//! The catalogue: which transaction is which operation, what goes in and what comes out (domain 1.4, 1.5). A test
//! holds it to the standard's own table of native codes.

mod care;
mod fees;
mod queries;

use yizhan_adapter::json::Value;

use crate::map::{Field, Node};
use crate::words;

pub(crate) use fees::FEE_RESULTS;

/// One transaction.
#[derive(Debug)]
pub(crate) struct Transaction {
    pub(crate) infno: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) care: Care,
    pub(crate) input: &'static [Node],
    pub(crate) output: Output,
    /// Members that are understood: the transaction itself says them, or they follow from others.
    pub(crate) understood: &'static [&'static str],
    pub(crate) effect: Effect,
}

/// What a transaction does at the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Reads,
    /// Changes something that no 2601 takes back.
    Acts,
    /// Changes something that 2601 takes back (domain 1.5).
    ActsReversibly,
}

/// Which kind of care a transaction is for, where an operation has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    Any,
    Outpatient,
    Inpatient,
    Pharmacy,
}

/// What comes out, and so how it is read and rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    Lookup,
    Credential,
    Coverage,
    Totals,
    Quote,
    Status,
}

const fn query(
    infno: &'static str,
    operation: &'static str,
    care: Care,
    input: &'static [Node],
    output: Output,
) -> Transaction {
    Transaction { infno, operation, care, input, output, understood: &[], effect: Effect::Reads }
}

pub(crate) static TRANSACTIONS: &[Transaction] = &[
    query("1101", "card.lookup", Care::Any, &[], Output::Lookup),
    query("1101", "insurance.query", Care::Any, &[], Output::Lookup),
    Transaction {
        understood: &["/issuer"],
        ..query("1162", "credential.verify", Care::Any, &[queries::CREDENTIAL], Output::Credential)
    },
    query("2001", "coverage.check", Care::Any, &[queries::COVERAGE], Output::Coverage),
    query("3201", "reconcile.totals", Care::Any, &[queries::TOTALS], Output::Totals),
    query("5203", "settlement.status", Care::Any, &[queries::STATUS], Output::Status),
    query("2206", "settlement.quote", Care::Outpatient, &[care::QUOTE], Output::Quote),
    query("2303", "settlement.quote", Care::Inpatient, &[care::STAY_QUOTE], Output::Quote),
    query("2101", "settlement.quote", Care::Pharmacy, &[care::DRUG_QUOTE, fees::DRUGS], Output::Quote),
];

impl Transaction {
    /// What a client's transaction asks for; of 1101 the whole answer is wanted.
    pub(crate) fn of_code(infno: &str) -> Option<&'static Self> {
        TRANSACTIONS.iter().find(|transaction| transaction.infno == infno)
    }

    /// The transaction for an operation, of this kind of care where there are several.
    pub(crate) fn of_operation(operation: &str, care: Care) -> Option<&'static Self> {
        let fits = |transaction: &&Self| {
            transaction.operation == operation && (transaction.care == Care::Any || transaction.care == care)
        };
        TRANSACTIONS.iter().find(fits)
    }

    /// The one that was chosen before.
    pub(crate) fn of(operation: &str, infno: &str) -> Option<&'static Self> {
        TRANSACTIONS.iter().find(|one| one.operation == operation && one.infno == infno)
    }

    /// All tables of the input whose places are members of the message.
    pub(crate) fn tables(&self) -> Vec<&'static [Field]> {
        let of = |node: &Node| if node.list.is_empty() { node.fields } else { node.repeated };
        self.input.iter().map(of).collect()
    }
}

impl Care {
    /// What a message says of it: its category, and a visit where a pharmacy has none.
    pub(crate) fn of(message: &Value<'_>) -> Option<Self> {
        let word = message.get("category").and_then(Value::as_text)?;
        Some(match word {
            "pharmacy" => Self::Pharmacy,
            word if words::is_inpatient(word) => Self::Inpatient,
            _ => Self::Outpatient,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use yizhan_schemas::Standard;

    use super::*;

    /// Transactions that answer an operation with which the standard's table does not name them.
    const ONE_WAY: [(&str, &str); 1] = [("insurance.query", "1101")];

    #[test]
    fn the_catalogue_is_the_standard_s() {
        let codes: serde_json::Value = serde_json::from_str(Standard::native_codes()).unwrap();
        let rows = codes["operations"].as_array().unwrap().iter();
        let text = |row: &serde_json::Value, name: &str| row[name].as_str().map(str::to_owned);
        let known: BTreeSet<_> = rows
            .filter(|row| row["dialect"] == "nhsa")
            .map(|row| (text(row, "operation").unwrap(), text(row, "code").unwrap(), text(row, "care")))
            .collect();
        for transaction in TRANSACTIONS {
            let care = match transaction.care {
                Care::Any => None,
                Care::Outpatient => Some("outpatient".to_owned()),
                Care::Inpatient => Some("inpatient".to_owned()),
                Care::Pharmacy => Some("pharmacy".to_owned()),
            };
            let row = (transaction.operation.to_owned(), transaction.infno.to_owned(), care);
            assert!(known.contains(&row), "{row:?}");
            let first = Transaction::of_code(transaction.infno).unwrap();
            let one_way = ONE_WAY.contains(&(transaction.operation, transaction.infno));
            assert_eq!(first.operation != transaction.operation, one_way, "{row:?}");
        }
    }
}
