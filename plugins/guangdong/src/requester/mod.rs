//! The partner asks: its transaction comes in, a result goes back.

mod accept;
mod fees;
mod identify;
mod input;
mod memo;
mod money;
mod person;
mod reply;
mod settle;
mod tell;
mod visit;
mod wsdl;

pub(crate) use accept::accept;
pub(crate) use reply::reply;
