//! What an answer says of an act. Only a clear yes and a clear no count; everything else is "nobody knows"
//! (domain 1.2: system-level failures against business ones).

use std::borrow::Cow;

use yizhan_adapter::Host;
use yizhan_adapter::contract::{Fault, HttpAnswer, Success};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, parse_strict};

use super::known;
use crate::envelope::Response;
use crate::output::{self, Answered};
use crate::partner::answer;
use crate::partner::command::{Doing, Happened};
use crate::partner::held::Held;
use crate::settings::Settings;
use crate::values::{Losses, scalar};

const OK: u16 = 200;
const SUCCESS: &str = "0";
/// `refd_setl_flag` of a settlement that was taken back.
const REVERSED: &str = "1";

/// What happened; why, where it is not a yes; and what follows from a yes to the act.
pub(super) struct Heard {
    pub(super) happened: Happened,
    pub(super) fault: Option<Fault>,
    pub(super) success: Option<Success>,
}

impl Heard {
    fn no(happened: Happened, fault: Fault) -> Self {
        Self { happened, fault: Some(fault), success: None }
    }
}

pub(super) fn hear(
    host: &dyn Host,
    settings: &Settings,
    held: &Held<'_>,
    message: &Value<'_>,
    answer: &HttpAnswer,
) -> Heard {
    let response = match answer::response(answer) {
        Ok(response) => response,
        // These are said before anybody looks at a message; a gateway's 502 to 504 is said after.
        Err(fault) if matches!(answer.status, 401 | 403 | 429) => {
            return Heard::no(Happened::TurnedAway, fault);
        }
        Err(fault) => return Heard::no(Happened::Unclear, fault),
    };
    let (code, error) = (response.code(), response.error());
    let told = || error.clone().unwrap_or(Cow::Borrowed(""));
    let is_among = |codes: &[String]| codes.iter().any(|known| known == code);
    let undoing = held.progress.doing == Doing::Undo;
    if code == SUCCESS {
        return if answer.status == OK {
            yes(host, settings, held, message, &response)
        } else {
            Heard::no(Happened::Unclear, fault::unreadable("success under another status"))
        };
    }
    if is_among(&settings.sign_in_expired_codes) {
        return Heard::no(Happened::Expired, fault::unauthorised(code, told()));
    }
    if undoing && is_among(&settings.nothing_to_undo_codes) || is_among(&settings.not_found_codes) {
        // A repeated taking-away has its answer: it is away.
        let away = || success(settings, held, message, &Value::Null, response.time());
        let success = if undoing { away() } else { None };
        return Heard { happened: Happened::Absent, fault: Some(fault::not_found(code, told())), success };
    }
    let fault = fault::rejected(code, told());
    if is_among(&settings.unknown_codes) {
        return Heard::no(Happened::Unclear, fault);
    }
    Heard::no(Happened::No, fault)
}

/// The partner says yes: to the act, to the question after it, or to taking it back.
fn yes(
    host: &dyn Host,
    settings: &Settings,
    held: &Held<'_>,
    message: &Value<'_>,
    response: &Response<'_>,
) -> Heard {
    let nothing = Value::Null;
    let output = response.output().unwrap_or(&nothing);
    // A success code with an error text and no output is none (domain 1.2, trap A); whose, nobody knows.
    if let Some(error) = response.error().filter(|_| output.members().is_empty() && output.items().is_empty())
    {
        return Heard::no(Happened::Unclear, fault::rejected(SUCCESS, error));
    }
    answer::remark(host, response);
    match held.progress.doing {
        Doing::Status => {
            let info = output.get("setlinfo").or_else(|| output.get("data")).unwrap_or(&nothing);
            let info = info.items().first().unwrap_or(info);
            if scalar(info, "refd_setl_flag") != Some(REVERSED) {
                return Heard { happened: Happened::No, fault: None, success: None };
            }
            told(settings, held, message, output, response.time())
        }
        Doing::Act => told(settings, held, message, output, response.time()),
        Doing::Undo if held.only_undo => Heard { happened: Happened::Yes, fault: None, success: None },
        // The reply, where what was repeated was the act.
        Doing::Undo => {
            let success = success(settings, held, message, output, response.time());
            Heard { happened: Happened::Yes, fault: None, success }
        }
    }
}

/// A yes that can be told; one that cannot is none.
fn told(
    settings: &Settings,
    held: &Held<'_>,
    message: &Value<'_>,
    output: &Value<'_>,
    time: Option<&str>,
) -> Heard {
    match success(settings, held, message, output, time) {
        Some(success) => Heard { happened: Happened::Yes, fault: None, success: Some(success) },
        None => Heard::no(Happened::Unclear, fault::unreadable("success without what it is about")),
    }
}

fn success(
    settings: &Settings,
    held: &Held<'_>,
    message: &Value<'_>,
    output: &Value<'_>,
    time: Option<&str>,
) -> Option<Success> {
    let transaction = held.transaction;
    if !transaction.output.answers(output) {
        return None;
    }
    let mut losses = Losses(held.losses.clone());
    let asked_after = held.progress.doing == Doing::Status;
    let answered = Answered { output, time, request: message, asked_after };
    let reply = output::read(transaction, settings, &answered, &mut losses).ok()?;
    let references = known::references(transaction, &held.act_id, message, &parse_strict(&reply).ok()?);
    Some(Success { reply, references, losses: losses.0 })
}
