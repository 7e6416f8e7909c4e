//! 0301 and 0302 as `fees.upload` and `fees.cancel` (domain 4.1).

use std::borrow::Cow;

use yizhan_adapter::contract::Fault;
use yizhan_adapter::fault;
use yizhan_adapter::unified::{FeeRow, FeeScope, FeesCancelRequest, FeesUploadRequest, IssuedIdentifier};
use yizhan_adapter::xml::Element;

use super::input::{Input, moment};
use crate::codes::{item_category, request_pointer};
use crate::decimal;
use crate::partner::{ALL, MOST_ROWS};
use crate::settings::Settings;
use crate::soap::field;
use crate::transaction::Transaction;

/// The unified message, and what makes it the same batch: its first row, how many there are, and their sum.
pub(super) fn upload(input: &Input<'_>) -> Result<(String, Vec<String>), Fault> {
    let details = input.element.child("detail").map_or(&[][..], Element::children);
    if details.is_empty() || details.len() > MOST_ROWS {
        return Err(pointed("/rows", "0301 takes 1 to 500 rows"));
    }
    let mut rows = Vec::with_capacity(details.len());
    let mut sum: i64 = 0;
    for (place, row) in details.iter().enumerate() {
        let row = Row { settings: input.settings, place, row };
        let read = row.read()?;
        let amount = decimal::fen(&read.amount).unwrap_or_default();
        sum = sum.checked_add(amount).ok_or_else(|| pointed("/rows", "the rows' sum is no amount"))?;
        rows.push(read);
    }
    let visit = input.visit()?;
    let first = rows.first().map(|row| row.number.to_string()).unwrap_or_default();
    let total = decimal::write(sum, 2);
    let name = vec![visit.id.to_string(), first, rows.len().to_string(), total.clone()];
    let request = FeesUploadRequest {
        context: input.request_context()?,
        patient: input.patient()?,
        visit,
        batch_number: None,
        rows,
        fee_total: Cow::Owned(total),
        extensions: Vec::new(),
    };
    Ok((request.write(), name))
}

/// The unified message, and the batch it is of: otransid is the transid of the upload's answer.
pub(super) fn cancel(input: &Input<'_>) -> Result<(String, Vec<String>), Fault> {
    let batch = input.needed("otransid")?;
    let visit = input.visit()?;
    let name = vec![visit.id.to_string(), batch.to_string()];
    let (scope, batch) = match batch.as_ref() {
        ALL => (FeeScope::All, None),
        _ => (FeeScope::Batch, Some(IssuedIdentifier::new("feeBatch", batch, None))),
    };
    let request = FeesCancelRequest {
        context: input.request_context()?,
        patient: input.patient()?,
        visit,
        scope,
        batch,
        row_numbers: Vec::new(),
        reason: input.known("aae013")?,
        extensions: Vec::new(),
    };
    Ok((request.write(), name))
}

/// One `row` of the `detail`.
struct Row<'a> {
    settings: &'a Settings,
    place: usize,
    row: &'a Element<'a>,
}

impl<'a> Row<'a> {
    fn read(&self) -> Result<FeeRow<'a>, Fault> {
        let at = moment(self.needed("akc221")?).ok_or_else(|| self.at("akc221", "is not a point in time"))?;
        Ok(FeeRow {
            number: Cow::Borrowed(self.needed("ykc610")?),
            occurred_at: Cow::Owned(at),
            category: item_category(self.settings, self.said("yka111")?),
            catalogue_code: self.known("ake001")?,
            item_code: Cow::Borrowed(self.needed("ake005")?),
            item_name: Cow::Borrowed(self.needed("ake006")?),
            quantity: self.decimal("akc226", 4)?,
            unit_price: self.decimal("akc225", 6)?,
            amount: self.decimal("akc264", 2)?,
            prescription_number: self.known("akc220")?,
            outside_prescription: None,
            department_code: None,
            department_name: None,
            doctor_id: None,
            doctor_name: None,
            approval: None,
            dose: None,
            frequency: None,
            days: None,
            route: None,
        })
    }

    fn said(&self, name: &str) -> Result<&'a str, Fault> {
        field(self.row, name).map_err(|why| self.at(name, &why))
    }

    fn known(&self, name: &str) -> Result<Option<Cow<'a, str>>, Fault> {
        Ok(Some(self.said(name)?).filter(|text| !text.is_empty()).map(Cow::Borrowed))
    }

    fn needed(&self, name: &str) -> Result<&'a str, Fault> {
        let said = self.said(name)?;
        if said.is_empty() { Err(self.at(name, "is missing")) } else { Ok(said) }
    }

    fn decimal(&self, name: &str, places: usize) -> Result<Cow<'a, str>, Fault> {
        let read = decimal::with_places(self.needed(name)?, places);
        read.map(Cow::Owned).ok_or_else(|| self.at(name, "is no such decimal number"))
    }

    fn at(&self, name: &str, why: &str) -> Fault {
        let pointer = request_pointer(Transaction::UploadFees, name, self.place);
        Fault { pointer, ..fault::malformed([name, " ", why].concat()) }
    }
}

fn pointed(pointer: &str, why: &str) -> Fault {
    Fault { pointer: Some(pointer.to_owned()), ..fault::malformed(why) }
}
