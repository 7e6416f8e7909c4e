//! 0212 to 0216 as visits and stays (domain 4.1): aka130 tells which. What the dialect has one code for (a
//! department, a doctor) is known by that code alone, which then stands for the name as well.

use std::borrow::Cow;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::unified::{
    AmendRequest, Contact, Department, Diagnosis, DiagnosisKind, DischargeManner, DischargeRequest,
    InsuranceKind, Practitioner, RegisterRequest, VisitCancelRequest,
};

use super::input::Input;
use crate::codes::{discharge, insurance_kind, is_stay};

/// A unified message, what names the act, and whether it is about a stay.
pub(super) type Read = (String, Vec<String>, bool);

pub(super) fn register(input: &Input<'_>) -> Result<Read, Fault> {
    let category = input.category()?;
    let stay = is_stay(category);
    let (insurance, insurance_text) = insurance(input)?;
    let local_number = input.needed("akc190")?;
    let name = vec![local_number.to_string()];
    let request = RegisterRequest {
        context: input.request_context()?,
        patient: input.patient()?,
        credential: input.credential()?,
        insurance,
        insurance_text,
        category,
        category_text: None,
        local_number,
        record_number: None,
        started_at: input.day("ykc701")?,
        department: named(input.needed("akf001")?, |id, name| Department { id, name, specialty: None }),
        practitioner: named(input.needed("ake022")?, |id, name| Practitioner { id, name }),
        bed: stay_alone(stay, || input.known("ykc012"))?,
        admission_diagnosis: if stay { Some(input.needed("akc050")?) } else { None },
        diagnoses: diagnoses(input, "akc193", "akc050", stay)?,
        referral: None,
        contact: stay_alone(stay, || contact(input))?,
        extensions: Vec::new(),
    };
    Ok((request.write(), name, stay))
}

pub(super) fn amend(input: &Input<'_>) -> Result<Read, Fault> {
    let category = input.category()?;
    let stay = is_stay(category);
    let visit = input.visit()?;
    let name = vec![visit.id.to_string()];
    let part = |field: &'static str| if stay { input.needed(field).map(Some) } else { input.known(field) };
    let request = AmendRequest {
        context: input.request_context()?,
        patient: input.patient()?,
        visit,
        category,
        category_text: None,
        local_number: stay_alone(stay, || input.known("akc190"))?,
        started_at: input.day("ykc701")?,
        complaint: None,
        department: part("akf001")?
            .map(|code| named(code, |id, name| Department { id, name, specialty: None })),
        practitioner: part("ake022")?.map(|code| named(code, |id, name| Practitioner { id, name })),
        bed: stay_alone(stay, || input.known("ykc012"))?,
        admission_diagnosis: if stay { Some(input.needed("akc050")?) } else { None },
        diagnoses: diagnoses(input, "akc193", "akc050", true)?,
        reason: stay_alone(stay, || input.known("aae013"))?,
        extensions: Vec::new(),
    };
    Ok((request.write(), name, stay))
}

/// 0214 and 0216; the first is told apart by aka130, the second is of stays alone.
pub(super) fn cancel(input: &Input<'_>, told_apart: bool) -> Result<Read, Fault> {
    let stay = if told_apart { is_stay(input.category()?) } else { false };
    let visit = input.visit()?;
    let name = vec![visit.id.to_string()];
    let request = VisitCancelRequest {
        context: input.request_context()?,
        patient: input.patient()?,
        visit,
        local_number: input.known("akc190")?,
        reason: input.known("aae013")?,
        extensions: Vec::new(),
    };
    Ok((request.write(), name, stay))
}

pub(super) fn leave(input: &Input<'_>) -> Result<Read, Fault> {
    let visit = input.visit()?;
    let name = vec![visit.id.to_string()];
    let (manner, result) = discharge(&input.needed("ykc195")?)
        .ok_or_else(|| input.at("ykc195", "ykc195 is not a way to leave"))?;
    let discharged_at = input.day("ykc702")?;
    let died_on =
        (manner == DischargeManner::Died).then(|| discharged_at.get(..10).map(str::to_owned)).flatten();
    let request = DischargeRequest {
        context: input.request_context()?,
        patient: input.patient()?,
        visit,
        department: named(input.needed("akf002")?, |id, name| Department { id, name, specialty: None }),
        practitioner: input.known("ake022")?.map(|code| named(code, |id, name| Practitioner { id, name })),
        bed: input.known("ykc012")?,
        manner,
        died_on: died_on.map(Cow::Owned),
        result: Some(result),
        diagnoses: diagnoses(input, "akc196", "akc185", true)?,
        discharged_at,
        extensions: Vec::new(),
    };
    Ok((request.write(), name, false))
}

/// The insurance: by ykc300, where a client sends it, else what was agreed upon for this partner.
pub(super) fn insurance<'a>(input: &Input<'a>) -> Result<(InsuranceKind, Option<Cow<'a, str>>), Fault> {
    let code = input.known("ykc300")?;
    let kind = code.as_deref().map_or_else(|| input.settings.insurance.clone(), insurance_kind);
    let text = code.filter(|_| kind.text().is_some());
    Ok((kind, text))
}

/// The one diagnosis of the dialect.
fn diagnoses<'a>(
    input: &Input<'a>,
    code: &'static str,
    name: &'static str,
    needed: bool,
) -> Result<Vec<Diagnosis<'a>>, Fault> {
    let said = (input.known(code)?, input.known(name)?);
    let (code, name) = match said {
        (Some(code), Some(name)) => (code, name),
        (None, None) if !needed => return Ok(Vec::new()),
        (None, _) => return Err(input.at(code, &[code, " is missing"].concat())),
        (_, None) => return Err(input.at(name, &[name, " is missing"].concat())),
    };
    Ok(vec![Diagnosis {
        kind: DiagnosisKind::Western,
        main: true,
        order: 1,
        code,
        name,
        department_name: None,
        doctor_id: None,
        doctor_name: None,
        diagnosed_at: None,
    }])
}

/// aae005, where it is a telephone number.
fn contact<'a>(input: &Input<'a>) -> Result<Option<Contact<'a>>, Fault> {
    let clean = |it: &Cow<'_, str>| it.bytes().all(|byte| byte.is_ascii_digit() || b" ()+-".contains(&byte));
    match input.known("aae005")? {
        Some(phone) if clean(&phone) && (5..=20).contains(&phone.len()) => {
            Ok(Some(Contact { name: None, phone }))
        }
        Some(_) => {
            input.pass_over("aae005");
            Ok(None)
        }
        None => Ok(None),
    }
}

fn named<'a, T>(code: Cow<'a, str>, make: impl FnOnce(Cow<'a, str>, Cow<'a, str>) -> T) -> T {
    make(code.clone(), code)
}

/// Visits have no such member in the standard: their field is not read, and so noted.
fn stay_alone<T>(stay: bool, read: impl FnOnce() -> Result<Option<T>, Fault>) -> Result<Option<T>, Fault> {
    if stay { read() } else { Ok(None) }
}
