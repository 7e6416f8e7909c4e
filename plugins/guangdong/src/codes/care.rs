//! What care it is: aka130, the stage of a settlement, and how a stay ended.

use yizhan_adapter::unified::{DischargeManner, DischargeResult, MedicalCategory, SettlementStage};

use crate::settings::Settings;

/// aka130 (domain 1.7). The dialect's other codes are the partner's, in its settings.
const CATEGORIES: [(&str, MedicalCategory); 3] = [
    ("25", MedicalCategory::InpatientElsewhere),
    ("71", MedicalCategory::WorkInjuryOutpatient),
    ("72", MedicalCategory::WorkInjuryInpatient),
];

/// aka130 as a category.
pub(crate) fn category(settings: &Settings, code: &str) -> Option<MedicalCategory> {
    let agreed = settings.categories.iter().find(|(listed, _)| listed == code).map(|(_, category)| *category);
    agreed.or_else(|| CATEGORIES.iter().find(|(listed, _)| *listed == code).map(|(_, category)| *category))
}

/// A category as aka130, where there is a code for it.
pub(crate) fn category_code(settings: &Settings, category: MedicalCategory) -> Option<&str> {
    let agreed = settings.categories.iter().find(|(_, listed)| *listed == category);
    let known = || CATEGORIES.iter().find(|(_, listed)| *listed == category).map(|(code, _)| *code);
    agreed.map(|(code, _)| code.as_str()).or_else(known)
}

/// Whether a patient of this category is admitted: national codes of the twenties, 52, and work injuries.
pub(crate) fn is_stay(category: MedicalCategory) -> bool {
    use MedicalCategory as C;
    matches!(
        category,
        C::Inpatient
            | C::InpatientTrauma
            | C::InpatientReferred
            | C::InpatientFromEmergency
            | C::InpatientElsewhere
            | C::InpatientSingleDisease
            | C::InpatientSelfChosen
            | C::DaySurgery
            | C::MaternityInpatient
            | C::WorkInjuryInpatient
    )
}

/// ykc675 (domain 4.1).
const STAGES: [(&str, SettlementStage); 3] =
    [("1", SettlementStage::Final), ("3", SettlementStage::Interim), ("0", SettlementStage::Late)];

/// ykc675 as a stage.
pub(crate) fn stage(code: &str) -> Option<SettlementStage> {
    STAGES.iter().find(|(listed, _)| *listed == code).map(|(_, stage)| *stage)
}

/// A stage as ykc675. What does not say settles at the end.
pub(crate) fn stage_code(stage: Option<SettlementStage>) -> &'static str {
    let stage = stage.unwrap_or(SettlementStage::Final);
    STAGES.iter().find(|(_, listed)| *listed == stage).map_or("1", |(code, _)| code)
}

/// ykc195, one code for how the patient left and was (domain 4.1).
const DISCHARGES: [(&str, DischargeManner, DischargeResult); 7] = [
    ("1", DischargeManner::Ordered, DischargeResult::Cured),
    ("2", DischargeManner::Ordered, DischargeResult::Improved),
    ("3", DischargeManner::Other, DischargeResult::NotImproved),
    ("4", DischargeManner::Died, DischargeResult::Other),
    ("5", DischargeManner::Transferred, DischargeResult::Other),
    ("6", DischargeManner::Transferred, DischargeResult::Other),
    ("9", DischargeManner::Other, DischargeResult::Other),
];

/// ykc195 as manner and result.
pub(crate) fn discharge(code: &str) -> Option<(DischargeManner, DischargeResult)> {
    DISCHARGES.iter().find(|(listed, ..)| *listed == code).map(|(_, manner, result)| (*manner, *result))
}

/// Manner and result as ykc195: death and transfer are told by the manner, everything else by the result. None
/// where that is missing: cured and better are not guessed.
pub(crate) fn discharge_code(
    manner: DischargeManner,
    result: Option<DischargeResult>,
) -> Option<&'static str> {
    match (manner, result) {
        (DischargeManner::Died, _) => Some("4"),
        (DischargeManner::Transferred, _) => Some("5"),
        (_, Some(DischargeResult::Cured)) => Some("1"),
        (_, Some(DischargeResult::Improved)) => Some("2"),
        (_, Some(DischargeResult::NotImproved)) => Some("3"),
        (_, Some(DischargeResult::Other)) | (DischargeManner::Other, None) => Some("9"),
        (_, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{category, category_code, discharge, discharge_code, is_stay, stage, stage_code};
    use crate::codes::table;
    use crate::settings::Settings;
    use serde_json::json;
    use yizhan_adapter::native::NativeHost;
    use yizhan_adapter::unified::{DischargeManner, DischargeResult, MedicalCategory, SettlementStage};

    fn settings(categories: &serde_json::Value) -> Settings {
        Settings::read(&NativeHost::new("{}", &json!({"categories": categories})))
    }

    #[test]
    fn categories_are_those_of_the_standards_table_and_of_the_settings() {
        let bare = settings(&json!({}));
        let table = table::of("medical-category.json", "guangdong");
        table.check_read(|code| category(&bare, code).unwrap().as_str());
        table.check_write(MedicalCategory::ALL.iter().map(|it| (it.as_str(), category_code(&bare, *it))));
        assert_eq!(category(&bare, "11"), None, "never guessed");
        let agreed = settings(&json!({"11": "outpatient", "25": "inpatient"}));
        assert_eq!(category(&agreed, "11"), Some(MedicalCategory::Outpatient));
        assert_eq!(
            category(&agreed, "25"),
            Some(MedicalCategory::Inpatient),
            "the partner's own word counts"
        );
        assert_eq!(category_code(&agreed, MedicalCategory::Outpatient), Some("11"));
        assert_eq!(category_code(&agreed, MedicalCategory::WorkInjuryInpatient), Some("72"));
    }

    #[test]
    fn stays_are_told_from_visits() {
        let stays = MedicalCategory::ALL.iter().filter(|it| is_stay(**it)).count();
        assert_eq!(stays, 10);
        assert!(
            is_stay(MedicalCategory::InpatientElsewhere) && !is_stay(MedicalCategory::WorkInjuryOutpatient)
        );
    }

    #[test]
    fn stages_are_those_of_the_standards_table() {
        let table = table::of("settlement-stage.json", "guangdong");
        table.check_read(|code| stage(code).unwrap().as_str());
        table.check_write(SettlementStage::ALL.iter().map(|it| (it.as_str(), Some(stage_code(Some(*it))))));
        assert_eq!((stage("2"), stage_code(None)), (None, "1"));
    }

    #[test]
    fn discharges_are_those_of_the_standards_tables() {
        let (manners, results) = (
            table::of("discharge-manner.json", "guangdong"),
            table::of("discharge-result.json", "guangdong"),
        );
        manners.check_read(|code| discharge(code).unwrap().0.as_str());
        results.check_read(|code| discharge(code).unwrap().1.as_str());
        manners.check_write(DischargeManner::ALL.iter().map(|it| (it.as_str(), discharge_code(*it, None))));
        let by_result = |it: &DischargeResult| discharge_code(DischargeManner::Ordered, Some(*it));
        results.check_write(DischargeResult::ALL.iter().map(|it| (it.as_str(), by_result(it))));
        assert_eq!(discharge("7"), None);
    }
}
