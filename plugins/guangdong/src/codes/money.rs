//! Which field of a settlement is which fund, and what sort of item a fee is for.

use yizhan_adapter::unified::{Fund, ItemCategory};

use crate::settings::Settings;

/// The fields of a settlement's output that funds have (domain 4.1); civil servants have three.
pub(crate) const FUND_FIELDS: [(&str, Fund); 7] = [
    ("ake039", Fund::BasicPool),
    ("ykc630", Fund::ResidentCriticalIllness),
    ("ykc637", Fund::EnterpriseSupplement),
    ("ake035", Fund::CivilServantSubsidy),
    ("ykc635", Fund::CivilServantSubsidy),
    ("ykc636", Fund::CivilServantSubsidy),
    ("ykc639", Fund::Other),
];

/// The field a fund's part goes to, where the dialect has one for it.
pub(crate) fn fund_field(fund: Fund) -> Option<&'static str> {
    FUND_FIELDS.iter().find(|(_, listed)| *listed == fund).map(|(field, _)| *field)
}

/// yka111 as a category. The dialect's codes are the partner's, in its settings.
pub(crate) fn item_category(settings: &Settings, code: &str) -> ItemCategory {
    let agreed = settings.item_categories.iter().find(|(listed, _)| listed == code);
    agreed.map_or(ItemCategory::Other, |(_, category)| *category)
}

/// A category as yka111, where the settings have a code for it.
pub(crate) fn item_category_code(settings: &Settings, category: ItemCategory) -> Option<&str> {
    settings.item_categories.iter().find(|(_, listed)| *listed == category).map(|(code, _)| code.as_str())
}

#[cfg(test)]
mod tests {
    use super::{FUND_FIELDS, fund_field};
    use crate::codes::table;
    use yizhan_adapter::unified::Fund;

    #[test]
    fn funds_are_those_of_the_standards_table() {
        let table = table::of("fund.json", "guangdong");
        table.check_read(|field| FUND_FIELDS.iter().find(|(name, _)| *name == field).unwrap().1.as_str());
        table.check_write(Fund::ALL.iter().map(|fund| (fund.as_str(), fund_field(*fund))));
    }
}
