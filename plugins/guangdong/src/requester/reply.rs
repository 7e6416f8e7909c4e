//! Renders a result natively: the dialect's own envelope with HTTP 200, or a soap:Fault with 500 to what was no
//! envelope.

use yizhan_adapter::contract::{
    Context, Effect, Fault, FaultReport, HttpResponse, Loss, NativeResponse, Recall, Rendering, UnifiedResult,
};
use yizhan_adapter::json::parse_strict;
use yizhan_adapter::time::Moment;
use yizhan_adapter::unified::LookupReply;
use yizhan_adapter::{Host, fault};

use super::memo::Memo;
use super::output;
use crate::charset::Message;
use crate::settings::Settings;
use crate::soap;

pub(crate) fn reply(
    host: &dyn Host,
    settings: &Settings,
    context: &Context,
    recall: &Recall,
    told: &UnifiedResult,
) -> Rendering {
    let form = Form { host, settings, transid: transid(settings, context) };
    match (Memo::of(recall), told) {
        (Memo::Unread(code), told) => {
            let envelope = soap::fault(code, &sentences(told).first().cloned().unwrap_or_default());
            rendering(soap::http(500, envelope), Vec::new(), None)
        }
        (Memo::Read(asked), UnifiedResult::Reply(message)) => match form.success(message, &asked) {
            Ok((envelope, losses)) => rendering(soap::http(200, envelope), losses, None),
            Err(fault) => form.own_fault(fault),
        },
        (Memo::Read(_), UnifiedResult::Fault(report)) => {
            let code = match report.effect {
                Effect::Unknown => &settings.unknown_code,
                Effect::Nothing | Effect::Reversed => &settings.no_code,
            };
            rendering(form.failure(code, &sentences(told)), Vec::new(), None)
        }
        (Memo::Read(_), UnifiedResult::Pending(_)) => {
            rendering(form.failure(&settings.unknown_code, &sentences(told)), Vec::new(), None)
        }
        // 0211 is a query: nothing of it is undone, and it calls nobody back.
        (Memo::Read(_), UnifiedResult::Undo(_) | UnifiedResult::Taken) => {
            form.own_fault(fault::unsupported())
        }
    }
}

/// How a `result` is put together.
struct Form<'a> {
    host: &'a dyn Host,
    settings: &'a Settings,
    transid: String,
}

impl Form<'_> {
    fn success(&self, message: &str, asked: &str) -> Result<(String, Vec<Loss>), Fault> {
        let value = parse_strict(message).map_err(|_| fault::malformed("the unified message is not JSON"))?;
        let reply = LookupReply::read(&value)?;
        let mut native = self.begin("0", "");
        output::write(&mut native, &reply, asked);
        native.tag("</result>");
        let envelope = self.seal(&native).map_err(|field| output::inexpressible(&reply, field))?;
        let mut losses = output::losses(&reply, asked);
        if value.get("extensions").is_some() {
            losses.push(output::loss("/extensions"));
        }
        Ok((envelope, losses))
    }

    /// A failure, with the first of these sentences that the charset can carry.
    fn failure(&self, code: &str, sentences: &[String]) -> HttpResponse {
        let carried = sentences.iter().map(String::as_str).chain([""]).find_map(|text| {
            let mut native = self.begin(code, text);
            native.tag("<output></output></result>");
            self.seal(&native).ok()
        });
        soap::http(200, carried.unwrap_or_default())
    }

    /// The result could not be told: a plain "no", because nothing was done.
    fn own_fault(&self, fault: Fault) -> Rendering {
        let place = fault.pointer.as_deref().unwrap_or_default();
        let sentence = ["the result cannot be told in this dialect ", place].concat();
        let sentence = sentence.trim_end().to_owned();
        rendering(self.failure(&self.settings.no_code, &[sentence]), Vec::new(), Some(fault))
    }

    fn begin(&self, code: &str, text: &str) -> Message {
        let mut native = Message::new();
        native
            .tag("<result>")
            .field("sign", "")
            .field("transid", &self.transid)
            .field("errorcode", code)
            .field("errormsg", text);
        native
    }

    fn seal(&self, native: &Message) -> Result<String, &'static str> {
        let (mut envelope, end) = soap::response(self.settings.service);
        native.pack(self.host, self.settings, &mut envelope)?;
        envelope.push_str(&end);
        Ok(envelope)
    }
}

/// What to say of a failure, best first.
fn sentences(told: &UnifiedResult) -> Vec<String> {
    match told {
        UnifiedResult::Fault(report) => vec![in_full(report), report.title.clone(), report.code.clone()],
        UnifiedResult::Pending(pending) => vec![["pending ", &pending.exchange].concat()],
        _ => Vec::new(),
    }
}

/// The title, what is wrong where, and the partner's own words.
fn in_full(report: &FaultReport) -> String {
    let mut text = report.title.clone();
    for violation in report.violations.iter().take(3) {
        for piece in ["; ", &violation.pointer, " ", &violation.code] {
            text.push_str(piece);
        }
    }
    for piece in [&report.partner_code, &report.partner_text].into_iter().filter(|piece| !piece.is_empty()) {
        text.push_str(if text.is_empty() { "" } else { "; " });
        text.push_str(piece);
    }
    text
}

/// 22 digits as in the field (domain 4.1): division, day, and ten that tell this answer from others.
fn transid(settings: &Settings, context: &Context) -> String {
    let day = Moment::from_millis(context.now).date_compact();
    let day = day.get(2..).unwrap_or_default();
    format!("{}{day}{:010}", settings.division, context.entropy.0 % 10_000_000_000)
}

fn rendering(response: HttpResponse, losses: Vec<Loss>, fault: Option<Fault>) -> Rendering {
    Rendering { response: NativeResponse::Http(response), losses, fault }
}
