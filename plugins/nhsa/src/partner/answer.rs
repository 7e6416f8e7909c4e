//! What an HTTP answer means before anybody looks at its output.

use std::borrow::Cow;

use yizhan_adapter::Host;
use yizhan_adapter::contract::{Body, Fault, HttpAnswer};
use yizhan_adapter::fault;
use yizhan_adapter::json::Value;

use crate::envelope::Response;
use crate::settings::Settings;

const OK: u16 = 200;
/// "0" and 0 are success (domain 1.2); every other code is a plain no to a query.
const SUCCESS: &str = "0";

/// The partner did not do it.
#[derive(Debug)]
pub(super) struct No {
    pub(super) fault: Fault,
    pub(super) sign_in_expired: bool,
}

/// The envelope, whatever it says.
///
/// # Errors
/// Statuses that speak for themselves, and bodies that are none of this dialect's.
pub(super) fn response(answer: &HttpAnswer) -> Result<Response<'_>, Fault> {
    match answer.status {
        401 | 403 => return Err(fault::unauthorised("", status_text(answer.status))),
        429 | 502..=504 => {
            return Err(fault::unavailable("", status_text(answer.status), retry_after(answer)));
        }
        _ => {}
    }
    let Body::Bytes(bytes) = &answer.body else { return Err(fault::unreadable("answer too large")) };
    let text = std::str::from_utf8(bytes).map_err(|_| fault::unreadable("answer is not UTF-8"))?;
    Response::read(text).ok_or_else(|| match answer.status {
        OK => fault::unreadable("answer is not a response of this dialect"),
        status => fault::unreadable(status_text(status)),
    })
}

/// The output, where the partner succeeded and it `answers`.
///
/// A success code with an error text and no output is an error (domain 1.2, trap A): what counts is whether
/// there is an answer.
pub(super) fn output<'a, 'b>(
    settings: &Settings,
    answer: &HttpAnswer,
    response: &'a Response<'b>,
    answers: impl FnOnce(&Value<'b>) -> bool,
) -> Result<&'a Value<'b>, No> {
    let code = response.code();
    let no = |fault| No { fault, sign_in_expired: false };
    if code == SUCCESS {
        if answer.status != OK {
            return Err(no(fault::unreadable(status_text(answer.status))));
        }
        return response.output().filter(|output| answers(output)).ok_or_else(|| {
            no(match response.error() {
                Some(error) => fault::rejected(code, error),
                None => fault::unreadable("success without output"),
            })
        });
    }
    let error = response.error().unwrap_or(Cow::Borrowed(""));
    let is_among = |codes: &[String]| codes.iter().any(|known| known == code);
    let sign_in_expired = is_among(&settings.sign_in_expired_codes);
    Err(No {
        fault: if sign_in_expired {
            fault::unauthorised(code, error)
        } else if is_among(&settings.not_found_codes) {
            fault::not_found(code, error)
        } else {
            fault::rejected(code, error)
        },
        sign_in_expired,
    })
}

/// Whether this node of an output says something.
pub(super) fn has(output: &Value<'_>, node: &str) -> bool {
    output.get(node).is_some_and(|value| !value.members().is_empty())
}

/// Keeps what a success says beside its output.
pub(super) fn remark(host: &dyn Host, response: &Response<'_>) {
    if let Some(warning) = response.warning() {
        host.note("partner-warning", warning);
    }
    if let Some(error) = response.error() {
        host.note("partner-error-text", &error);
    }
}

fn status_text(status: u16) -> String {
    ["HTTP ", &status.to_string()].concat()
}

/// The seconds of `retry-after`; its other form, a date, is not worth a calendar.
fn retry_after(answer: &HttpAnswer) -> Option<u64> {
    let header = answer.headers.iter().find(|header| header.name == "retry-after")?;
    let seconds: u64 = std::str::from_utf8(&header.value).ok()?.trim().parse().ok()?;
    Some(seconds.saturating_mul(1000))
}
