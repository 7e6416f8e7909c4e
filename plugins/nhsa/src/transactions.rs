//! The catalogue: which transaction is which operation, what goes in and what comes out (domain 1.4, 1.5). A test
//! holds it to the standard's own table of native codes.

mod care;
mod fees;
mod queries;
mod visits;

use yizhan_adapter::json::Value;

use self::Care::{Inpatient, Outpatient};
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
    Settled,
    /// As [`Self::Settled`], on a prescription.
    Collected,
    Reversed,
    Registered,
    Amended,
    Cancelled,
    Discharged,
    Fees,
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

/// A change that 2601 takes back (domain 1.5).
const fn reversible(
    infno: &'static str,
    operation: &'static str,
    care: Care,
    input: &'static [Node],
    output: Output,
) -> Transaction {
    Transaction { effect: Effect::ActsReversibly, ..query(infno, operation, care, input, output) }
}

/// A change that it does not.
const fn act(
    infno: &'static str,
    operation: &'static str,
    care: Care,
    input: &'static [Node],
    output: Output,
) -> Transaction {
    Transaction { effect: Effect::Acts, ..query(infno, operation, care, input, output) }
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
    query("2206", "settlement.quote", Outpatient, &[care::QUOTE], Output::Quote),
    query("2303", "settlement.quote", Inpatient, &[care::STAY_QUOTE], Output::Quote),
    query("2101", "settlement.quote", Care::Pharmacy, &[care::DRUG_QUOTE, fees::DRUGS], Output::Quote),
    reversible("2207", "settlement.commit", Outpatient, &[care::COMMIT], Output::Settled),
    reversible("2304", "settlement.commit", Inpatient, &[care::STAY_COMMIT], Output::Settled),
    reversible(
        "2102",
        "prescription.collect",
        Care::Pharmacy,
        &[care::COLLECT, fees::DRUGS],
        Output::Collected,
    ),
    // A client's 2102 is read as the operation above, which says more.
    reversible(
        "2102",
        "settlement.commit",
        Care::Pharmacy,
        &[care::DRUG_COMMIT, fees::DRUGS],
        Output::Settled,
    ),
    reversible("2208", "settlement.cancel", Outpatient, &[queries::STATUS], Output::Reversed),
    reversible("2305", "settlement.cancel", Inpatient, &[queries::STATUS], Output::Reversed),
    reversible("2103", "settlement.cancel", Care::Pharmacy, &[queries::STATUS], Output::Reversed),
    act("2201", "visit.register", Outpatient, &[visits::REGISTER], Output::Registered),
    act("2203", "visit.amend", Outpatient, &[visits::AMEND, visits::DIAGNOSES], Output::Amended),
    act("2202", "visit.cancel", Outpatient, &[visits::CANCEL], Output::Cancelled),
    reversible(
        "2401",
        "admission.register",
        Inpatient,
        &[visits::ADMIT, visits::DIAGNOSES],
        Output::Registered,
    ),
    act("2403", "admission.amend", Inpatient, &[visits::ADMIT_AMEND, visits::DIAGNOSES], Output::Amended),
    act("2404", "admission.cancel", Inpatient, &[visits::CANCEL], Output::Cancelled),
    act("2402", "discharge.register", Inpatient, &[visits::DISCHARGE, visits::DIAGNOSES], Output::Discharged),
    act("2405", "discharge.cancel", Inpatient, &[visits::CANCEL], Output::Cancelled),
    Transaction {
        understood: &["/feeTotal"],
        ..act("2204", "fees.upload", Outpatient, &[fees::UPLOAD], Output::Fees)
    },
    Transaction {
        understood: &["/feeTotal"],
        ..act("2301", "fees.upload", Inpatient, &[fees::UPLOAD], Output::Fees)
    },
    Transaction {
        understood: &["/batch"],
        ..act("2205", "fees.cancel", Outpatient, &[fees::CANCEL], Output::Cancelled)
    },
    Transaction {
        understood: &["/batch"],
        ..act("2302", "fees.cancel", Inpatient, &[fees::CANCEL], Output::Cancelled)
    },
];

impl Transaction {
    /// What a client's transaction asks for; of 1101 the whole answer is wanted.
    pub(crate) fn of_code(infno: &str) -> Option<&'static Self> {
        TRANSACTIONS.iter().find(|transaction| transaction.infno == infno)
    }

    /// The transaction for an operation, of this kind of care where there are several.
    pub(crate) fn of_operation(operation: &str, care: Care) -> Option<&'static Self> {
        let mut all = TRANSACTIONS.iter().filter(|transaction| transaction.operation == operation);
        let first = all.next()?;
        if all.next().is_none() {
            return Some(first);
        }
        TRANSACTIONS.iter().find(|one| one.operation == operation && one.care == care)
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
    const ONE_WAY: [(&str, &str); 2] = [("insurance.query", "1101"), ("settlement.commit", "2102")];

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
                Outpatient => Some("outpatient".to_owned()),
                Inpatient => Some("inpatient".to_owned()),
                Care::Pharmacy => Some("pharmacy".to_owned()),
            };
            let row = (transaction.operation.to_owned(), transaction.infno.to_owned(), care);
            let one_way = ONE_WAY.contains(&(transaction.operation, transaction.infno));
            assert!(one_way || known.contains(&row), "{row:?}");
            let first = Transaction::of_code(transaction.infno).unwrap();
            assert_eq!(first.operation != transaction.operation, one_way, "{row:?}");
        }
    }
}
