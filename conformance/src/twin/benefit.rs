//! The twins' own benefit rule: simple, in whole fen, and such that every identity between the amounts of a
//! settlement holds. It is nobody's real rule.
//!
//! - The last character of an item's code gives its class: 8 is class B (a tenth paid by the person first), 9 is
//!   class C (paid by the person in full), any other class A.
//! - A consumable (its code begins with C) counts up to 20.00 yuan apiece; what is above is the person's.
//! - Of what is in scope an inpatient first pays 800.00 (a resident 400.00). Of the rest the pool pays 70 % to
//!   outpatients and 85 % to inpatients, 5 % more to the retired; residents 50 % and 65 %; retired cadres all.
//! - A civil servant's subsidy pays half of what the pool left. Above 10000.00 left in scope, the fund for large
//!   or critical cases pays 60 %.
//! - The account pays what is left, at most 100.00 yuan and its balance, where it may be used.

use super::money::Fen;

/// What the rule says about one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// Class: 1 is A, 2 is B, 3 is C.
    pub class: u8,
    /// The highest price per piece, if there is one.
    pub cap: Option<Fen>,
    /// What part of it the person pays first, in ten-thousandths.
    pub first_share: i64,
    /// Paid by the person because it is class C.
    pub full_own: Fen,
    /// Paid by the person because it is above the highest price.
    pub over_limit: Fen,
    /// Paid by the person because it is class B.
    pub pre_self: Fen,
    /// What remains, to be shared between fund and person.
    pub in_scope: Fen,
}

/// Assesses one item; `pieces` in ten-thousandths.
pub(super) fn assess(code: &str, total: Fen, pieces: i64) -> Assessment {
    let class = match code.chars().last() {
        Some('8') => 2,
        Some('9') => 3,
        _ => 1,
    };
    let none = Fen(0);
    if class == 3 {
        return Assessment {
            class,
            cap: None,
            first_share: 10_000,
            full_own: total,
            over_limit: none,
            pre_self: none,
            in_scope: none,
        };
    }
    let cap = code.starts_with('C').then_some(CAP);
    let over_limit = cap.map_or(none, |cap| (total - cap.share(pieces)).max(none));
    let first_share = if class == 2 { 1_000 } else { 0 };
    let pre_self = (total - over_limit).share(first_share);
    let in_scope = total - over_limit - pre_self;
    Assessment { class, cap, first_share, full_own: none, over_limit, pre_self, in_scope }
}

/// The amounts of a settlement. Four identities hold:
/// `total = in_scope + full_own + over_limit + pre_self`, `fund = pool + civil_servant + critical`,
/// `personal = account + cash`, and `total = fund + personal + hospital`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Money {
    /// 医疗费总额.
    pub total: Fen,
    /// 全自费.
    pub full_own: Fen,
    /// 超限价自费.
    pub over_limit: Fen,
    /// 先行自付.
    pub pre_self: Fen,
    /// 符合政策范围.
    pub in_scope: Fen,
    /// 实际支付起付线.
    pub deductible: Fen,
    /// 基本统筹.
    pub pool: Fen,
    /// The pool's part, in ten-thousandths.
    pub pool_share: i64,
    /// 公务员补助.
    pub civil_servant: Fen,
    /// 大病 of residents, 大额 of employees.
    pub critical: Fen,
    /// All funds, without the personal account.
    pub fund: Fen,
    /// 医院负担.
    pub hospital: Fen,
    /// 个人负担.
    pub personal: Fen,
    /// 个人账户.
    pub account: Fen,
    /// 个人现金.
    pub cash: Fen,
}

/// Whose settlement it is, as far as the rule asks.
pub(super) struct Terms<'a> {
    pub(super) insurance: &'a str,
    pub(super) inpatient: bool,
    pub(super) retired: bool,
    pub(super) civil_servant: bool,
    /// What the account holds, or nothing where it may not be used.
    pub(super) account: Fen,
}

impl Terms<'_> {
    /// Whether this insurance is one of residents.
    pub(super) fn resident(&self) -> bool {
        self.insurance.starts_with("39")
    }

    fn pool_share(&self) -> i64 {
        let share = match (self.insurance, self.resident(), self.inpatient) {
            ("340", _, _) => return 10_000,
            (_, true, false) => 5_000,
            (_, true, true) => 6_500,
            (_, false, false) => 7_000,
            (_, false, true) => 8_500,
        };
        if self.retired && !self.resident() { share + 500 } else { share }
    }
}

/// Settles items, each with its total.
pub(super) fn settle<'a>(items: impl Iterator<Item = (Fen, &'a Assessment)>, terms: &Terms<'_>) -> Money {
    let mut money = Money::default();
    for (total, item) in items {
        money.total = money.total + total;
        money.full_own = money.full_own + item.full_own;
        money.over_limit = money.over_limit + item.over_limit;
        money.pre_self = money.pre_self + item.pre_self;
        money.in_scope = money.in_scope + item.in_scope;
    }
    let threshold = match (terms.inpatient, terms.resident()) {
        (false, _) => Fen(0),
        (true, true) => Fen::yuan(400),
        (true, false) => Fen::yuan(800),
    };
    money.deductible = threshold.min(money.in_scope);
    money.pool_share = terms.pool_share();
    money.pool = (money.in_scope - money.deductible).share(money.pool_share);
    let left = money.in_scope - money.deductible - money.pool;
    money.civil_servant = if terms.civil_servant { left.share(5_000) } else { Fen(0) };
    let left = money.in_scope - money.pool - money.civil_servant;
    money.critical = (left - Fen::yuan(10_000)).max(Fen(0)).share(6_000);
    money.fund = money.pool + money.civil_servant + money.critical;
    money.personal = money.total - money.fund - money.hospital;
    money.account = terms.account.min(Fen::yuan(100)).min(money.personal);
    money.cash = money.personal - money.account;
    money
}

const CAP: Fen = Fen::yuan(20);

#[cfg(test)]
mod tests {
    use super::*;

    fn identities(money: &Money) {
        assert_eq!(money.total, money.in_scope + money.full_own + money.over_limit + money.pre_self);
        assert_eq!(money.fund, money.pool + money.civil_servant + money.critical);
        assert_eq!(money.personal, money.account + money.cash);
        assert_eq!(money.total, money.fund + money.personal + money.hospital);
        for part in [money.deductible, money.pool, money.critical, money.account, money.cash] {
            assert!(part >= Fen(0) && part <= money.total, "{money:?}");
        }
    }

    #[test]
    fn the_sample_of_the_facts_comes_out() {
        let items: Vec<_> = [("X1", 5_000, 1), ("X8", 20000, 4), ("C1", 3000, 1), ("T9", 4050, 2)]
            .into_iter()
            .map(|(code, total, pieces)| (Fen(total), assess(code, Fen(total), pieces * 10_000)))
            .collect();
        let terms = Terms {
            insurance: "310",
            inpatient: false,
            retired: false,
            civil_servant: false,
            account: Fen(81235),
        };
        let money = settle(items.iter().map(|(total, item)| (*total, item)), &terms);
        identities(&money);
        let parts = [
            money.total,
            money.in_scope,
            money.full_own,
            money.over_limit,
            money.pre_self,
            money.fund,
            money.personal,
            money.account,
            money.cash,
        ];
        let wanted = [32050, 25000, 4050, 1000, 2000, 17500, 14550, 10000, 4550].map(Fen);
        assert_eq!(parts, wanted);
    }

    #[test]
    fn the_identities_hold_for_anything() {
        for seed in 0_i64..2_000 {
            let total = Fen(seed * seed * 7 % 9_000_019);
            let code =
                ["X1", "X8", "C8", "C2", "T9"].into_iter().cycle().nth(seed.unsigned_abs() as usize % 5);
            let item = assess(code.unwrap_or_default(), total, seed % 7 * 5_000 + 1);
            let insurance = if seed % 3 == 0 { "390" } else { "310" };
            let terms = Terms {
                insurance,
                inpatient: seed % 2 == 0,
                retired: seed % 5 == 0,
                civil_servant: seed % 4 == 0,
                account: Fen(seed % 300 * 100),
            };
            let items = [(total, &item), (Fen(33), &item)];
            let odd = assess("X1", Fen(33), 10_000);
            identities(&settle([items[0], (Fen(33), &odd)].into_iter(), &terms));
        }
    }
}
