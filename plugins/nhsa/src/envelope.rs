//! The envelopes both directions share: requests (domain 1.1) and responses (domain 1.2), written and read.

use std::borrow::Cow;

use yizhan_adapter::contract::Context;
use yizhan_adapter::json::{Value, Writer, parse_lenient};
use yizhan_adapter::time::Moment;

use crate::settings::{Code, Settings};
use crate::values::{any_scalar, scalar};

/// `msgid` is fixmedins_code(12) + yyyyMMddHHmmss(14) + sequence(4).
const MSGID_INSTITUTION: usize = 12;

/// Both spellings of the place of care, and of the place of insurance (domain 7, trap 11).
const CARE_FIELDS: [&str; 2] = ["mdtrtarea_admvs", "mdtrtarea_admdvs"];
pub(crate) const INSURED_FIELDS: [&str; 2] = ["insuplc_admdvs", "insuplc_admvs"];

/// Room for everything in a request but its input, or in a response but its output.
pub(crate) const ENVELOPE_BYTES: usize = 1024;

/// What varies from request to request in its envelope.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) infno: &'a str,
    pub(crate) message_id: &'a str,
    pub(crate) care_division: &'a str,
    pub(crate) insured_division: &'a str,
    pub(crate) terminal: &'a str,
    pub(crate) operator_kind: &'a str,
    pub(crate) operator: &'a str,
    pub(crate) operator_name: &'a str,
    pub(crate) time: String,
    pub(crate) institution: &'a str,
    pub(crate) institution_name: &'a str,
    pub(crate) sign_no: &'a str,
}

impl Request<'_> {
    /// The whole request around this input.
    pub(crate) fn write(&self, settings: &Settings, input: &str) -> String {
        let mut out = Writer::with_room(input.len() + ENVELOPE_BYTES);
        out.begin_object().key("infno").text(self.infno);
        out.key("msgid").text(self.message_id);
        out.key(&settings.care_division_field).text(self.care_division);
        out.key(&settings.insured_division_field).text(self.insured_division);
        out.key("recer_sys_code").text(&settings.recer_sys_code);
        out.key("dev_no").text(self.terminal);
        out.key("dev_safe_info").text("");
        out.key("cainfo").text("");
        out.key("signtype").text(&settings.signtype);
        out.key("infver").text(&settings.infver);
        out.key("opter_type").text(self.operator_kind);
        out.key("opter").text(self.operator);
        out.key("opter_name").text(self.operator_name);
        out.key("inf_time").text(&self.time);
        out.key("fixmedins_code").text(self.institution);
        out.key("fixmedins_name").text(self.institution_name);
        out.key("sign_no").text(self.sign_no);
        out.key("input").raw(input).end_object();
        out.finish()
    }
}

/// `msgid`: institution, second and sequence. Institution codes longer than twelve characters count with their
/// end, where they differ.
pub(crate) fn message_id(institution: &str, now: u64, sequence: u64) -> String {
    let start = institution.len().saturating_sub(MSGID_INSTITUTION);
    let institution = institution.get(start..).unwrap_or_default();
    [institution, &Moment::from_millis(now).compact(), &digits(sequence, 4)].concat()
}

/// A request as a client sent it.
#[derive(Debug)]
pub(crate) struct Inbound<'a> {
    whole: Value<'a>,
}

impl<'a> Inbound<'a> {
    /// None where this is not an object of JSON, trailing commas and bare keys aside.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let whole = parse_lenient(text).ok()?;
        matches!(whole, Value::Object(_)).then_some(Self { whole })
    }

    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        scalar(&self.whole, name)
    }

    pub(crate) fn care_division(&self) -> Option<&str> {
        any_scalar(&self.whole, &CARE_FIELDS)
    }

    pub(crate) fn insured_division(&self) -> Option<&str> {
        any_scalar(&self.whole, &INSURED_FIELDS)
    }

    /// Powersi's clients call it `medins_code`.
    pub(crate) fn institution(&self) -> Option<&str> {
        any_scalar(&self.whole, &["fixmedins_code", "medins_code"])
    }

    /// The input, where it is an object.
    pub(crate) fn input(&self) -> Option<&Value<'a>> {
        self.whole.get("input").filter(|input| matches!(input, Value::Object(_)))
    }

    /// One object of the input.
    pub(crate) fn input_node(&self, node: &str) -> Option<&Value<'a>> {
        self.input()?.get(node).filter(|value| matches!(value, Value::Object(_)))
    }
}

/// The whole response; `output` writes the value of `output`. A failure has no output, a success no text.
pub(crate) fn write_response(
    settings: &Settings,
    context: &Context,
    received: u64,
    code: &Code,
    error: Option<&str>,
    room: usize,
    output: impl FnOnce(&mut Writer),
) -> String {
    let now = Moment::from_millis(context.now);
    let mut out = Writer::with_room(room);
    out.begin_object().key("infcode");
    code.write(&mut out);
    let reference = [settings.division.as_str(), &now.compact(), &digits(context.entropy.0, 10)].concat();
    out.key("inf_refmsgid").text(&reference);
    out.key("refmsg_time").text(&Moment::from_millis(received).millis_compact());
    out.key("respond_time").text(&now.millis_compact());
    out.key("err_msg").text_or_null(error);
    out.key("warn_msg").null().key("cainfo").null().key("signtype").null().key("output");
    output(&mut out);
    out.end_object();
    out.finish()
}

/// A partner's response.
#[derive(Debug)]
pub(crate) struct Response<'a> {
    whole: Value<'a>,
}

impl<'a> Response<'a> {
    /// None where this is not an object of JSON (trailing commas and bare keys aside) with an `infcode`.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        let whole = parse_lenient(text).ok()?;
        scalar(&whole, "infcode")?;
        Some(Self { whole })
    }

    /// A number at one partner, a text at the next.
    pub(crate) fn code(&self) -> &str {
        scalar(&self.whole, "infcode").unwrap_or_default()
    }

    /// The error text, out of the JSON in which some back ends wrap it once more (domain 1.2).
    pub(crate) fn error(&self) -> Option<Cow<'_, str>> {
        match self.whole.get("err_msg")? {
            wrapped @ Value::Object(_) => scalar(wrapped, "err_msg").map(Cow::Borrowed),
            Value::Text(text) if text.trim_start().starts_with('{') => {
                let inner = parse_lenient(text).ok();
                match inner.as_ref().and_then(|inner| scalar(inner, "err_msg")) {
                    Some(inner) => Some(Cow::Owned(inner.to_owned())),
                    None => Some(Cow::Borrowed(text)),
                }
            }
            plain => plain.scalar().map(Cow::Borrowed),
        }
    }

    /// When it was written, as the partner spells it.
    pub(crate) fn time(&self) -> Option<&str> {
        scalar(&self.whole, "respond_time")
    }

    pub(crate) fn warning(&self) -> Option<&str> {
        scalar(&self.whole, "warn_msg")
    }

    /// The output, where there is one.
    pub(crate) fn output(&self) -> Option<&Value<'a>> {
        self.whole.get("output").filter(|output| !output.is_null())
    }
}

/// The last `count` decimal digits of a random number.
fn digits(random: u64, count: usize) -> String {
    let mut text = String::with_capacity(count);
    let mut unit = 10_u64.pow(count as u32 - 1);
    while unit > 0 {
        text.push(char::from(b'0' + (random / unit % 10) as u8));
        unit /= 10;
    }
    text
}
