//! Rows of fees: sent, valued and taken back.

use std::borrow::Cow;

use super::care::{IssuedIdentifier, Patient};
use super::message::message;
use super::request::RequestContext;
use super::words::{Approval, FeeScope, ItemCategory, ItemLevel};

message! {
    /// One item that was given and what it costs.
    FeeRow {
        required number: Cow<'a, str> = "number",
        required occurred_at: Cow<'a, str> = "occurredAt",
        required category: ItemCategory = "category",
        optional catalogue_code: Cow<'a, str> = "catalogueCode",
        required item_code: Cow<'a, str> = "itemCode",
        required item_name: Cow<'a, str> = "itemName",
        required quantity: Cow<'a, str> = "quantity",
        required unit_price: Cow<'a, str> = "unitPrice",
        required amount: Cow<'a, str> = "amount",
        optional prescription_number: Cow<'a, str> = "prescriptionNumber",
        optional outside_prescription: bool = "outsidePrescription",
        optional department_code: Cow<'a, str> = "departmentCode",
        optional department_name: Cow<'a, str> = "departmentName",
        optional doctor_id: Cow<'a, str> = "doctorId",
        optional doctor_name: Cow<'a, str> = "doctorName",
        optional approval: Approval = "approval",
        optional dose: Cow<'a, str> = "dose",
        optional frequency: Cow<'a, str> = "frequency",
        optional days: u32 = "days",
        optional route: Cow<'a, str> = "route",
    }
}

message! {
    /// What one item counts for.
    RowResult {
        required number: Cow<'a, str> = "number",
        required amount: Cow<'a, str> = "amount",
        nullable quantity: Cow<'a, str> = "quantity",
        nullable unit_price: Cow<'a, str> = "unitPrice",
        nullable price_cap: Cow<'a, str> = "priceCap",
        nullable self_pay_ratio: Cow<'a, str> = "selfPayRatio",
        nullable in_scope: Cow<'a, str> = "inScope",
        nullable full_self_pay: Cow<'a, str> = "fullSelfPay",
        nullable over_limit_self_pay: Cow<'a, str> = "overLimitSelfPay",
        nullable pre_self_pay: Cow<'a, str> = "preSelfPay",
        required level: ItemLevel = "level",
        nullable charge_category: Cow<'a, str> = "chargeCategory",
        nullable remark: Cow<'a, str> = "remark",
    }
}

message! {
    /// `fees.upload`, the request.
    FeesUploadRequest {
        required context: RequestContext<'a> = "context",
        required patient: Patient<'a> = "patient",
        required visit: IssuedIdentifier<'a> = "visit",
        optional batch_number: Cow<'a, str> = "batchNumber",
        list rows: FeeRow<'a> = "rows",
        required fee_total: Cow<'a, str> = "feeTotal",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}

message! {
    /// `fees.upload`, the reply.
    FeesUploadReply {
        required visit: IssuedIdentifier<'a> = "visit",
        nullable batch: IssuedIdentifier<'a> = "batch",
        list rows: RowResult<'a> = "rows",
    }
}

message! {
    /// `fees.cancel`, the request. Its reply is a [`super::VisitCancelReply`].
    FeesCancelRequest {
        required context: RequestContext<'a> = "context",
        required patient: Patient<'a> = "patient",
        required visit: IssuedIdentifier<'a> = "visit",
        required scope: FeeScope = "scope",
        optional batch: IssuedIdentifier<'a> = "batch",
        optional_list row_numbers: Cow<'a, str> = "rowNumbers",
        optional reason: Cow<'a, str> = "reason",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}
