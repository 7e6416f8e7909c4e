//! Grants: who may ask whom for what, and until when.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use jiff::civil::Date;
use jiff::tz::{self, TimeZone};
use yizhan_schemas::{Kind, Standard};

use super::codes::Code;
use super::forms;
use super::partner_file::PartnerDraft;
use super::problem::Sink;
use super::reader::{Reader, did_you_mean};
use super::source::At;
use super::{Grant, PartnerName};

/// How far China's time is ahead of UTC, in hours.
const CHINA: i8 = 8;

/// A grant whose names have not been looked up.
pub(super) struct GrantDraft {
    requester: At<PartnerName>,
    institutions: Option<Vec<String>>,
    operations: Vec<At<String>>,
    purposes: Vec<At<String>>,
    targets: Vec<At<PartnerName>>,
    until: Option<SystemTime>,
}

impl GrantDraft {
    pub(super) fn read(mut table: Reader<'_>) -> Option<Self> {
        let requester = table
            .required("requester")
            .and_then(|item| Some(At { value: item.parse(forms::partner)?, spot: item.spot.clone() }));
        let institutions = table.optional("institutions").map(|item| item.parse_some(forms::code));
        let operations = table.required("operations").and_then(|item| item.parse_some(forms::any));
        let purposes = table.required("purposes").and_then(|item| item.parse_some(forms::any));
        let targets = table.required("targets").and_then(|item| item.parse_some(forms::partner));
        let until = table.optional("until").map(|item| {
            let end = item.date().map(end_of);
            end.and_then(|end| end.or_else(|| item.fail(item.malformed("a day of the calendar"))))
        });
        table.finish();
        Some(Self {
            requester: requester?,
            institutions: match institutions {
                Some(list) => Some(list?.into_iter().map(|at| at.value).collect()),
                None => None,
            },
            operations: operations?,
            purposes: purposes?,
            targets: targets?,
            until: match until {
                Some(until) => Some(until?),
                None => None,
            },
        })
    }

    /// Looks the names up; what is wrong with them is reported, and the grant is returned all the same.
    pub(super) fn resolve(
        self,
        partners: &BTreeMap<PartnerName, PartnerDraft>,
        standard: &Standard,
        sink: &Sink,
    ) -> Grant {
        if let Some(partner) = known(&self.requester, partners, sink)
            && partner.facts.as_ref().is_some_and(|facts| !facts.asks)
        {
            let message = format!("the partner `{}` has no [identity], so it never asks", partner.name);
            sink.report(self.requester.spot.problem(Code::NoRequester, message));
        }
        // A notice reaches who cannot be called: it is kept for them.
        let notices = |name: &At<String>| {
            standard.operation(&name.value).is_some_and(|operation| operation.kind == Kind::Notification)
        };
        let only_notices = self.operations.iter().all(notices);
        for target in &self.targets {
            if let Some(partner) = known(target, partners, sink)
                && !only_notices
                && partner.facts.as_ref().is_some_and(|facts| !facts.serves)
            {
                let message =
                    format!("the partner `{}` has no [serve], so it cannot be a target", partner.name);
                sink.report(target.spot.problem(Code::NoTarget, message));
            }
        }
        for operation in &self.operations {
            check_purposes(operation, &self.purposes, standard, sink);
        }
        let values = |list: Vec<At<String>>| list.into_iter().map(|at| at.value).collect();
        Grant {
            requester: self.requester.value,
            institutions: self.institutions,
            operations: values(self.operations),
            purposes: values(self.purposes),
            targets: self.targets.into_iter().map(|at| at.value).collect(),
            until: self.until,
        }
    }
}

/// Reports an operation the standard does not have, and purposes the operation does not have.
pub(super) fn check_purposes(name: &At<String>, purposes: &[At<String>], standard: &Standard, sink: &Sink) {
    let Some(operation) = standard.operation(&name.value) else {
        let known = standard.operations().map(|operation| operation.name.as_str());
        let problem = name
            .spot
            .problem(Code::UnknownOperation, format!("no such operation: `{}`", name.value.escape_debug()))
            .help(did_you_mean(&name.value, known));
        return sink.report(problem);
    };
    for purpose in purposes.iter().filter(|purpose| !operation.purposes.contains(&purpose.value)) {
        let known = operation.purposes.iter().map(String::as_str);
        let help = did_you_mean(&purpose.value, known)
            .unwrap_or_else(|| format!("`{}` has {}", operation.name, operation.purposes.join(", ")));
        let message = format!("`{}` is no purpose of `{}`", purpose.value.escape_debug(), operation.name);
        sink.report(purpose.spot.problem(Code::Purpose, message).help(help));
    }
}

fn known<'p>(
    name: &At<PartnerName>,
    partners: &'p BTreeMap<PartnerName, PartnerDraft>,
    sink: &Sink,
) -> Option<&'p PartnerDraft> {
    let partner = partners.get(&name.value);
    if partner.is_none() {
        let problem = name
            .spot
            .problem(Code::UnknownPartner, format!("no such partner: `{}`", name.value))
            .label(format!("there is no partners/{}.toml", name.value))
            .help(did_you_mean(name.value.as_ref(), partners.keys().map(AsRef::as_ref)));
        sink.report(problem);
    }
    partner
}

/// The first moment after a day in China.
fn end_of(day: toml::value::Date) -> Option<SystemTime> {
    let year = i16::try_from(day.year).ok()?;
    let day = Date::new(year, i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?).ok()?;
    let next = day.tomorrow().ok()?.to_zoned_datetime(TimeZone::fixed(tz::offset(CHINA))).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(next.timestamp().as_second().try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_lasts_until_midnight_in_china() {
        let day = |year, month, day| end_of(toml::value::Date { year, month, day });
        // 2028-01-01T00:00:00+08:00
        let end = SystemTime::UNIX_EPOCH + Duration::from_secs(1_830_268_800);
        assert_eq!(day(2027, 12, 31), Some(end));
        assert_eq!(day(2027, 2, 29), None);
        assert_eq!(day(9999, 12, 31), None);
    }
}
