//! Renders a result natively: the dialect's own envelope with HTTP 200, or a soap:Fault with 500 to what was no
//! envelope.

use yizhan_adapter::contract::{
    Context, Effect, Fault, FaultReport, HttpResponse, Loss, NativeResponse, Recall, Rendering, UnifiedResult,
};
use yizhan_adapter::time::Moment;
use yizhan_adapter::{Host, fault};

use super::memo::Memo;
use super::tell::{self, Telling};
use crate::charset::{Culprit, Message};
use crate::settings::Settings;
use crate::soap;
use crate::transaction::Transaction;

pub(crate) fn reply(
    host: &dyn Host,
    settings: &Settings,
    context: &Context,
    recall: &Recall,
    told: &UnifiedResult,
) -> Rendering {
    let form = Form { host, settings, transid: transid(settings, context) };
    let (transaction, asked) = match Memo::of(recall) {
        Memo::Unread(code) => {
            let envelope = soap::fault(code, &sentences(told).first().cloned().unwrap_or_default());
            return rendering(soap::http(500, envelope), Vec::new(), None);
        }
        Memo::Read { transaction, asked } => (transaction, asked),
    };
    match (told, transaction) {
        (UnifiedResult::Reply(message), Some(transaction)) => {
            match form.success(message, transaction, &asked) {
                Ok((envelope, losses)) => rendering(soap::http(200, envelope), losses, None),
                Err(fault) => form.own_fault(transaction, fault),
            }
        }
        (UnifiedResult::Fault(report), _) => {
            let code = match report.effect {
                Effect::Unknown => &settings.unknown_code,
                Effect::Nothing | Effect::Reversed => &settings.no_code,
            };
            rendering(form.failure(code, &sentences(told)), Vec::new(), None)
        }
        (UnifiedResult::Pending(_), _) => {
            rendering(form.failure(&settings.unknown_code, &sentences(told)), Vec::new(), None)
        }
        // No transaction undoes an exchange by its key, none is called back, and what was not read has no reply.
        (UnifiedResult::Undo(_) | UnifiedResult::Taken | UnifiedResult::Reply(_), transaction) => {
            form.own_fault(transaction.unwrap_or(Transaction::Identify), fault::unsupported())
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
    fn success(
        &self,
        message: &str,
        transaction: Transaction,
        asked: &str,
    ) -> Result<(String, Vec<Loss>), Fault> {
        let reply = tell::parse(message)?;
        let telling = Telling { settings: self.settings, transaction, asked, reply: &reply };
        let mut native = begin(telling.transid().unwrap_or(&self.transid), "0", "");
        let losses = telling.write(&mut native)?;
        native.tag("</result>");
        let envelope = self.seal(&native).map_err(|culprit| telling.unwritable(culprit))?;
        Ok((envelope, losses))
    }

    /// A failure, with the first of these sentences that the charset can carry.
    fn failure(&self, code: &str, sentences: &[String]) -> HttpResponse {
        let carried = sentences.iter().map(String::as_str).chain([""]).find_map(|text| {
            let mut native = begin(&self.transid, code, text);
            native.tag("<output></output></result>");
            self.seal(&native).ok()
        });
        soap::http(200, carried.unwrap_or_default())
    }

    /// The result could not be told. Of a question that is a plain "no", because nothing was done; of an act it is
    /// "unknown", because it was.
    fn own_fault(&self, transaction: Transaction, fault: Fault) -> Rendering {
        let place = fault.pointer.as_deref().unwrap_or_default();
        let sentence = ["the result cannot be told in this dialect ", place].concat();
        let sentence = sentence.trim_end().to_owned();
        let code = if transaction.only_asks() { &self.settings.no_code } else { &self.settings.unknown_code };
        rendering(self.failure(code, &[sentence]), Vec::new(), Some(fault))
    }

    fn seal(&self, native: &Message) -> Result<String, Culprit> {
        let (mut envelope, end) = soap::response(self.settings.service);
        native.pack(self.host, self.settings, &mut envelope)?;
        envelope.push_str(&end);
        Ok(envelope)
    }
}

fn begin(transid: &str, code: &str, text: &str) -> Message {
    let mut native = Message::new();
    native
        .tag("<result>")
        .field("sign", "")
        .field("transid", transid)
        .field("errorcode", code)
        .field("errormsg", text);
    native
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
