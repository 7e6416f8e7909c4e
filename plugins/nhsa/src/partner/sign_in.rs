//! Signing in with 9001 (domain 1.5), once for all exchanges that wait for the session.

use yizhan_adapter::Host;
use yizhan_adapter::contract::{
    Context, Fault, FaultKind, HttpAnswer, Intent, Opened, Outcome, Sending, Step,
};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer};
use yizhan_adapter::time::Moment;

use super::answer::{self, has};
use super::call::call;
use super::state::State;
use crate::codes;
use crate::envelope::{Request, message_id};
use crate::settings::Settings;
use crate::values::scalar;

const SIGN_IN: &str = "9001";
/// Where the answer keeps its sign-in number.
const NODE: &str = "signinoutb";

/// `name` is the asking institution, which signs in itself unless the settings name one for all.
pub(super) fn send(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    name: &str,
) -> Result<Step, Fault> {
    let institution = if settings.institution_code.is_empty() {
        settings.registered(name)
    } else {
        settings.institution_code.as_str()
    };
    let institution_name =
        if settings.institution_name.is_empty() { institution } else { settings.institution_name.as_str() };
    let request = Request {
        infno: SIGN_IN,
        message_id: &message_id(institution, context.now, context.entropy.0),
        // Nobody is treated: the place is the platform's own.
        care_division: &settings.division,
        insured_division: "",
        terminal: "",
        operator_kind: codes::operator_code(None),
        operator: &settings.sign_in_operator,
        operator_name: &settings.sign_in_operator,
        time: Moment::from_millis(context.now).seconds(),
        institution,
        institution_name,
        sign_no: "",
    };
    let mut input = Writer::new();
    input.begin_object().key("signIn").begin_object();
    input.key("opter_no").text(&settings.sign_in_operator);
    input.key("mac").text(&settings.sign_in_mac);
    input.key("ip").text(&settings.sign_in_ip).end_object().end_object();
    let body = request.write(settings, &input.finish());
    let call = call(host, context, settings, SIGN_IN, Intent::Ask, body)?;
    Ok(Step::Send(Sending { call, state: State::sign_in().write() }))
}

pub(super) fn opened(context: &Context, settings: &Settings, answer: &HttpAnswer) -> Result<Step, Fault> {
    let response = answer::response(answer)?;
    let output = answer::output(settings, answer, &response, |output| has(output, NODE))
        .map_err(|no| refusal(no.fault))?;
    let signed_in = output.get(NODE).unwrap_or(&Value::Null);
    let sign_no = scalar(signed_in, "sign_no").ok_or_else(|| fault::unreadable("9001 without sign_no"))?;
    Ok(Step::Finished(Outcome::Opened(Opened {
        value: sign_no.as_bytes().to_vec(),
        until: settings.sign_in_until(context.now),
        keys: Vec::new(),
    })))
}

/// A no to a sign-in is a no to us, whatever code it has.
fn refusal(fault: Fault) -> Fault {
    match fault.kind {
        FaultKind::Rejected | FaultKind::NotFound => Fault { kind: FaultKind::Unauthorised, ..fault },
        _ => fault,
    }
}
