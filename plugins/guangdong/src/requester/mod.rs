//! The partner asks: its 0211 comes in, a result goes back.

mod accept;
mod memo;
mod output;
mod reply;
mod wsdl;

pub(crate) use accept::accept;
pub(crate) use reply::reply;
