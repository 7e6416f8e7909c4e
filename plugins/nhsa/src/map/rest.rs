//! What a unified message says and no table carries.

use yizhan_adapter::json::Value;

use super::{Field, Way};
use crate::values::Losses;

/// Names every member beyond these tables and places; a place that is handled covers all below it.
pub(crate) fn rest(
    value: &Value<'_>,
    item: &str,
    tables: &[&[Field]],
    handled: &[&str],
    losses: &mut Losses,
) {
    walk(value, &mut String::new(), item, tables, handled, losses);
}

fn walk(
    value: &Value<'_>,
    place: &mut String,
    item: &str,
    tables: &[&[Field]],
    handled: &[&str],
    losses: &mut Losses,
) {
    for (name, member) in value.members() {
        if member.is_null() {
            continue;
        }
        let length = place.len();
        place.extend(["/", name.as_ref()]);
        if !covered(place, tables, handled) {
            // The dialects under `extensions` are named one by one.
            if leads_on(place, tables, handled) || place == "/extensions" {
                walk(member, place, item, tables, handled, losses);
            } else {
                losses.add_once(item, place, "the dialect has no field for it");
            }
        }
        place.truncate(length);
    }
}

fn covered(place: &str, tables: &[&[Field]], handled: &[&str]) -> bool {
    handled.contains(&place)
        || tables.iter().flat_map(|table| table.iter()).any(|field| {
            let beside = place.strip_suffix("Text").filter(|_| field.kind.has_text());
            field.way != Way::Heard && (field.place == place || beside == Some(field.place))
        })
}

/// Whether something below this place is carried.
fn leads_on(place: &str, tables: &[&[Field]], handled: &[&str]) -> bool {
    let below = |whole: &str| whole.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'));
    handled.iter().any(|place| below(place))
        || tables.iter().flat_map(|table| table.iter()).any(|field| below(field.place))
}
