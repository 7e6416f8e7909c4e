//! What the requester is told of an ending that is no success.

use yizhan_host::CallFault;
use yizhan_host::contract::Why;
use yizhan_host::driver::Ending;

use super::run::Run;
use crate::fault::{Code, Fault};

impl Run<'_> {
    /// The fault an ending is.
    pub(super) fn fault(&mut self, ending: Ending) -> Fault {
        match ending {
            Ending::Rejected(told) => {
                let fault = Fault::of_partner(told, &self.seat.about().name);
                match self.last_silence {
                    // Nobody spoke there, so the words are the adapter's.
                    Some(why) if fault.code == Code::Unavailable => {
                        let code = silence(why);
                        let retry_after = match self.come_again {
                            Some(wait) if why == Why::BreakerOpen => Some(wait),
                            _ => fault.retry_after,
                        };
                        Fault { code, partner_text: String::new(), retry_after, ..fault }
                    }
                    _ => fault,
                }
            }
            Ending::ReplyBreaksStandard(_) => {
                Fault::violating(Code::AnswerViolatesStandard, std::mem::take(&mut self.violations))
            }
            Ending::AdapterFailed => self.blamed(self.call_fault.map_or("trap", CallFault::code)),
            Ending::Misstep(misstep) if misstep.blames_host() => Fault::new(Code::Internal),
            Ending::Misstep(misstep) => self.blamed(misstep.code()),
            // Commands end these ways, and the driver lets no query do so.
            Ending::Succeeded(_)
            | Ending::Opened(_)
            | Ending::Delivered
            | Ending::Undone(_)
            | Ending::Unresolved(_) => Fault::new(Code::Internal),
        }
    }
}

/// A query that ended `unavailable` after silence takes its code from why it was silent.
const fn silence(why: Why) -> Code {
    match why {
        Why::Timeout | Why::TooLate => Code::Timeout,
        Why::Tls => Code::NoTrust,
        Why::TooLarge | Why::Malformed => Code::UnreadableAnswer,
        Why::Refused | Why::Unreachable | Why::BreakerOpen | Why::QueueFull | Why::Cut | Why::Restarted => {
            Code::Unavailable
        }
    }
}
