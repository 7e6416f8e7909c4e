//! Who it is: documents, sex, and the insurance 0211 tells.

use yizhan_adapter::unified::{DocumentKind, Insurance, InsuranceKind, InsuranceStatus, Sex};

/// aac043 (domain 1.7). The social-security card, 90, is not among them: beside it aac044 is the citizen's own
/// number, so `document_kind` and `document_code` treat it apart.
const DOCUMENT_KINDS: [(&str, DocumentKind); 15] = [
    ("01", DocumentKind::ResidentIdentityCard),
    ("02", DocumentKind::MilitaryOfficerCard),
    ("03", DocumentKind::ArmedPoliceOfficerCard),
    ("04", DocumentKind::HongKongMacauTravelPermit),
    ("05", DocumentKind::MacauTravelPermit),
    ("06", DocumentKind::TaiwanTravelPermit),
    ("07", DocumentKind::ForeignerPermanentResidenceCard),
    ("08", DocumentKind::ForeignPassport),
    ("09", DocumentKind::DisabledPersonCard),
    ("10", DocumentKind::MartyrFamilyCertificate),
    ("11", DocumentKind::ForeignerWorkPermit),
    ("12", DocumentKind::ExpertCertificate),
    ("13", DocumentKind::JournalistCard),
    ("14", DocumentKind::HongKongMacauTaiwanWorkPermit),
    ("15", DocumentKind::ReturnedExpertCertificate),
];

/// The code of a social-security card as aac043.
pub(crate) const SOCIAL_SECURITY_CARD: &str = "90";

/// aac043 as the kind of the document whose number is aac044. With 90 that number is the social-security number,
/// which is the citizen's own (domain 2.2); some clients send 1 for 01 (domain 1.7).
pub(crate) fn document_kind(code: &str) -> DocumentKind {
    if matches!(code, SOCIAL_SECURITY_CARD | "1") {
        return DocumentKind::ResidentIdentityCard;
    }
    let listed = DOCUMENT_KINDS.iter().find(|(listed, _)| *listed == code).map(|(_, kind)| kind.clone());
    listed.unwrap_or_else(|| DocumentKind::Other(code.to_owned()))
}

/// A kind as aac043; 99 is "other".
pub(crate) fn document_code(kind: &DocumentKind) -> &'static str {
    match kind {
        DocumentKind::SocialSecurityCard => SOCIAL_SECURITY_CARD,
        kind => DOCUMENT_KINDS.iter().find(|(_, listed)| listed == kind).map_or("99", |(code, _)| code),
    }
}

/// aac004 (domain 4.1: 1, 2, 9; GB/T 2261.1 has 0 as well).
pub(crate) fn sex(code: &str) -> Sex {
    match code {
        "1" => Sex::Male,
        "2" => Sex::Female,
        "9" => Sex::Unspecified,
        _ => Sex::Unknown,
    }
}

/// aac004; the dialect has no code for "unknown" and gets 9, "not stated".
pub(crate) fn sex_code(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "1",
        Sex::Female => "2",
        Sex::Unspecified | Sex::Unknown => "9",
    }
}

/// ykc300: 1 employees, 2 residents, 3 retired (domain 4.1), who are insured as employees.
pub(crate) fn insurance_kind(code: &str) -> InsuranceKind {
    match code {
        "1" | "3" => InsuranceKind::EmployeeBasic,
        "2" => InsuranceKind::ResidentBasic,
        other => InsuranceKind::Other(other.to_owned()),
    }
}

/// ykc300, where the dialect has a code for this kind.
pub(crate) fn insurance_code(kind: &InsuranceKind) -> Option<&'static str> {
    match kind {
        InsuranceKind::EmployeeBasic => Some("1"),
        InsuranceKind::ResidentBasic => Some("2"),
        _ => None,
    }
}

/// The one insurance 0211 has room for: an active one of employees, else of residents, else the first.
pub(crate) fn chosen(insurances: &[Insurance<'_>]) -> usize {
    let active = |kind: InsuranceKind| {
        insurances.iter().position(|it| it.kind == kind && it.status == InsuranceStatus::Active)
    };
    active(InsuranceKind::EmployeeBasic).or_else(|| active(InsuranceKind::ResidentBasic)).unwrap_or_default()
}

/// The member of the unified reply a field of `output` stands for, if the insurance told is this one.
pub(crate) fn reply_pointer(field: &str, insurance: usize) -> Option<String> {
    let of_person = match field {
        "aac002" => "/person/identifier/id",
        "aac003" => "/person/name",
        "aac004" => "/person/sex",
        "aac006" => "/person/birthDate",
        "aab301" => return Some(format!("/insurances/{insurance}/insuredDivision")),
        "ykc021" => return Some(format!("/insurances/{insurance}/personCategory")),
        "ykc300" => return Some(format!("/insurances/{insurance}/kind")),
        _ => return None,
    };
    Some(of_person.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{document_code, document_kind, insurance_code, insurance_kind, sex, sex_code};
    use crate::codes::table;
    use yizhan_adapter::unified::{DocumentKind, InsuranceKind, Sex};

    #[test]
    fn documents_are_those_of_the_standards_table() {
        let table = table::of("document-kind.json", "guangdong");
        table.check_read(|code| document_kind(code).as_str());
        table.check_write(DocumentKind::ALL.iter().map(|kind| (kind.as_str(), Some(document_code(kind)))));
        assert_eq!(document_kind("2"), DocumentKind::Other("2".to_owned()));
        assert_eq!(document_code(&DocumentKind::Other("97".to_owned())), "99");
    }

    #[test]
    fn sexes_are_those_of_the_standards_table() {
        let table = table::of("sex.json", "guangdong");
        table.check_read(|code| sex(code).as_str());
        table.check_write(Sex::ALL.iter().map(|sex| (sex.as_str(), Some(sex_code(*sex)))));
        assert_eq!(sex("3"), Sex::Unknown, "never guessed");
    }

    #[test]
    fn insurances_are_those_of_the_standards_table() {
        let table = table::of("insurance-kind.json", "guangdong");
        table.check_read(|code| insurance_kind(code).as_str());
        table.check_write(InsuranceKind::ALL.iter().map(|kind| (kind.as_str(), insurance_code(kind))));
        assert_eq!(insurance_kind("4"), InsuranceKind::Other("4".to_owned()));
    }
}
