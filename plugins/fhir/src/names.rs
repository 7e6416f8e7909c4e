//! The systems, codes and extensions of the wire: HL7's where R4 has one, else our own `urn:yizhan:…`, as R4
//! wants it of whoever extends it.

pub(crate) const CONTENT_TYPE: &str = "application/fhir+json";

/// HL7's code systems.
pub(crate) const ADJUDICATION: &str = "http://terminology.hl7.org/CodeSystem/adjudication";
pub(crate) const CLAIM_TYPE: &str = "http://terminology.hl7.org/CodeSystem/claim-type";
pub(crate) const COVERAGE_CLASS: &str = "http://terminology.hl7.org/CodeSystem/coverage-class";
pub(crate) const DIAGNOSIS_TYPE: &str = "http://terminology.hl7.org/CodeSystem/ex-diagnosistype";
pub(crate) const FINANCIAL_TASK: &str = "http://terminology.hl7.org/CodeSystem/financialtaskcode";
pub(crate) const INFORMATION: &str = "http://terminology.hl7.org/CodeSystem/claiminformationcategory";
pub(crate) const PRIORITY: &str = "http://terminology.hl7.org/CodeSystem/processpriority";

/// What HL7's adjudication has no code for: parts of a basic insurance's settlement, and what was paid.
pub(crate) const OWN_ADJUDICATION: &str = "urn:yizhan:adjudication";
/// The standard's words for funds, kinds of events, of diagnoses (one system each) and of documents.
pub(crate) const FUND: &str = "urn:yizhan:fund";
pub(crate) const EVENT: &str = "urn:yizhan:claim-event";
pub(crate) const DIAGNOSIS: &str = "urn:yizhan:diagnosis:";
pub(crate) const DOCUMENT_KIND: &str = "urn:yizhan:document-kind";
/// The national codes of insurances (insutype), and the standard's words for categories of care.
pub(crate) const INSURANCE: &str = "urn:yizhan:nhsa:insutype";
pub(crate) const CATEGORY: &str = "urn:yizhan:medical-category";
/// Codes that are the partners' own: of diseases, operations, kinds of maternity care, and checks.
pub(crate) const DISEASE: &str = "urn:yizhan:disease";
pub(crate) const OPERATION: &str = "urn:yizhan:operation";
pub(crate) const MATERNITY: &str = "urn:yizhan:maternity-kind";
pub(crate) const BIRTH_CONTROL: &str = "urn:yizhan:birth-control-kind";
pub(crate) const CHECK: &str = "urn:yizhan:entitlement-check";
/// What became of a requester's purpose, in an `OperationOutcome`.
pub(crate) const EFFECT: &str = "urn:yizhan:effect";
/// The gateway's codes of faults.
pub(crate) const FAULT: &str = "urn:yizhan:fault";

/// Systems of identifiers; those that partners differ in are settings.
pub(crate) const DIVISION: &str = "urn:yizhan:division";
pub(crate) const ELIGIBILITY: &str = "urn:yizhan:eligibility";
pub(crate) const INSTITUTION: &str = "urn:yizhan:institution";
pub(crate) const INSURER: &str = "urn:yizhan:insurer";
pub(crate) const MASKED_DOCUMENT: &str = "urn:yizhan:masked-document";
pub(crate) const NOTICE: &str = "urn:yizhan:notice";
pub(crate) const OPERATOR: &str = "urn:yizhan:operator";
pub(crate) const RESPONSE: &str = "urn:yizhan:exchange";
pub(crate) const SETTLEMENT: &str = "urn:yizhan:settlement";
pub(crate) const TASK: &str = "urn:yizhan:task";
pub(crate) const DOCTOR: &str = "urn:yizhan:doctor";

/// Extensions, by what they carry.
pub(crate) const CONSENT: &str = "urn:yizhan:consent";
pub(crate) const INSURED_DIVISION: &str = "urn:yizhan:insured-division";
pub(crate) const ISSUING_DIVISION: &str = "urn:yizhan:issuing-division";
pub(crate) const CARE_DIVISION: &str = "urn:yizhan:care-division";
pub(crate) const PLACE: &str = "urn:yizhan:place";
pub(crate) const SHA256: &str = "urn:yizhan:sha256";
pub(crate) const VISIT: &str = "urn:yizhan:visit";
pub(crate) const IN_SCOPE: &str = "urn:yizhan:in-scope";
pub(crate) const STATUS: &str = "urn:yizhan:claim-status";
pub(crate) const PAID_AT: &str = "urn:yizhan:paid-at";
pub(crate) const DIAGNOSED_AT: &str = "urn:yizhan:diagnosed-at";
pub(crate) const DEPARTMENT: &str = "urn:yizhan:department";
