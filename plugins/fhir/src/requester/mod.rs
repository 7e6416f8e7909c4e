//! The partner asks: claims come in, are asked after and cancelled, and decisions on ours are told to us.

mod accept;
mod decision;
mod memo;
mod reply;
mod status;

pub(crate) use accept::accept;
pub(crate) use reply::reply;
