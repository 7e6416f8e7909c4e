//! Visits and admissions: 2201 to 2203, 2401 to 2405.

use super::acts::{Done, objected};
use super::envelope::Envelope;
use super::fields::{Node, code, only, optional, required, required_moment};
use super::{Platform, Refusal};
use crate::twin::books::{Deed, Draft, Ledger, Objection, VisitKind};
use crate::twin::writer::Object;

impl Platform {
    /// 2201: an outpatient is registered.
    pub(super) fn register_visit(&self, ledger: &mut Ledger, envelope: &Envelope) -> Result<Done, Refusal> {
        let data = envelope.node("data")?;
        only(data, "data", VISIT)?;
        for (field, max) in [("atddr_no", 30), ("dr_name", 50), ("dept_code", 30), ("dept_name", 100)] {
            required(data, field, max)?;
        }
        required(data, "caty", 6)?;
        let draft = Draft {
            kind: VisitKind::Outpatient,
            category: String::new(),
            number: required(data, "ipt_otp_no", 30)?.to_owned(),
            ..self.draft(data, envelope)?
        };
        let (psn_no, number) = (draft.psn_no.clone(), draft.number.clone());
        let id = self.visit_number(ledger);
        ledger.register(&id, draft, &envelope.msgid);
        let data = Object::new(self.variant.amounts)
            .text("mdtrt_id", &id)
            .text("psn_no", &psn_no)
            .text("ipt_otp_no", &number)
            .done();
        Ok(Done { deed: Deed::Registered(id), output: format!(r#"{{"data":{data}}}"#) })
    }

    /// 2401: an inpatient is admitted.
    pub(super) fn admit(&self, ledger: &mut Ledger, envelope: &Envelope) -> Result<Done, Refusal> {
        let info = envelope.node_beside("mdtrtinfo", &["diseinfo"])?;
        diagnoses(envelope)?;
        for (field, max) in [("adm_dept_codg", 30), ("adm_dept_name", 100)] {
            required(info, field, max)?;
        }
        let draft = Draft {
            kind: VisitKind::Inpatient,
            category: required(info, "med_type", 6)?.to_owned(),
            number: required(info, "ipt_no", 30)?.to_owned(),
            ..self.draft(info, envelope)?
        };
        if ledger.open_under(&draft.psn_no, &draft.institution, &draft.number).is_some() {
            return Err(objected(Objection::VisitOpen));
        }
        let id = self.visit_number(ledger);
        ledger.register(&id, draft, &envelope.msgid);
        let result = Object::new(self.variant.amounts).text("mdtrt_id", &id).done();
        Ok(Done { deed: Deed::Registered(id), output: format!(r#"{{"result":{result}}}"#) })
    }

    /// 2202 and 2404: a registration is taken back.
    pub(super) fn cancel_visit(&self, ledger: &mut Ledger, envelope: &Envelope) -> Result<Done, Refusal> {
        let data = envelope.node("data")?;
        only(data, "data", &["psn_no", "mdtrt_id", "ipt_otp_no"])?;
        let (psn_no, id) = (required(data, "psn_no", 30)?, required(data, "mdtrt_id", 30)?);
        of_kind(ledger, id, psn_no, envelope.infno == "2404")?;
        ledger.cancel_visit(id, psn_no).map_err(objected)?;
        Ok(self.nothing_more())
    }

    /// 2203 (or 2203A) and 2403: what was registered is amended.
    pub(super) fn amend_visit(&self, ledger: &mut Ledger, envelope: &Envelope) -> Result<Done, Refusal> {
        let inpatient = envelope.infno == "2403";
        let name = if inpatient && envelope.has("adminfo") { "adminfo" } else { "mdtrtinfo" };
        let info = envelope.node_beside(name, &["diseinfo"])?;
        diagnoses(envelope)?;
        let (psn_no, id) = (required(info, "psn_no", 30)?, required(info, "mdtrt_id", 30)?);
        required_moment(info, "begntime")?;
        of_kind(ledger, id, psn_no, inpatient)?;
        ledger.amend(id, psn_no, required(info, "med_type", 6)?).map_err(objected)?;
        Ok(self.nothing_more())
    }

    /// 2402: discharged, in one of the ways of the list.
    pub(super) fn discharge(&self, ledger: &mut Ledger, envelope: &Envelope) -> Result<Done, Refusal> {
        let info = envelope.node_beside("dscginfo", &["diseinfo"])?;
        diagnoses(envelope)?;
        let (psn_no, id) = (required(info, "psn_no", 30)?, required(info, "mdtrt_id", 30)?);
        let way = code(info, "dscg_way", &["1", "2", "3", "4", "5", "9"])?;
        if way == "5" {
            required(info, "die_date", 19)?;
        }
        let when = required_moment(info, "endtime")?;
        ledger.discharge(id, psn_no, Some(when)).map_err(objected)?;
        Ok(self.nothing_more())
    }

    /// 2405: the discharge is taken back.
    pub(super) fn undo_discharge(&self, ledger: &mut Ledger, envelope: &Envelope) -> Result<Done, Refusal> {
        let data = envelope.node("data")?;
        only(data, "data", &["psn_no", "mdtrt_id"])?;
        let (psn_no, id) = (required(data, "psn_no", 30)?, required(data, "mdtrt_id", 30)?);
        ledger.discharge(id, psn_no, None).map_err(objected)?;
        Ok(self.nothing_more())
    }

    pub(super) fn visit_number(&self, ledger: &mut Ledger) -> String {
        format!("{}V{:012}", self.variant.division, ledger.issue())
    }

    /// What every registration says. The insurance has to be in force.
    pub(super) fn draft(&self, node: &Node, envelope: &Envelope) -> Result<Draft, Refusal> {
        let holder = self.holder(required(node, "psn_no", 30)?)?;
        code(node, "mdtrt_cert_type", &["01", "02", "03"])?;
        optional(node, "mdtrt_cert_no", 50)?;
        let insurance = required(node, "insutype", 6)?;
        match holder.insurances.iter().find(|row| row.code == insurance) {
            None => return Refusal::broken("未参加该险种"),
            Some(row) if row.status != "1" => return Refusal::broken("参保状态不正常,不能登记"),
            Some(_) => {}
        }
        Ok(Draft {
            kind: VisitKind::Outpatient,
            psn_no: holder.psn_no.clone(),
            institution: envelope.institution.clone(),
            insurance: insurance.to_owned(),
            category: String::new(),
            number: String::new(),
            began: required_moment(node, "begntime")?.to_owned(),
        })
    }
}

/// The diagnoses beside a visit: a list, each with a code and a name.
fn diagnoses(envelope: &Envelope) -> Result<(), Refusal> {
    for row in envelope.rows("diseinfo")? {
        required(row, "diag_code", 20)?;
        required(row, "diag_name", 100)?;
        code(row, "diag_type", &["1", "2", "3"])?;
    }
    Ok(())
}

fn of_kind(ledger: &Ledger, id: &str, psn_no: &str, inpatient: bool) -> Result<(), Refusal> {
    let visit = ledger.visit(id, psn_no).map_err(objected)?;
    if (visit.kind == VisitKind::Inpatient) == inpatient {
        Ok(())
    } else {
        Refusal::broken("就诊类型与交易不符")
    }
}

const VISIT: &[&str] = &[
    "psn_no",
    "insutype",
    "begntime",
    "mdtrt_cert_type",
    "mdtrt_cert_no",
    "ipt_otp_no",
    "atddr_no",
    "dr_name",
    "dept_code",
    "dept_name",
    "caty",
];
