//! Visits and stays as the `input` of 0212 to 0216 (domain 4.1). The dialect has one set of transactions for both
//! and tells them apart by aka130; of several diagnoses it takes the main one.

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::json::Value;
use yizhan_adapter::unified::{
    AmendRequest, Department, Diagnosis, DiagnosisKind, DischargeManner, DischargeRequest, DischargeResult,
    MedicalCategory, Practitioner, RegisterRequest, VisitCancelRequest,
};

use super::plan::Subject;
use super::sheet::{Sheet, Who};
use crate::codes::{category_code, discharge, discharge_code, is_stay};

/// `visit.register` and `admission.register`.
///
/// # Errors
/// `inexpressible` where the dialect needs what the request does not have.
pub(super) fn register(sheet: &mut Sheet<'_>, message: &Value<'_>, stay: bool) -> Result<Subject, Fault> {
    let request = RegisterRequest::read(message)?;
    sheet.head(&request.context, &Who::with_credential(&request.patient, &request.credential))?;
    let category = category(sheet, request.category, stay)?;
    let particulars = Particulars {
        local_number: Some(&request.local_number),
        department: Some(&request.department),
        practitioner: Some(&request.practitioner),
        bed: request.bed.as_deref(),
        admission_diagnosis: request.admission_diagnosis.as_deref(),
        diagnoses: &request.diagnoses,
        started_at: &request.started_at,
    };
    let name = request.context.institution_name.as_deref().unwrap_or_default();
    sheet.message.field("akb021", name).field("aka130", &category);
    sheet.carried.add(&["/context/institution/name", "/category"]);
    particulars.write(sheet)?;
    sheet.handling(&request.context)?;
    let phone = request.contact.as_ref().map(|it| it.phone.as_ref()).unwrap_or_default();
    sheet.message.field("aae005", phone).field("aae013", "");
    sheet.carried.add(&["/contact/phone"]);
    Ok(Subject { category, ..Subject::default() })
}

/// `visit.amend` and `admission.amend`.
///
/// # Errors
/// As `register`.
pub(super) fn amend(sheet: &mut Sheet<'_>, message: &Value<'_>, stay: bool) -> Result<Subject, Fault> {
    let request = AmendRequest::read(message)?;
    sheet.head(&request.context, &Who::of(&request.patient))?;
    let category = category(sheet, request.category, stay)?;
    let particulars = Particulars {
        local_number: request.local_number.as_deref(),
        department: request.department.as_ref(),
        practitioner: request.practitioner.as_ref(),
        bed: request.bed.as_deref(),
        admission_diagnosis: request.admission_diagnosis.as_deref(),
        diagnoses: &request.diagnoses,
        started_at: &request.started_at,
    };
    let name = request.context.institution_name.as_deref().unwrap_or_default();
    sheet.message.field("ykc700", &request.visit.id).field("akb021", name).field("aka130", &category);
    sheet.carried.add(&["/context/institution/name", "/visit", "/category", "/reason"]);
    particulars.write(sheet)?;
    sheet.handling(&request.context)?;
    sheet.message.field("aae005", "").field("aae013", request.reason.as_deref().unwrap_or_default());
    Ok(Subject { visit: request.visit.id.to_string(), category, ..Subject::default() })
}

/// `visit.cancel`, `admission.cancel` and `discharge.cancel`, but for the category of the visit, which the host is
/// asked for.
///
/// # Errors
/// As `register`.
pub(super) fn cancel(sheet: &mut Sheet<'_>, message: &Value<'_>) -> Result<Subject, Fault> {
    let request = VisitCancelRequest::read(message)?;
    sheet.head(&request.context, &Who::of(&request.patient))?;
    sheet.message.field("ykc700", &request.visit.id);
    sheet.handling(&request.context)?;
    sheet.message.field("aae013", request.reason.as_deref().unwrap_or_default());
    sheet.carried.add(&["/visit", "/reason"]);
    Ok(Subject { visit: request.visit.id.to_string(), ..Subject::default() })
}

/// `discharge.register`. How long the stay was (akb063) is the partner's to reckon.
///
/// # Errors
/// As `register`.
pub(super) fn leave(sheet: &mut Sheet<'_>, message: &Value<'_>) -> Result<Subject, Fault> {
    let request = DischargeRequest::read(message)?;
    sheet.head(&request.context, &Who::of(&request.patient))?;
    let code = discharge_code(request.manner, request.result).ok_or_else(|| {
        fault::inexpressible("/result", "0215 ykc195: tells the result, and cured and better are not guessed")
    })?;
    let day = sheet.day("ykc702", &request.discharged_at)?;
    let diagnosis = main(&request.diagnoses);
    let of = |member: fn(&Diagnosis<'_>) -> String| diagnosis.map(|(_, it)| member(it)).unwrap_or_default();
    sheet
        .message
        .field("ykc700", &request.visit.id)
        .field("akf002", &request.department.id)
        .field("akc185", &of(|it| it.name.to_string()))
        .field("akc196", &of(|it| it.code.to_string()))
        .field("ykc195", code)
        .field("ykc702", &day)
        .field("akb063", "");
    sheet.carried.add(&["/visit"]);
    carry_department(sheet, Some(&request.department));
    carry_diagnosis(sheet, diagnosis, true);
    carry_leaving(sheet, code, request.manner, request.result);
    sheet.carried.add_if(request.died_on.as_deref().is_some_and(|it| same_day(it, &day)), "/diedOn");
    sheet.handling(&request.context)?;
    Ok(Subject { visit: request.visit.id.to_string(), ..Subject::default() })
}

/// What 0212 and 0213 say of the care itself.
struct Particulars<'a> {
    local_number: Option<&'a str>,
    department: Option<&'a Department<'a>>,
    practitioner: Option<&'a Practitioner<'a>>,
    bed: Option<&'a str>,
    admission_diagnosis: Option<&'a str>,
    diagnoses: &'a [Diagnosis<'a>],
    started_at: &'a str,
}

impl Particulars<'_> {
    fn write(&self, sheet: &mut Sheet<'_>) -> Result<(), Fault> {
        let day = sheet.day("ykc701", self.started_at)?;
        let diagnosis = main(self.diagnoses);
        let (code, name) = diagnosis.map_or(("", ""), |(_, it)| (it.code.as_ref(), it.name.as_ref()));
        sheet
            .message
            .field("akc190", self.local_number.unwrap_or_default())
            .field("akf001", self.department.map(|it| it.id.as_ref()).unwrap_or_default())
            .field("ykc012", self.bed.unwrap_or_default())
            .field("akc050", self.admission_diagnosis.unwrap_or(name))
            .field("ykc679", "")
            .field("ykc680", "")
            .field("akc193", code)
            .field("ake022", self.practitioner.map(|it| it.id.as_ref()).unwrap_or_default())
            .field("ykc701", &day);
        sheet.carried.add(&["/localNumber", "/bed", "/admissionDiagnosis", "/practitioner/id"]);
        carry_department(sheet, self.department);
        let same_name = self.practitioner.is_some_and(|it| it.name == it.id);
        sheet.carried.add_if(same_name, "/practitioner/name");
        carry_diagnosis(sheet, diagnosis, self.admission_diagnosis.is_none_or(|it| it == name));
        Ok(())
    }
}

/// The category as aka130, where it is of the kind of care the operation is about: with another one the partner
/// would register something else.
fn category(sheet: &Sheet<'_>, category: MedicalCategory, stay: bool) -> Result<String, Fault> {
    if is_stay(category) != stay {
        return Err(sheet.inexpressible("aka130", "this category is of the other kind of care"));
    }
    let code = category_code(sheet.settings, category);
    code.map(str::to_owned)
        .ok_or_else(|| sheet.inexpressible("aka130", "no code for this category is agreed upon"))
}

/// The main diagnosis and its place.
fn main<'a>(diagnoses: &'a [Diagnosis<'a>]) -> Option<(usize, &'a Diagnosis<'a>)> {
    let place = diagnoses.iter().position(|it| it.main).unwrap_or_default();
    diagnoses.get(place).map(|it| (place, it))
}

/// The dialect has a department's code alone, so a name that says the same is carried too.
fn carry_department(sheet: &mut Sheet<'_>, department: Option<&Department<'_>>) {
    sheet.carried.add(&["/department/id"]);
    sheet.carried.add_if(department.is_some_and(|it| it.name == it.id), "/department/name");
}

fn carry_diagnosis(sheet: &mut Sheet<'_>, diagnosis: Option<(usize, &Diagnosis<'_>)>, named: bool) {
    let Some((place, diagnosis)) = diagnosis else { return };
    for member in ["code", "main", "order"] {
        sheet.carried.push(format!("/diagnoses/{place}/{member}"));
    }
    // akc193 and akc196 are codes of Western medicine.
    sheet.carried.add_if(diagnosis.kind == DiagnosisKind::Western, format!("/diagnoses/{place}/kind"));
    sheet.carried.add_if(named, format!("/diagnoses/{place}/name"));
}

/// Manner and result share one code: what it does not say of either is a loss.
fn carry_leaving(
    sheet: &mut Sheet<'_>,
    code: &str,
    manner: DischargeManner,
    result: Option<DischargeResult>,
) {
    let told = discharge(code);
    sheet.carried.add_if(told.is_some_and(|(it, _)| it == manner), "/manner");
    sheet.carried.add_if(told.is_some_and(|(_, it)| Some(it) == result), "/result");
}

fn same_day(date: &str, compact: &str) -> bool {
    yizhan_adapter::time::date_to_compact(date).as_deref() == Some(compact)
}
