//! Which native field is which member of the unified request, whichever side wrote it.

use crate::transaction::Transaction;

/// The member of the unified request that a field of `input` stands for; `nth` counts fields of the same name.
pub(crate) fn request_pointer(transaction: Transaction, field: &str, nth: usize) -> Option<String> {
    let in_row = transaction == Transaction::UploadFees;
    if let Some(member) = row_member(field).filter(|_| in_row) {
        return Some(format!("/rows/{nth}/{member}"));
    }
    let document = if transaction == Transaction::Identify { "/document" } else { "/patient/document" };
    let pointer = match field {
        "aab299" => "/context/careDivision",
        "akb026" => "/context/institution/id",
        "akb021" => "/context/institution/name",
        "aab301" => "/context/insuredDivision",
        "aae011" => "/context/operator/id",
        "aae036" => "/context/businessTime",
        "aac043" => return Some([document, "/kind"].concat()),
        "aac002" | "aac044" => return Some([document, "/number"].concat()),
        "ake007" => "/serviceDate",
        // It tells which cancellation it is, and is no member of either.
        "aka130" if transaction == Transaction::CancelVisit => return None,
        "aka130" => "/category",
        "ykc300" => "/insurance",
        "akc190" => "/localNumber",
        "akf001" | "akf002" => "/department/id",
        "ykc012" => "/bed",
        "akc050" | "akc185" => "/diagnoses/0/name",
        "akc193" | "akc196" => "/diagnoses/0/code",
        "ake022" => "/practitioner/id",
        "ykc701" => "/startedAt",
        "ykc702" => "/dischargedAt",
        "ykc195" => "/manner",
        "aae005" => "/contact/phone",
        "aae013" => "/reason",
        "ykc700" => "/visit/id",
        "ykc618" => "/settlement/id",
        "otransid" => match transaction {
            Transaction::CancelFees => "/batch/id",
            _ => "/settlement/id",
        },
        "ykc675" => "/stage",
        "akc264" => "/feeTotal",
        _ => return None,
    };
    Some(pointer.to_owned())
}

/// The member of a fee row that a field of `row` stands for.
fn row_member(field: &str) -> Option<&'static str> {
    Some(match field {
        "akc220" => "prescriptionNumber",
        "ykc610" => "number",
        "yka111" => "category",
        "ake001" => "catalogueCode",
        "ake005" => "itemCode",
        "ake006" => "itemName",
        "akc226" => "quantity",
        "akc225" => "unitPrice",
        "akc264" => "amount",
        "akc221" => "occurredAt",
        _ => return None,
    })
}
