//! The partner asks: claims come in, are asked after and cancelled, coverage is checked, and decisions on ours are told
//! to us. What comes of a claim late is written here too, since it answers what came in here.

mod accept;
mod decision;
mod late;
mod memo;
mod reply;
mod status;

pub(crate) use accept::accept;
pub(crate) use late::delivery;
pub(crate) use reply::reply;
