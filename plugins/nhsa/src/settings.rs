//! The partner's settings, read once per call. Their names, defaults and bounds are in `settings.schema.json`,
//! which the host has applied before it answers.

use yizhan_adapter::Host;
use yizhan_adapter::contract::{DigestAlgorithm, KeyError, Piece, SettingsProblem};
use yizhan_adapter::json::{Value, Writer, parse_strict};
use yizhan_adapter::time::Moment;

use crate::transactions::Care;
use crate::words::{self, Words};

/// Secret of the transport signature (domain 1.3).
pub(crate) const TOKEN_KEY: &str = "tif-token";
/// Name of the caller in the transport signature (domain 1.3).
pub(crate) const PAASID_KEY: &str = "tif-paasid";

/// "Nothing there" counts when it was said twice.
const FEWEST_ATTEMPTS: u32 = 2;

const HOUR_MILLIS: u64 = 3_600_000;

/// An `infcode`, in the type it is written in.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) text: String,
    number: bool,
}

impl Code {
    fn read(table: &Value<'_>, name: &str) -> Self {
        let value = table.get(name);
        Self { text: text(table, name), number: matches!(value, Some(Value::Number(_))) }
    }

    /// One that is written as a text.
    pub(crate) fn text(text: &str) -> Self {
        Self { text: text.to_owned(), number: false }
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        if self.number {
            out.number(&self.text);
        } else {
            out.text(&self.text);
        }
    }
}

#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) division: String,
    pub(crate) success: Code,
    pub(crate) no: Code,
    pub(crate) unknown: Code,
    pub(crate) not_found_codes: Vec<String>,
    pub(crate) sign_in_expired_codes: Vec<String>,
    /// Codes by which this partner says that it does not know what became of an act.
    pub(crate) unknown_codes: Vec<String>,
    /// Codes by which its 2601 says that there is nothing to take back.
    pub(crate) nothing_to_undo_codes: Vec<String>,
    pub(crate) undo_attempts: u32,
    pub(crate) undo_wait_seconds: u64,
    /// Whether each batch number is one upload's alone, so that taking the batch back takes back no more.
    pub(crate) undo_fees_by_batch: bool,
    pub(crate) care_when_unknown: Care,
    pub(crate) infver: String,
    pub(crate) recer_sys_code: String,
    pub(crate) signtype: String,
    pub(crate) amounts_as_text: bool,
    /// Whether `fund_pay_sumamt` has the personal account in it (domain 1.6).
    pub(crate) fund_total_has_account: bool,
    /// Which list `list_type` is of; none where it is not sent.
    pub(crate) item_lists: Option<&'static Words>,
    /// Word and code of each kind of clearing.
    clearing_kinds: Vec<(String, String)>,
    /// Codes by which the partner says what is wrong with a code that was shown, and the standard's reasons.
    credential_reasons: Vec<(String, String)>,
    pub(crate) care_division_field: String,
    pub(crate) insured_division_field: String,
    pub(crate) sign_in: bool,
    pub(crate) sign_no_required: bool,
    sign_no_hours: u64,
    pub(crate) transport_signature: bool,
    pub(crate) call_path: String,
    pub(crate) sign_in_operator: String,
    pub(crate) sign_in_mac: String,
    pub(crate) sign_in_ip: String,
    institutions: Vec<(String, String)>,
    pub(crate) institution_code: String,
    pub(crate) institution_name: String,
}

impl Settings {
    pub(crate) fn read(host: &dyn Host) -> Self {
        let json = host.setting("").unwrap_or_default();
        let table = parse_strict(&json).unwrap_or(Value::Null);
        let flag = |name: &str| table.get(name).and_then(Value::as_bool).unwrap_or_default();
        Self {
            division: text(&table, "division"),
            success: Code::read(&table, "success-code"),
            no: Code::read(&table, "no-code"),
            unknown: Code::read(&table, "unknown-code"),
            not_found_codes: texts(&table, "not-found-codes"),
            sign_in_expired_codes: texts(&table, "sign-in-expired-codes"),
            unknown_codes: texts(&table, "unknown-codes"),
            nothing_to_undo_codes: texts(&table, "nothing-to-undo-codes"),
            undo_attempts: text(&table, "undo-attempts").parse().unwrap_or(FEWEST_ATTEMPTS),
            undo_wait_seconds: text(&table, "undo-wait-seconds").parse().unwrap_or(1),
            undo_fees_by_batch: flag("undo-fees-by-batch"),
            care_when_unknown: if text(&table, "care-when-unknown") == "inpatient" {
                Care::Inpatient
            } else {
                Care::Outpatient
            },
            infver: text(&table, "infver"),
            recer_sys_code: text(&table, "recer-sys-code"),
            signtype: text(&table, "signtype"),
            amounts_as_text: text(&table, "amounts") == "string",
            fund_total_has_account: text(&table, "fund-total") == "with-account",
            item_lists: match text(&table, "list-type").as_str() {
                "without-patent-medicine" => Some(&words::ITEM_LISTS),
                "with-patent-medicine" => Some(&words::ITEM_LISTS_WITH_PATENT),
                _ => None,
            },
            clearing_kinds: pairs(&table, "clearing-kinds"),
            credential_reasons: pairs(&table, "credential-reasons"),
            care_division_field: text(&table, "care-division-field"),
            insured_division_field: text(&table, "insured-division-field"),
            sign_in: flag("sign-in"),
            sign_no_required: flag("sign-no-required"),
            sign_no_hours: text(&table, "sign-no-hours").parse().unwrap_or_default(),
            transport_signature: flag("transport-signature"),
            call_path: text(&table, "call-path"),
            sign_in_operator: text(&table, "sign-in-operator"),
            sign_in_mac: text(&table, "sign-in-mac"),
            sign_in_ip: text(&table, "sign-in-ip"),
            institutions: pairs(&table, "institutions"),
            institution_code: text(&table, "institution-code"),
            institution_name: text(&table, "institution-name"),
        }
    }

    /// The code under which the partner knows an institution: its own, unless it was registered under another.
    pub(crate) fn registered<'a>(&'a self, institution: &'a str) -> &'a str {
        let found = self.institutions.iter().find(|(own, _)| own == institution);
        found.map_or(institution, |(_, code)| code)
    }

    pub(crate) fn clearing_word(&self, code: &str) -> Option<&str> {
        self.clearing_kinds.iter().find(|(_, known)| known == code).map(|(word, _)| word.as_str())
    }

    pub(crate) fn clearing_code(&self, word: &str) -> Option<&str> {
        self.clearing_kinds.iter().find(|(known, _)| known == word).map(|(_, code)| code.as_str())
    }

    /// Why a shown code is not good, where this is one of the partner's codes for that.
    pub(crate) fn credential_reason(&self, code: &str) -> Option<&str> {
        self.credential_reasons.iter().find(|(known, _)| known == code).map(|(_, reason)| reason.as_str())
    }

    /// The partner's first code for this reason.
    pub(crate) fn credential_code(&self, reason: &str) -> Option<&str> {
        self.credential_reasons.iter().find(|(_, known)| known == reason).map(|(code, _)| code.as_str())
    }

    /// Until when a sign-in of this moment holds: platforms end all of them with the day (domain 7, trap 17).
    pub(crate) fn sign_in_until(&self, now: u64) -> u64 {
        let by_hours = now.saturating_add(self.sign_no_hours.saturating_mul(HOUR_MILLIS));
        Moment::from_millis(now).end_of_day_millis().min(by_hours)
    }
}

/// What the schema cannot say.
pub(crate) fn check(host: &dyn Host) -> Vec<SettingsProblem> {
    let settings = Settings::read(host);
    let mut problems = Vec::new();
    let mut problem = |path: &str, message: &str| {
        problems.push(SettingsProblem { path: path.to_owned(), message: message.to_owned() });
    };
    if settings.no.text == settings.success.text || settings.no.text == "0" {
        problem("no-code", "a no would read as success");
    }
    if settings.unknown.text == settings.success.text || settings.unknown.text == "0" {
        problem("unknown-code", "an unknown outcome would read as success");
    }
    if settings.unknown.text == settings.no.text {
        problem("unknown-code", "is also no-code: clients could not tell an unknown outcome from a plain no");
    }
    if settings.not_found_codes.iter().any(|code| code == "0") {
        problem("not-found-codes", "0 is success");
    }
    if settings.sign_in_expired_codes.iter().any(|code| code == "0") {
        problem("sign-in-expired-codes", "0 is success");
    }
    if settings.sign_in_expired_codes.iter().any(|code| settings.not_found_codes.contains(code)) {
        problem("sign-in-expired-codes", "a code is also among not-found-codes");
    }
    if settings.nothing_to_undo_codes.iter().any(|code| code == "0") {
        problem("nothing-to-undo-codes", "0 is success");
    }
    let certain = || [&settings.not_found_codes, &settings.sign_in_expired_codes].into_iter().flatten();
    if settings.unknown_codes.iter().any(|code| code == "0" || certain().any(|known| known == code)) {
        problem("unknown-codes", "a code that says what became of it: 0, not found, or signed out");
    }
    if settings.transport_signature {
        for name in [TOKEN_KEY, PAASID_KEY] {
            // tif-paasid may be for sending alone: `use-not-allowed` says at least that it is there.
            let tried = host.digest(DigestAlgorithm::Sha256, &[Piece::Secret(name.to_owned())]);
            match tried {
                Err(KeyError::UnknownName) => {
                    problem("transport-signature", &["needs the key ", name].concat());
                }
                Err(KeyError::UseNotAllowed) if name == TOKEN_KEY => {
                    problem("transport-signature", "needs the key tif-token for the use digest");
                }
                _ => {}
            }
        }
    }
    problems
}

fn text(table: &Value<'_>, name: &str) -> String {
    table.get(name).and_then(Value::scalar).unwrap_or_default().to_owned()
}

/// The members of an object of texts.
fn pairs(table: &Value<'_>, name: &str) -> Vec<(String, String)> {
    let members = table.get(name).map_or(&[][..], Value::members).iter();
    members.filter_map(|(name, value)| Some((name.to_string(), value.scalar()?.to_owned()))).collect()
}

fn texts(table: &Value<'_>, name: &str) -> Vec<String> {
    let items = table.get(name).map_or(&[][..], Value::items);
    items.iter().filter_map(Value::scalar).map(str::to_owned).collect()
}
