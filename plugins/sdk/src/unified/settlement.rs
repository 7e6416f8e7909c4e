//! Settlements: asked for, made, taken back.

use std::borrow::Cow;

use super::care::{Diagnosis, IssuedIdentifier, Patient};
use super::fees::{FeeRow, RowResult};
use super::message::message;
use super::request::{Credential, RequestContext};
use super::words::{AmountsKind, Fund, InsuranceKind, MedicalCategory, PayMethod, SettlementStage};

message! {
    /// Who pays which part. Never negative: a reversal says that it is one. `fund_total` is without the personal
    /// account, whatever the dialect adds up.
    Amounts {
        required kind: AmountsKind = "kind",
        required fee_total: Cow<'a, str> = "feeTotal",
        nullable in_scope: Cow<'a, str> = "inScope",
        nullable full_self_pay: Cow<'a, str> = "fullSelfPay",
        nullable over_limit_self_pay: Cow<'a, str> = "overLimitSelfPay",
        nullable pre_self_pay: Cow<'a, str> = "preSelfPay",
        nullable deductible: Cow<'a, str> = "deductible",
        nullable pool_ratio: Cow<'a, str> = "poolRatio",
        nullable fund_total: Cow<'a, str> = "fundTotal",
        list fund_parts: FundPart<'a> = "fundParts",
        nullable account_paid: Cow<'a, str> = "accountPaid",
        nullable cash_paid: Cow<'a, str> = "cashPaid",
        nullable personal_total: Cow<'a, str> = "personalTotal",
        nullable hospital_part: Cow<'a, str> = "hospitalPart",
        nullable account_mutual_aid: Cow<'a, str> = "accountMutualAid",
        nullable balance: Cow<'a, str> = "balance",
    }
}

message! {
    /// What one fund pays.
    FundPart {
        required kind: Fund = "kind",
        optional kind_text: Cow<'a, str> = "kindText",
        required amount: Cow<'a, str> = "amount",
        nullable in_scope: Cow<'a, str> = "inScope",
        nullable remark: Cow<'a, str> = "remark",
    }
}

message! {
    /// `settlement.quote` and `settlement.commit`, the request; a quote has no invoice number.
    SettlementRequest {
        required context: RequestContext<'a> = "context",
        required patient: Patient<'a> = "patient",
        required credential: Credential<'a> = "credential",
        required insurance: InsuranceKind = "insurance",
        optional insurance_text: Cow<'a, str> = "insuranceText",
        required category: MedicalCategory = "category",
        optional category_text: Cow<'a, str> = "categoryText",
        optional visit: IssuedIdentifier<'a> = "visit",
        optional stage: SettlementStage = "stage",
        optional pay_method: PayMethod = "payMethod",
        required use_account: bool = "useAccount",
        optional batch_number: Cow<'a, str> = "batchNumber",
        optional invoice_number: Cow<'a, str> = "invoiceNumber",
        optional started_at: Cow<'a, str> = "startedAt",
        optional discharged_at: Cow<'a, str> = "dischargedAt",
        required fee_total: Cow<'a, str> = "feeTotal",
        optional in_scope: Cow<'a, str> = "inScope",
        optional full_self_pay: Cow<'a, str> = "fullSelfPay",
        optional over_limit_self_pay: Cow<'a, str> = "overLimitSelfPay",
        optional pre_self_pay: Cow<'a, str> = "preSelfPay",
        optional_list diagnoses: Diagnosis<'a> = "diagnoses",
        optional_list rows: FeeRow<'a> = "rows",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}

message! {
    /// `settlement.quote`, the reply.
    QuoteReply {
        nullable visit: IssuedIdentifier<'a> = "visit",
        required amounts: Amounts<'a> = "amounts",
        list rows: RowResult<'a> = "rows",
    }
}

message! {
    /// `settlement.commit`, the reply.
    CommitReply {
        required settlement: IssuedIdentifier<'a> = "settlement",
        nullable visit: IssuedIdentifier<'a> = "visit",
        nullable person: IssuedIdentifier<'a> = "person",
        nullable institution_reference: Cow<'a, str> = "institutionReference",
        nullable settled_at: Cow<'a, str> = "settledAt",
        required amounts: Amounts<'a> = "amounts",
        nullable clearing: Clearing<'a> = "clearing",
        list rows: RowResult<'a> = "rows",
    }
}

message! {
    /// Where and how a settlement is cleared.
    Clearing {
        nullable division: Cow<'a, str> = "division",
        nullable method: Cow<'a, str> = "method",
        nullable category: Cow<'a, str> = "category",
    }
}

message! {
    /// `settlement.cancel`, the request.
    SettlementCancelRequest {
        required context: RequestContext<'a> = "context",
        required patient: Patient<'a> = "patient",
        required settlement: IssuedIdentifier<'a> = "settlement",
        optional visit: IssuedIdentifier<'a> = "visit",
        optional local_number: Cow<'a, str> = "localNumber",
        optional reason: Cow<'a, str> = "reason",
        extensions extensions: Cow<'a, str> = "extensions",
    }
}

message! {
    /// `settlement.cancel`, the reply; its amounts are a reversal's.
    SettlementCancelReply {
        required settlement: IssuedIdentifier<'a> = "settlement",
        nullable reversal: IssuedIdentifier<'a> = "reversal",
        nullable visit: IssuedIdentifier<'a> = "visit",
        nullable reversed_at: Cow<'a, str> = "reversedAt",
        required amounts: Amounts<'a> = "amounts",
    }
}
