//! National codes and the standard's words for them (domain 1.7).
//!
//! A local code the tables do not have travels as `other` with its text and comes back as the same code,
//! unless the tables know that code for something else: 410 is work injury in one legacy region and long-term
//! care here, and must not become it.

use yizhan_adapter::unified::{
    CredentialKind, DocumentKind, InsuranceKind, InsuranceStatus, OperatorKind, Sex,
};

/// Longest code of a document or an insurance (C6).
const CODE_CHARACTERS: usize = 6;
/// The national code for any other document.
const OTHER_DOCUMENT: &str = "99";

static DOCUMENTS: [(&str, DocumentKind); 16] = [
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
    ("90", DocumentKind::SocialSecurityCard),
];

static INSURANCES: [(&str, InsuranceKind); 14] = [
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

/// A code, and whether the local text of `other` found no place in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Coded<'a> {
    pub(crate) code: Option<&'a str>,
    pub(crate) text_lost: bool,
}

/// A document's kind; "1" is what some clients send for "01".
pub(crate) fn document_kind(code: &str) -> DocumentKind {
    let code = if code == "1" { "01" } else { code };
    match DOCUMENTS.iter().find(|(known, _)| *known == code) {
        Some((_, kind)) => kind.clone(),
        None if code == OTHER_DOCUMENT => DocumentKind::Other(String::new()),
        None => DocumentKind::Other(code.to_owned()),
    }
}

/// A kind by the standard's word and the text beside it.
pub(crate) fn document_of(word: &str, text: Option<&str>) -> Option<DocumentKind> {
    match word.parse().ok()? {
        DocumentKind::Other(_) => Some(DocumentKind::Other(text.unwrap_or_default().to_owned())),
        kind => Some(kind),
    }
}

pub(crate) fn document_code(kind: &DocumentKind) -> Coded<'_> {
    if let Some((code, _)) = DOCUMENTS.iter().find(|(_, known)| known == kind) {
        return Coded { code: Some(code), text_lost: false };
    }
    let taken = |text: &str| DOCUMENTS.iter().any(|(known, _)| *known == text);
    let coded = local_code(kind.text(), taken);
    Coded { code: coded.code.or(Some(OTHER_DOCUMENT)), ..coded }
}

pub(crate) fn insurance_kind(code: &str) -> InsuranceKind {
    match INSURANCES.iter().find(|(known, _)| *known == code) {
        Some((_, kind)) => kind.clone(),
        None => InsuranceKind::Other(code.to_owned()),
    }
}

/// A kind by the standard's word and the text beside it.
pub(crate) fn insurance_of(word: &str, text: Option<&str>) -> Option<InsuranceKind> {
    match word.parse().ok()? {
        InsuranceKind::Other(_) => Some(InsuranceKind::Other(text.unwrap_or_default().to_owned())),
        kind => Some(kind),
    }
}

/// No code where the kind is `other` without a text this dialect can carry.
pub(crate) fn insurance_code(kind: &InsuranceKind) -> Coded<'_> {
    if let Some((code, _)) = INSURANCES.iter().find(|(_, known)| known == kind) {
        return Coded { code: Some(code), text_lost: false };
    }
    local_code(kind.text(), |text| INSURANCES.iter().any(|(known, _)| *known == text))
}

fn local_code(text: Option<&str>, taken: impl Fn(&str) -> bool) -> Coded<'_> {
    let code = text.filter(|text| text.chars().count() <= CODE_CHARACTERS && !taken(text));
    Coded { code, text_lost: text.is_some() && code.is_none() }
}

pub(crate) fn insurance_status(code: Option<&str>) -> InsuranceStatus {
    match code {
        Some("1") => InsuranceStatus::Active,
        Some("2") => InsuranceStatus::Paused,
        Some("4") => InsuranceStatus::Ended,
        _ => InsuranceStatus::Unknown,
    }
}

pub(crate) fn insurance_status_code(status: InsuranceStatus) -> Option<&'static str> {
    match status {
        InsuranceStatus::Active => Some("1"),
        InsuranceStatus::Paused => Some("2"),
        InsuranceStatus::Ended => Some("4"),
        InsuranceStatus::Unknown => None,
    }
}

/// GB/T 2261.1.
pub(crate) fn sex(code: Option<&str>) -> Sex {
    match code {
        Some("1") => Sex::Male,
        Some("2") => Sex::Female,
        Some("9") => Sex::Unspecified,
        _ => Sex::Unknown,
    }
}

pub(crate) fn sex_code(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "1",
        Sex::Female => "2",
        Sex::Unspecified => "9",
        Sex::Unknown => "0",
    }
}

/// The three national kinds. Powersi's local ones (04, 05, 06, 17) mean other things and are not guessed at.
pub(crate) fn credential_kind(code: &str) -> Option<CredentialKind> {
    match code {
        "01" | "1" => Some(CredentialKind::ElectronicCredential),
        "02" | "2" => Some(CredentialKind::IdentityDocument),
        "03" | "3" => Some(CredentialKind::SocialSecurityCard),
        _ => None,
    }
}

pub(crate) fn credential_code(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::ElectronicCredential => "01",
        CredentialKind::IdentityDocument => "02",
        CredentialKind::SocialSecurityCard => "03",
    }
}

pub(crate) fn operator_kind(code: &str) -> Option<OperatorKind> {
    match code {
        "1" => Some(OperatorKind::Clerk),
        "2" => Some(OperatorKind::Kiosk),
        "3" => Some(OperatorKind::Mobile),
        _ => None,
    }
}

/// The dialect demands a kind: clerk is what it calls everybody who is neither of the others.
pub(crate) fn operator_code(kind: Option<OperatorKind>) -> &'static str {
    match kind {
        Some(OperatorKind::Clerk) | None => "1",
        Some(OperatorKind::Kiosk) => "2",
        Some(OperatorKind::Mobile) => "3",
    }
}
