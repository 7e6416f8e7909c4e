//! What must add up in a settlement (domain 1.6), in the standard's own form.
//!
//! Two habits of the dialects end at the adapter: a fund total that has the personal account in it, and negative
//! amounts for what is taken back. So one set of identities holds for settlements and reversals alike:
//!
//! 1. `feeTotal` = `inScope` + `fullSelfPay` + `overLimitSelfPay` + `preSelfPay`
//! 2. `personalTotal` = `accountPaid` + `cashPaid`
//! 3. `feeTotal` = `fundTotal` + `personalTotal` + `hospitalPart`
//! 4. the parts of the fund total are together not more than it
//!
//! An identity with a null in it is not checked. Where the third fails and would hold if the personal account
//! were taken out of the fund total, that is what is said: an adapter forgot to convert.

use serde_json::Value;

use super::Finding;
use super::sums::{self, fen_of, sum};
use crate::sentences;

const SCOPE: Finding = Finding::new(sentences::SCOPE_SUM).at("feeTotal");
const PERSONAL: Finding = Finding::new(sentences::PERSONAL_SUM).at("personalTotal");
const FEE: Finding = Finding::new(sentences::FEE_SUM).at("feeTotal");
const ACCOUNT: Finding = Finding::new(sentences::FUND_INCLUDES_ACCOUNT).at("fundTotal");
const PARTS: Finding = Finding::new(sentences::FUND_PARTS).at("fundParts");

/// Parts that are listed for completeness and belong to no fund.
const NO_FUND: [&str; 2] = ["personalAccount", "hospitalAdvance"];

/// Rule `money-identity`, on the amounts of a settlement.
pub(super) fn check(value: &Value, found: &mut dyn FnMut(Finding)) {
    let amount = |name| sums::amount(value, name);
    let fee = amount("feeTotal");
    let scope = sum(["inScope", "fullSelfPay", "overLimitSelfPay", "preSelfPay"].map(amount));
    if let (Some(fee), Some(scope)) = (fee, scope)
        && fee != scope
    {
        found(SCOPE);
    }
    let (account, fund) = (amount("accountPaid"), amount("fundTotal"));
    let paid = sum([account, amount("cashPaid")]);
    let personal = amount("personalTotal");
    if let (Some(personal), Some(paid)) = (personal, paid)
        && personal != paid
    {
        found(PERSONAL);
    }
    let all = sum([fund, personal.or(paid), amount("hospitalPart")]);
    if let (Some(fee), Some(all)) = (fee, all)
        && fee != all
    {
        let too_much = account.filter(|account| *account > 0 && all - fee == *account);
        found(if too_much.is_some() { ACCOUNT } else { FEE });
    }
    if let (Some(fund), Some(parts)) = (fund, parts(value))
        && parts > fund
    {
        found(PARTS);
    }
}

/// What the funds pay by their parts.
fn parts(value: &Value) -> Option<i64> {
    let parts = value.get("fundParts")?.as_array()?;
    let of_funds = parts
        .iter()
        .filter(|part| part.get("kind").and_then(Value::as_str).is_some_and(|kind| !NO_FUND.contains(&kind)));
    fen_of(of_funds, "amount")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::codes;
    use crate::Fen;

    /// The sample S-3 of the national interface.
    fn sample() -> Value {
        json!({"kind": "settlement", "feeTotal": "320.50", "inScope": "250.00", "fullSelfPay": "40.50",
            "overLimitSelfPay": "10.00", "preSelfPay": "20.00", "fundTotal": "175.00", "accountPaid": "100.00",
            "cashPaid": "45.50", "personalTotal": "145.50", "hospitalPart": "0.00",
            "fundParts": [{"kind": "basicPool", "amount": "175.00"}, {"kind": "personalAccount", "amount": "100.00"}]})
    }

    fn with(name: &str, value: impl Into<Value>) -> Vec<&'static str> {
        let mut amounts = sample();
        amounts[name] = value.into();
        codes("money-identity", amounts)
    }

    #[test]
    fn what_adds_up() {
        assert!(codes("money-identity", sample()).is_empty());
        assert!(with("kind", "reversal").is_empty());
        for (name, value) in
            [("hospitalPart", Value::Null), ("inScope", Value::Null), ("fundParts", json!([]))]
        {
            assert!(with(name, value).is_empty(), "{name}");
        }
    }

    #[test]
    fn what_does_not() {
        assert_eq!(with("preSelfPay", "20.01"), ["scope-sum"]);
        assert_eq!(with("cashPaid", "45.51"), ["personal-sum"]);
        assert_eq!(with("hospitalPart", "0.01"), ["fee-sum"]);
        assert_eq!(with("fundParts", json!([{"kind": "other", "amount": "175.01"}])), ["fund-parts"]);
        assert_eq!(with("feeTotal", "320.51"), ["scope-sum", "fee-sum"]);
    }

    #[test]
    fn a_fund_total_with_the_account_in_it_is_called_so() {
        assert_eq!(with("fundTotal", "275.00"), ["fund-includes-account"]);
        assert_eq!(with("fundTotal", "275.01"), ["fee-sum"]);
        let mut amounts = sample();
        amounts["personalTotal"] = Value::Null;
        amounts["fundTotal"] = "275.00".into();
        assert_eq!(codes("money-identity", amounts), ["fund-includes-account"]);
    }

    #[test]
    fn half_a_settlement_is_left_to_the_schema() {
        for value in [json!(null), json!({}), json!({"feeTotal": 320.5}), json!({"fundParts": [1, null, {}]})]
        {
            assert!(codes("money-identity", value).is_empty());
        }
        assert!(with("feeTotal", 320.5).is_empty());
        assert!(with("fundParts", json!([{"kind": "other"}])).is_empty());
    }

    proptest! {
        #[test]
        fn whoever_pays_the_whole_is_paid_by_somebody(
            parts in prop::array::uniform4(0_i64..1_000_000_000),
            shares in prop::array::uniform3(0_u8..=100),
            reversal in any::<bool>(),
        ) {
            let fee: i64 = parts.iter().sum();
            let fund = fee / 100 * i64::from(shares[0]);
            let hospital = (fee - fund) / 100 * i64::from(shares[1]);
            let personal = fee - fund - hospital;
            let account = personal / 100 * i64::from(shares[2]);
            let text = |fen| Fen(fen).to_string();
            let amounts = json!({"kind": if reversal { "reversal" } else { "settlement" },
                "feeTotal": text(fee), "inScope": text(parts[0]), "fullSelfPay": text(parts[1]),
                "overLimitSelfPay": text(parts[2]), "preSelfPay": text(parts[3]), "fundTotal": text(fund),
                "personalTotal": text(personal), "accountPaid": text(account),
                "cashPaid": text(personal - account), "hospitalPart": text(hospital), "fundParts": []});
            prop_assert!(codes("money-identity", amounts.clone()).is_empty());
            // The other fund mode, not converted.
            let mut other = amounts;
            other["fundTotal"] = text(fund + account).into();
            let expected: &[&str] = if account == 0 { &[] } else { &["fund-includes-account"] };
            prop_assert_eq!(codes("money-identity", other), expected);
        }
    }
}
