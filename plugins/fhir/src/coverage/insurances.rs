//! The national codes of insurances (insutype, domain 1.7), which a `Coverage` has as its type.

use yizhan_adapter::unified::InsuranceKind;

const CODES: [(&str, InsuranceKind); 14] = [
    ("310", InsuranceKind::EmployeeBasic),
    ("320", InsuranceKind::CivilServantSubsidy),
    ("330", InsuranceKind::LargeMedicalExpense),
    ("340", InsuranceKind::RetiredCadre),
    ("350", InsuranceKind::DisabledServiceman),
    ("360", InsuranceKind::VeteranRedArmy),
    ("370", InsuranceKind::EnterpriseSupplement),
    ("380", InsuranceKind::NewRuralCooperative),
    ("390", InsuranceKind::ResidentBasic),
    ("391", InsuranceKind::UrbanResident),
    ("392", InsuranceKind::ResidentCriticalIllness),
    ("399", InsuranceKind::OtherSpecial),
    ("410", InsuranceKind::LongTermCare),
    ("510", InsuranceKind::Maternity),
];

/// The code of a kind; of `other` it is the text beside it, unless that code means something else here.
pub(super) fn code<'c>(kind: &InsuranceKind, text: Option<&'c str>) -> Option<&'c str> {
    match CODES.iter().find(|(_, known)| known == kind) {
        Some((code, _)) => Some(code),
        None => text.filter(|text| CODES.iter().all(|(code, _)| code != text)),
    }
}

/// The kind, and the code itself where no kind is known for it.
pub(super) fn kind(code: &str) -> (InsuranceKind, Option<&str>) {
    match CODES.iter().find(|(known, _)| *known == code) {
        Some((_, kind)) => (kind.clone(), None),
        None => (InsuranceKind::Other(String::new()), Some(code)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard's own table, row by row.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let table = include_str!("../../../../schemas/v1/codes/insurance-kind.json");
        let table: serde_json::Value = serde_json::from_str(table).unwrap();
        let rows = table["tables"][0]["codes"].as_array().unwrap();
        let rows: Vec<_> = rows.iter().map(|row| [&row["code"], &row["word"]]).collect();
        let ours: Vec<_> = CODES.iter().map(|(code, kind)| [*code, kind.as_str()]).collect();
        assert_eq!(serde_json::json!(ours), serde_json::json!(rows));
    }

    #[test]
    fn a_code_without_a_word_is_other() {
        assert_eq!(kind("342"), (InsuranceKind::Other(String::new()), Some("342")));
        assert_eq!(code(&InsuranceKind::Other(String::new()), Some("342")), Some("342"));
        assert_eq!(code(&InsuranceKind::Other(String::new()), Some("410")), None);
        assert_eq!(code(&InsuranceKind::Other(String::new()), None), None);
    }
}
