//! A client's transaction as a unified request, by the catalogue's tables (domain 1.1 and 1.5).

use std::borrow::Cow;

use yizhan_adapter::Host;
use yizhan_adapter::contract::{Context, Fault, ReferenceKey};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, Writer};
use yizhan_adapter::time::{self, Moment};
use yizhan_adapter::unified::RequestContext;

use crate::codes;
use crate::envelope::Inbound;
use crate::map::{Field, Kind, Node, Reading, Tree, room};
use crate::settings::Settings;
use crate::transactions::{Output, Transaction};
use crate::values::{Losses, is_division, scalar};

/// The unified message, purpose aside: the gateway writes that.
pub(super) fn read(
    host: &dyn Host,
    context: &Context,
    settings: &Settings,
    transaction: &Transaction,
    inbound: &Inbound<'_>,
) -> Result<String, Fault> {
    let input = inbound.input().ok_or_else(|| fault::malformed("input is not an object"))?;
    let mut out = Writer::with_room(room(input));
    let mut tree = Tree::begin(&mut out);
    request_context(context, inbound, None)?.write(tree.at("/context"));
    if transaction.output == Output::Credential {
        tree.at("/issuer").text("medicalInsurance");
    }
    let mut losses = Losses::default();
    // Who gave an identifier cannot be read from it.
    let mut reading =
        Reading { settings, issuer: None, reply: false, item: String::new(), losses: &mut losses };
    reading.nodes(&mut tree, input, transaction.input)?;
    // 2201 itself says outpatient; of what kind is said with 2203 at the latest.
    if transaction.operation == "visit.register" && first_node(transaction, inbound, "med_type").is_none() {
        tree.at("/category").text("outpatient");
    }
    tree.end();
    for (_, node) in input.members() {
        note_extension(host, node.items().first().unwrap_or(node));
    }
    Ok(out.finish())
}

/// `exp_content` has no place in the standard, and may hold personal data.
pub(super) fn note_extension(host: &dyn Host, node: &Value<'_>) {
    if node.get("exp_content").or_else(|| node.get("expContent")).is_some_and(|value| !value.is_null()) {
        host.note("exp-content-dropped", "");
    }
}

/// Who asks, by the envelope.
pub(super) fn request_context<'a>(
    context: &Context,
    inbound: &'a Inbound<'_>,
    card: Option<&'a str>,
) -> Result<RequestContext<'a>, Fault> {
    let borrowed = |name: &str| inbound.field(name).map(Cow::Borrowed);
    let institution = inbound.institution().ok_or_else(|| fault::malformed("fixmedins_code is missing"))?;
    Ok(RequestContext {
        purpose: None,
        institution_id: Cow::Borrowed(institution),
        institution_name: borrowed("fixmedins_name"),
        operator_id: borrowed("opter"),
        operator_name: borrowed("opter_name"),
        operator_kind: inbound.field("opter_type").and_then(codes::operator_kind),
        terminal_id: borrowed("dev_no"),
        target: None,
        insured_division: inbound.insured_division().map(Cow::Borrowed),
        issuing_division: card
            .and_then(|card| card.get(..6))
            .filter(|division| is_division(division))
            .map(Cow::Borrowed),
        care_division: inbound.care_division().map(Cow::Borrowed),
        consent_reference: None,
        business_time: Cow::Owned(match inbound.field("inf_time") {
            Some(text) => {
                time::civil_seconds(text).ok_or_else(|| fault::malformed("inf_time is not a time"))?
            }
            None => Moment::from_millis(context.now).rfc3339(),
        }),
    })
}

/// What the input speaks of, if it was issued before: a settlement, else a visit. Only where no place of insurance
/// is named, which would say better where it belongs.
pub(super) fn about(transaction: &Transaction, inbound: &Inbound<'_>) -> Option<ReferenceKey> {
    if inbound.insured_division().is_some() {
        return None;
    }
    let key = |kind: &str| {
        let id = identifier(transaction, inbound, kind)?;
        Some(ReferenceKey { kind: kind.to_owned(), id: id.to_owned() })
    };
    key("settlement").or_else(|| key("visit"))
}

/// The identifier of this kind that the input names.
pub(super) fn identifier<'a>(
    transaction: &Transaction,
    inbound: &'a Inbound<'_>,
    kind: &str,
) -> Option<&'a str> {
    let of_kind = |field: &Field| matches!(field.kind, Kind::Identifier(known) if known == kind);
    let input = inbound.input()?;
    transaction.input.iter().find_map(|node| {
        let value = first_object(input, node)?;
        let mut fields = node.fields.iter().chain(node.repeated).filter(|field| of_kind(field));
        fields.find_map(|field| scalar(value, field.native))
    })
}

/// A member of the input's first node.
fn first_node<'a>(transaction: &Transaction, inbound: &'a Inbound<'_>, name: &str) -> Option<&'a str> {
    scalar(first_object(inbound.input()?, transaction.input.first()?)?, name)
}

fn first_object<'a, 'b>(input: &'a Value<'b>, node: &Node) -> Option<&'a Value<'b>> {
    let value = node.name.split('|').find_map(|name| input.get(name))?;
    Some(value.items().first().unwrap_or(value))
}
