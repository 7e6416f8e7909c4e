//! Lists and their totals.

use std::collections::HashSet;

use serde_json::Value;

use super::Finding;
use crate::decimal::{Quantity, UnitPrice};
use crate::money::Fen;
use crate::sentences;

const FEE_TOTAL: Finding = Finding::new(sentences::ROWS_SUM).at("feeTotal");
const TWICE: Finding = Finding::new(sentences::ROW_TWICE).at("rows");
const COUNT: Finding = Finding::new(sentences::BATCH_COUNT).at("totals/count");
const PRODUCT: Finding = Finding::warning(sentences::ROW_PRODUCT).at("amount");

/// The totals of a reconciliation, each the sum of the rows' member of the same name.
const TOTALS: [(&str, Finding); 3] = [
    ("feeTotal", Finding::new(sentences::NET_SUM).at("totals/feeTotal")),
    ("fundTotal", Finding::new(sentences::NET_SUM).at("totals/fundTotal")),
    ("accountPaid", Finding::new(sentences::NET_SUM).at("totals/accountPaid")),
];

/// Rule `fee-total`, on an object with `feeTotal` and fee `rows`: nothing was forgotten, nothing sent twice.
pub(super) fn check_fees(value: &Value, found: &mut dyn FnMut(Finding)) {
    let Some(rows) = value.get("rows").and_then(Value::as_array) else { return };
    if let (Some(total), Some(rows)) = (amount(value, "feeTotal"), fen_of(rows, "amount"))
        && total != rows
    {
        found(FEE_TOTAL);
    }
    let mut numbers = HashSet::new();
    let mut named = rows.iter().filter_map(|row| row.get("number")?.as_str());
    if named.any(|number| !numbers.insert(number)) {
        found(TWICE);
    }
}

/// Rule `row-product`, on a fee row. It only warns: prices of packs that are broken up do not come out even.
pub(super) fn check_row(value: &Value, found: &mut dyn FnMut(Finding)) {
    let text = |name| value.get(name).and_then(Value::as_str);
    let price = text("unitPrice").and_then(|text| text.parse::<UnitPrice>().ok());
    let quantity = text("quantity").and_then(|text| text.parse::<Quantity>().ok());
    if let (Some(amount), Some(price), Some(quantity)) = (amount(value, "amount"), price, quantity)
        && price.times(quantity) != Some(Fen(amount))
    {
        found(PRODUCT);
    }
}

/// Rule `batch-totals`, on an object with `totals` and the `rows` of settlements and reversals they are of.
pub(super) fn check_totals(value: &Value, found: &mut dyn FnMut(Finding)) {
    let (Some(totals), Some(rows)) = (value.get("totals"), value.get("rows").and_then(Value::as_array))
    else {
        return;
    };
    if totals.get("count").and_then(Value::as_u64).is_some_and(|count| count != rows.len() as u64) {
        found(COUNT);
    }
    for (name, finding) in TOTALS {
        if let (Some(total), Some(rows)) = (fen(totals, name), net(rows, name))
            && total != rows
        {
            found(finding);
        }
    }
}

/// What settlements come to when reversals are subtracted.
fn net(rows: &[Value], name: &str) -> Option<i64> {
    rows.iter().try_fold(0_i64, |sum, row| {
        let amount = amount(row, name)?;
        match row.get("kind").and_then(Value::as_str)? {
            "settlement" => sum.checked_add(amount),
            "reversal" => sum.checked_sub(amount),
            _ => None,
        }
    })
}

/// An amount that is not negative, in fen; nothing if it is null, or not written like one.
pub(super) fn amount(value: &Value, name: &str) -> Option<i64> {
    fen(value, name).filter(|fen| *fen >= 0)
}

/// A total, which may be negative.
fn fen(value: &Value, name: &str) -> Option<i64> {
    value.get(name)?.as_str()?.parse::<Fen>().ok().map(|fen| fen.0)
}

/// The sum of amounts, if all are known.
pub(super) fn sum<const N: usize>(amounts: [Option<i64>; N]) -> Option<i64> {
    amounts.into_iter().try_fold(0_i64, |sum, amount| sum.checked_add(amount?))
}

/// The sum of one member of several objects, if it is known of all.
pub(super) fn fen_of<'a>(rows: impl IntoIterator<Item = &'a Value>, name: &str) -> Option<i64> {
    rows.into_iter().try_fold(0_i64, |sum, row| sum.checked_add(amount(row, name)?))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::codes;

    #[test]
    fn fees_and_their_total() {
        let fees = |total: &str, rows: Value| codes("fee-total", json!({"feeTotal": total, "rows": rows}));
        assert!(fees("30.10", json!([{"amount": "10.00"}, {"amount": "20.10"}])).is_empty());
        assert_eq!(fees("30.11", json!([{"amount": "10.00"}, {"amount": "20.10"}])), ["batch-sum"]);
        assert_eq!(fees("0.01", json!([])), ["batch-sum"]);
        let twice = json!([{"number": "1", "amount": "10.00"}, {"number": "1", "amount": "20.10"}]);
        assert_eq!(fees("30.10", twice), ["row-twice"]);
        for rows in [json!(null), json!([{"amount": 30.11}]), json!([{}]), json!(["30.11"])] {
            assert!(fees("1.00", rows).is_empty());
        }
    }

    #[test]
    fn rows_and_their_product() {
        let row = |price: &str, quantity: &str, amount: &str| {
            codes("row-product", json!({"unitPrice": price, "quantity": quantity, "amount": amount}))
        };
        assert!(row("13.602400", "3.0000", "40.81").is_empty());
        assert_eq!(row("13.602400", "3.0000", "40.80"), ["row-product"]);
        assert_eq!(row("9999999999.999999", "999999999999.0000", "1.00"), ["row-product"]);
        assert!(row("13.6", "3", "40.80").is_empty());
    }

    #[test]
    fn reversals_are_subtracted() {
        let batch = |count: u64, fee: &str, account: &str| {
            let rows = json!([
                {"kind": "settlement", "feeTotal": "320.50", "fundTotal": "175.00", "accountPaid": "100.00"},
                {"kind": "reversal", "feeTotal": "20.50", "fundTotal": "15.00", "accountPaid": "0.00"}]);
            let totals =
                json!({"count": count, "feeTotal": fee, "fundTotal": "160.00", "accountPaid": account});
            codes("batch-totals", json!({"totals": totals, "rows": rows}))
        };
        assert!(batch(2, "300.00", "100.00").is_empty());
        assert_eq!(batch(1, "300.00", "100.00"), ["batch-count"]);
        assert_eq!(batch(2, "341.00", "99.99"), ["batch-sum", "batch-sum"]);
        for value in
            [json!(null), json!({"totals": {}, "rows": [1]}), json!({"totals": {"feeTotal": "1.00"}})]
        {
            assert!(codes("batch-totals", value).is_empty());
        }
    }
}
