//! Fee details: 0301 enters them, 0302 takes them back.

use super::acts::{Done, objected};
use super::input::{Input, PERSON, within};
use super::{Platform, Refusal};
use crate::twin::books::{FeeRow, Item, Ledger};

impl Platform {
    pub(super) fn upload_fees(
        &self,
        ledger: &mut Ledger,
        input: Input,
        transid: &str,
    ) -> Result<Done, Refusal> {
        input.only(&[PERSON, &["ykc700", "detail"]])?;
        let (visit, psn_no) = self.of_visit(&input)?;
        let items = input.rows()?.iter().map(|row| item(row, transid)).collect::<Result<Vec<_>, _>>()?;
        ledger.enter_fees(&visit, &psn_no, items, transid).map_err(objected)?;
        Ok(Done::plain(&psn_no, String::new()))
    }

    /// By the number of the upload, `0` meaning all of them, and of one row where it is named.
    pub(super) fn cancel_fees(&self, ledger: &mut Ledger, input: &Input) -> Result<Done, Refusal> {
        input.only(&[PERSON, &["ykc700", "otransid", "ykc610", "aae011", "aae036", "aae013"]])?;
        let (visit, psn_no) = self.of_visit(input)?;
        let upload = input.field("otransid", within(40))?;
        let number = input.optional("ykc610", within(30))?;
        let wanted = |row: &FeeRow| {
            (upload == "0" || row.batch == upload) && (number.is_empty() || row.number == number)
        };
        let all = upload == "0" && number.is_empty();
        ledger.cancel_fees(&visit, &psn_no, all, wanted).map_err(objected)?;
        Ok(Done::plain(&psn_no, String::new()))
    }
}

fn item(row: &Input, transid: &str) -> Result<Item, Refusal> {
    row.field("ake002", within(200))?;
    row.field("akc221", |_| true)?;
    Ok(Item {
        number: row.field("ykc610", within(30))?,
        batch: transid.to_owned(),
        code: row.field("ake001", within(50))?,
        total: row.amount("akc264")?,
        pieces: row.decimal("akc226", 4)?,
        price: row.decimal("akc225", 6)?,
    })
}
