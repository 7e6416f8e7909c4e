//! Code tables, and which native field is which member of the unified messages.

mod care;
mod money;
mod person;
mod pointers;
#[cfg(test)]
mod table;

pub(crate) use care::{category, category_code, discharge, discharge_code, is_stay, stage, stage_code};
pub(crate) use money::{FUND_FIELDS, fund_field, item_category, item_category_code};
pub(crate) use person::{
    SOCIAL_SECURITY_CARD, chosen, document_code, document_kind, insurance_code, insurance_kind,
    reply_pointer, sex, sex_code,
};
pub(crate) use pointers::request_pointer;
