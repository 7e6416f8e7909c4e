//! Sign-ins, kept by the host: what partners signed in to us as, and our own sessions at partners.
//!
//! The two stores never meet: an inbound session belongs to the requester (partner, institution), an outbound one to
//! the partner, shared by all its exchanges. Both are bounded: whoever signs in chooses the names.

mod inbound;
mod outbound;

pub(crate) use inbound::{InboundSessions, RequesterKey};
pub(crate) use outbound::OutboundSessions;

use yizhan_host::contract::Fault as ToldFault;

use crate::fault::Fault;

/// Longest name of one who signs in, in bytes.
const NAME_BYTES: usize = 256;

/// Why no session was opened at a partner.
#[derive(Debug, Clone)]
pub(crate) enum SignInFailed {
    /// The partner said no: the adapter that asked is told so.
    Refused(ToldFault),
    /// It could not be tried: the exchange ends with this.
    Fault(Fault),
}
