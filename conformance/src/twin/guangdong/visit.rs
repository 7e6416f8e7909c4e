//! Visits: 0212 to 0216.

use super::acts::{Done, objected};
use super::input::{Input, PERSON, is_day, within};
use super::variant::Repeated;
use super::{Platform, Refusal};
use crate::twin::books::{Deed, Draft, Ledger, Objection, VisitKind};
use crate::twin::clock;
use crate::twin::xml::element;

impl Platform {
    pub(super) fn register(
        &self,
        ledger: &mut Ledger,
        input: &Input,
        transid: &str,
    ) -> Result<Done, Refusal> {
        input.only(&[PERSON, VISIT])?;
        let place = input.place()?;
        let institution = input.institution()?;
        let holder = self.identify(input)?;
        let (category, number, began) = described(input)?;
        let Some(insurance) = holder.insurances.iter().find(|row| row.status == "1") else {
            return Err(Refusal::new(-204, "参保状态不正常,不能登记"));
        };
        if let Some(open) = ledger.open_under(&holder.psn_no, &institution, &number) {
            match self.variant.repeated_visit {
                Repeated::SameResult => {
                    let output = element("ykc700", &open.id);
                    let before = Some(open.act.clone());
                    return Ok(Done { output, before, psn_no: holder.psn_no.clone(), deed: None });
                }
                Repeated::Refused => return Err(objected(Objection::VisitOpen)),
                Repeated::Again => {}
            }
        }
        let id = format!("S{place}{}{:07}", clock::local().strftime("%y%m%d"), ledger.issue());
        let draft = Draft {
            kind: kind_of(&category),
            psn_no: holder.psn_no.clone(),
            institution,
            insurance: insurance.code.clone(),
            category,
            number,
            began,
        };
        ledger.register(&id, draft, transid);
        let output = element("ykc700", &id);
        Ok(Done { output, before: None, psn_no: holder.psn_no.clone(), deed: Some(Deed::Registered(id)) })
    }

    pub(super) fn amend(&self, ledger: &mut Ledger, input: &Input) -> Result<Done, Refusal> {
        input.only(&[PERSON, VISIT, &["ykc700"]])?;
        let (visit, psn_no) = self.of_visit(input)?;
        let (category, _, _) = described(input)?;
        ledger.amend(&visit, &psn_no, &category).map_err(objected)?;
        Ok(Done::plain(&psn_no, String::new()))
    }

    pub(super) fn cancel_visit(&self, ledger: &mut Ledger, input: &Input) -> Result<Done, Refusal> {
        input.only(&[PERSON, BACK])?;
        let (visit, psn_no) = self.of_visit(input)?;
        let held = ledger.visit(&visit, &psn_no).map_err(objected)?;
        named(input, &held.act)?;
        ledger.cancel_visit(&visit, &psn_no).map_err(objected)?;
        Ok(Done::plain(&psn_no, String::new()))
    }

    pub(super) fn discharge(&self, ledger: &mut Ledger, input: &Input) -> Result<Done, Refusal> {
        input.only(&[PERSON, DISCHARGE])?;
        let (visit, psn_no) = self.of_visit(input)?;
        input.field("ykc195", |code| ["1", "2", "3", "4", "5", "6", "9"].contains(&code))?;
        input.optional("akb063", |days| days.parse::<u16>().is_ok())?;
        let day = input.field("ykc702", is_day)?;
        ledger.discharge(&visit, &psn_no, Some(&day)).map_err(objected)?;
        Ok(Done::plain(&psn_no, String::new()))
    }

    pub(super) fn undo_discharge(&self, ledger: &mut Ledger, input: &Input) -> Result<Done, Refusal> {
        input.only(&[PERSON, BACK])?;
        let (visit, psn_no) = self.of_visit(input)?;
        ledger.discharge(&visit, &psn_no, None).map_err(objected)?;
        Ok(Done::plain(&psn_no, String::new()))
    }

    /// The visit a message names, and its person's number.
    pub(super) fn of_visit(&self, input: &Input) -> Result<(String, String), Refusal> {
        input.place()?;
        input.institution()?;
        let holder = self.identify(input)?;
        Ok((input.field("ykc700", within(30))?, holder.psn_no.clone()))
    }
}

/// What 0212 and 0213 say about the visit: category, the institution's number, and the first day.
fn described(input: &Input) -> Result<(String, String, String), Refusal> {
    input.field("akc050", within(300))?;
    input.field("aae011", within(50))?;
    input.field("aae036", |_| true)?;
    Ok((
        input.field("aka130", within(6))?,
        input.field("akc190", within(30))?,
        input.field("ykc701", is_day)?,
    ))
}

/// A handle given has to be the one that was issued; none, empty or `0` leaves it to the rest of the message.
pub(super) fn named(input: &Input, issued: &str) -> Result<(), Refusal> {
    match input.optional("otransid", within(40))?.as_str() {
        "" | "0" => Ok(()),
        given if given == issued => Ok(()),
        _ => Err(Refusal::new(-305, "原交易流水号不存在")),
    }
}

/// Outpatients have the categories of the tens, of maternity and of work injury that are outpatients'.
fn kind_of(category: &str) -> VisitKind {
    if category.starts_with('1') || ["51", "71", "81"].contains(&category) {
        VisitKind::Outpatient
    } else {
        VisitKind::Inpatient
    }
}

const VISIT: &[&str] = &[
    "aka130", "akc190", "akf001", "ykc012", "akc050", "ykc679", "ykc680", "akc193", "ake022", "ykc701",
    "aae011", "aae036", "aae004", "aae005", "aae013", "yzz018", "yzz019", "ykc601", "ykc602", "akc056",
];
const DISCHARGE: &[&str] = &[
    "ykc700", "akf002", "akc185", "akc196", "ykc195", "ykc702", "akb063", "aae011", "aae036", "aae013",
    "akc190", "ykc016", "yzz089", "akc188", "akc189", "akc056", "ake021", "ykc683", "yzz020", "ykc018",
];
const BACK: &[&str] = &["ykc700", "aka130", "otransid", "aae011", "aae036", "aae013"];
