//! 9001, answered here: the number we give out is what this partner's messages must carry from then on.

use yizhan_adapter::contract::{Context, Fault, Intake, OwnAnswer, SessionWrite};
use yizhan_adapter::fault;
use yizhan_adapter::time::Moment;

use super::{session_name, success};
use crate::envelope::{ENVELOPE_BYTES, Inbound};
use crate::settings::Settings;
use crate::values::scalar;

/// `sign_no` is C30, and six of it are the division.
const RANDOM_DIGITS: u32 = 24;

pub(super) fn answer(settings: &Settings, context: &Context, inbound: &Inbound<'_>) -> Result<Intake, Fault> {
    let institution = inbound.institution().ok_or_else(|| fault::malformed("fixmedins_code is missing"))?;
    // No unified message follows in which the gateway could compare the two.
    let certified = context.more.iter().find(|(name, _)| name == "institution");
    if certified.is_some_and(|(_, certified)| certified != institution) {
        return Err(fault::unauthorised("", "fixmedins_code is not the institution of the certificate"));
    }
    let operator = inbound
        .input_node("signIn")
        .and_then(|sign_in| scalar(sign_in, "opter_no"))
        .or_else(|| inbound.field("opter"))
        .ok_or_else(|| fault::malformed("opter_no is missing"))?;
    let sign_no = sign_no(settings, context);
    let response = success(settings, context, context.now, ENVELOPE_BYTES, |out| {
        out.begin_object().key("signinoutb").begin_object();
        out.key("sign_no").text(&sign_no);
        out.key("sign_time").text(&Moment::from_millis(context.now).seconds());
        out.end_object().end_object();
    });
    let session = SessionWrite {
        name: session_name(institution, operator),
        value: sign_no.into_bytes(),
        until: settings.sign_in_until(context.now),
    };
    Ok(Intake::OwnAnswer(OwnAnswer { response, sessions: vec![session] }))
}

/// Not to be guessed: 96 random bits behind the division.
fn sign_no(settings: &Settings, context: &Context) -> String {
    let mut text = settings.division.clone();
    let random = u128::from(context.entropy.1) << 64 | u128::from(context.entropy.2);
    for place in (0..RANDOM_DIGITS).rev() {
        let digit = char::from_digit((random >> (4 * place) & 0xf) as u32, 16).unwrap_or('0');
        text.push(digit.to_ascii_uppercase());
    }
    text
}
