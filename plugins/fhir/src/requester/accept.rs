//! Reads a native request.

use yizhan_adapter::Host;
use yizhan_adapter::contract::{
    Arrival, Body, Context, Fault, Header, HttpRequest, HttpResponse, Incoming, Intake, NativeResponse,
    OwnAnswer, ReferenceKey, Refusal, RequestKey,
};
use yizhan_adapter::fault;
use yizhan_adapter::json::Value;

use super::memo::{Asked, Memo, asked_by};
use super::{decision, status};
use crate::describe::capability_statement;
use crate::focus::Focus;
use crate::names::{CLAIM_TYPE, CONTENT_TYPE, ELIGIBILITY};
use crate::read::{Papers, any_code, code_in, first, parse, resource_type, text};
use crate::settings::Settings;
use crate::{claim, coverage, task};

pub(crate) fn accept(host: &dyn Host, context: &Context, arrival: Arrival) -> Intake {
    let mut settings = Settings::read(host);
    // A certificate that names an institution knows better than a setting who asks.
    if let Some((_, certified)) = context.more.iter().find(|(name, _)| name == "institution") {
        settings.institution = Some(certified.clone());
    }
    let Arrival::Http(request) = arrival else {
        return refused(fault::unsupported(), &Memo::of(Asked::Other));
    };
    let asked = asked_by(&request.head);
    if request.head.method == "GET" && asked == Asked::Other {
        return Intake::OwnAnswer(OwnAnswer {
            response: http(200, capability_statement(), None),
            sessions: Vec::new(),
        });
    }
    read(host, context, &settings, asked, &request).unwrap_or_else(|fault| refused(fault, &Memo::of(asked)))
}

fn read(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    asked: Asked,
    request: &HttpRequest,
) -> Result<Intake, Fault> {
    if asked == Asked::Status {
        let query = request.head.target.split_once('?').map_or("", |(_, query)| query);
        return status::read(context, settings, query);
    }
    if !is_json(&request.head.headers) {
        return Err(fault::malformed("only application/fhir+json is read here"));
    }
    let Body::Bytes(bytes) = &request.body else { return Err(fault::malformed("larger than a message")) };
    let text = core::str::from_utf8(bytes).map_err(|_| fault::malformed("not UTF-8"))?;
    let whole = parse(text).map_err(fault::malformed)?;
    match asked {
        Asked::Submit => submit(host, settings, &whole),
        Asked::Cancel => cancel(host, settings, &whole),
        Asked::Decision => decision::read(host, context, settings, &whole),
        Asked::Check => check(host, settings, &whole),
        Asked::Status | Asked::Other => Err(fault::unsupported()),
    }
}

fn submit(host: &dyn Host, settings: &Settings, whole: &Value<'_>) -> Result<Intake, Fault> {
    let papers = open(whole, "Claim")?;
    let claim = papers.focus;
    let concept = claim.get("type");
    let mut memo = memo(Asked::Submit, settings, &papers, claim.get("patient"));
    memo.claim_type = code_in(concept, CLAIM_TYPE).or_else(|| any_code(concept)).map(str::to_owned);
    let read = match claim::read(host, settings, &papers) {
        Ok(read) => read,
        Err(fault) => return Ok(refused(fault, &memo)),
    };
    memo.insurer = Some(read.insurer.id.clone().into_owned());
    Ok(Intake::Exchange(Incoming {
        operation: "claim.submit".to_owned(),
        message: read.write(),
        purpose: None,
        key: RequestKey::Native(key(first(claim, "identifier"), &read.claim_number)),
        about: None,
        memo: memo.write(),
    }))
}

fn cancel(host: &dyn Host, settings: &Settings, whole: &Value<'_>) -> Result<Intake, Fault> {
    let papers = open(whole, "Task")?;
    let task = papers.focus;
    let mut memo = memo(Asked::Cancel, settings, &papers, task.get("for"));
    let read = match task::read(host, settings, &papers) {
        Ok(read) => read,
        Err(fault) => return Ok(refused(fault, &memo)),
    };
    memo.id = Some(read.claim.id.clone().into_owned());
    let claim = read.claim.id.clone().into_owned();
    let number = first(task, "identifier").and_then(|it| Some((it, text(it, "value")?)));
    let key = match number {
        Some((identifier, value)) => RequestKey::Native(key(Some(identifier), value)),
        // A claim can be cancelled once only.
        None => RequestKey::Business(["cancel ", &claim].concat()),
    };
    Ok(Intake::Exchange(Incoming {
        operation: "claim.cancel".to_owned(),
        message: read.write(),
        purpose: None,
        key,
        about: Some(about(&claim)),
        memo: memo.write(),
    }))
}

fn check(host: &dyn Host, settings: &Settings, whole: &Value<'_>) -> Result<Intake, Fault> {
    let papers = open(whole, "CoverageEligibilityRequest")?;
    let request = papers.focus;
    let owned = |(system, value): (&str, &str)| (system.to_owned(), value.to_owned());
    let memo = Memo {
        id: text(request, "id").map(str::to_owned),
        payor: coverage::payor(&papers).map(owned),
        insurance: coverage::insurance(&papers).map(str::to_owned),
        ..memo(Asked::Check, settings, &papers, request.get("patient"))
    };
    let read = match coverage::read(host, settings, &papers) {
        Ok(read) => read,
        Err(fault) => return Ok(refused(fault, &memo)),
    };
    Ok(Intake::Exchange(Incoming {
        operation: "coverage.check".to_owned(),
        message: read.write(),
        purpose: None,
        key: RequestKey::None,
        about: None,
        memo: memo.write(),
    }))
}

/// What a request about this claim is recognised and routed by.
pub(super) fn about(claim: &str) -> ReferenceKey {
    ReferenceKey { kind: "claim".to_owned(), id: claim.to_owned() }
}

/// R4's own key of a business act: the system belongs to it.
pub(super) fn key(identifier: Option<&Value<'_>>, value: &str) -> String {
    let system = identifier.and_then(|it| text(it, "system")).unwrap_or_default();
    [system, "|", value].concat()
}

/// The message of a body: the resource itself, or a bundle's first.
pub(super) fn open<'v, 'a>(whole: &'v Value<'a>, wanted: &str) -> Result<Papers<'v, 'a>, Fault> {
    Papers::open(whole, wanted).ok_or_else(|| {
        let found = resource_type(whole).unwrap_or_default();
        let found: String = found.chars().take(40).filter(char::is_ascii_alphanumeric).collect();
        fault::malformed(["a ", &found, " that does not begin with a ", wanted].concat())
    })
}

pub(super) fn memo(
    asked: Asked,
    settings: &Settings,
    papers: &Papers<'_, '_>,
    patient: Option<&Value<'_>>,
) -> Memo {
    let unsaid = if asked == Asked::Check { ELIGIBILITY } else { &settings.claim_system };
    let owned = |it: &Value<'_>| {
        let system = text(it, "system").unwrap_or(unsaid);
        Some((system.to_owned(), text(it, "value")?.to_owned()))
    };
    let named = patient.and_then(|it| it.get("identifier"));
    let known = papers.resolve(patient).and_then(|it| first(it, "identifier"));
    Memo {
        bundled: papers.bundled,
        number: first(papers.focus, "identifier").and_then(owned),
        patient: named.and_then(owned).or_else(|| known.and_then(owned)),
        ..Memo::of(asked)
    }
}

pub(super) fn refused(fault: Fault, memo: &Memo) -> Intake {
    Intake::Refused(Refusal { fault, memo: memo.write() })
}

/// A content type is a header the partner's file may keep from us: only what says otherwise is refused.
fn is_json(headers: &[Header]) -> bool {
    let Some(header) = headers.iter().find(|header| header.name == "content-type") else { return true };
    let value = core::str::from_utf8(&header.value).unwrap_or_default().to_ascii_lowercase();
    let kind = value.split(';').next().unwrap_or_default().trim().to_owned();
    matches!(kind.as_str(), "application/fhir+json" | "application/json")
}

pub(super) fn http(status: u16, body: String, retry_after_ms: Option<u64>) -> NativeResponse {
    let header = |name: &str, value: &str| Header { name: name.to_owned(), value: value.as_bytes().to_vec() };
    let mut headers = vec![header("content-type", CONTENT_TYPE)];
    if let Some(ms) = retry_after_ms {
        headers.push(header("retry-after", &ms.div_ceil(1000).to_string()));
    }
    NativeResponse::Http(HttpResponse { status, headers, body: Body::Bytes(body.into_bytes()) })
}

/// The number a claim has with whoever handles it, where a request names it so.
pub(super) fn given(focus: &Focus<'_>) -> Option<String> {
    match focus {
        Focus::Given(id) => Some(id.clone().into_owned()),
        Focus::Own(..) => None,
    }
}
