//! The settings of one partner, read once per call. Their schema is in `settings.schema.json`, so what is missing
//! here has its default already and what is out of range never arrives.

use yizhan_adapter::Host;
use yizhan_adapter::contract::{Charset, SettingsProblem};
use yizhan_adapter::json::{Value, parse_strict};
use yizhan_adapter::unified::{InsuranceKind, ItemCategory, MedicalCategory};

/// Which operation of the partner's web service carries the messages (domain 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    /// `STYDJKService(TransNo, Inxml)`: the message is a string in a UTF-8 envelope, whatever it declares.
    Text,
    /// `DataExchangeServiceEnc(TransNo, inBytes)`: the message is bytes of its charset, in base64.
    Bytes,
}

impl Service {
    /// The operation's element.
    pub(crate) fn operation(self) -> &'static str {
        match self {
            Self::Text => "STYDJKService",
            Self::Bytes => "DataExchangeServiceEnc",
        }
    }

    /// The element of the request that carries the message.
    pub(crate) fn parameter(self) -> &'static str {
        match self {
            Self::Text => "Inxml",
            Self::Bytes => "inBytes",
        }
    }

    /// The element of the response that carries the message.
    pub(crate) fn result(self) -> &'static str {
        match self {
            Self::Text => "return",
            Self::Bytes => "outxml",
        }
    }
}

/// What the partner does with a second 0304 for the same visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecondSettlement {
    /// Answers as it did the first time.
    SameResult,
    /// Says no, which tells that there was a first one and nothing else of it.
    Refused,
    /// Nobody knows: perhaps it settles twice.
    Unknown,
}

/// How a point in time is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeForm {
    /// `20260102103045`
    Compact,
    /// `2026-01-02 10:30:45`
    Spaced,
    /// `20260102`
    Day,
}

/// What `[settings]` says.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) division: String,
    pub(crate) service: Service,
    pub(crate) charset: Charset,
    pub(crate) endpoint: String,
    pub(crate) branch: Option<String>,
    institutions: Vec<(String, String)>,
    pub(crate) no_code: String,
    pub(crate) unknown_code: String,
    not_found_codes: Vec<i64>,
    doubt_codes: Vec<i64>,
    done_codes: Vec<i64>,
    pub(crate) second_settlement: SecondSettlement,
    pub(crate) fund_total_has_account: bool,
    pub(crate) account_field: Option<String>,
    pub(crate) use_account: bool,
    pub(crate) categories: Vec<(String, MedicalCategory)>,
    pub(crate) item_categories: Vec<(String, ItemCategory)>,
    pub(crate) time_form: TimeForm,
    pub(crate) insurance: InsuranceKind,
    pub(crate) handling_time_identifies: bool,
}

impl Settings {
    pub(crate) fn read(host: &dyn Host) -> Self {
        let text = host.setting("").unwrap_or_default();
        let mut settings = Self::unset();
        for (name, value) in parse_strict(&text).unwrap_or(Value::Null).members() {
            settings.set(name, value);
        }
        settings
    }

    fn unset() -> Self {
        Self {
            division: String::new(),
            service: Service::Text,
            charset: Charset::Gbk,
            endpoint: String::new(),
            branch: None,
            institutions: Vec::new(),
            no_code: String::new(),
            unknown_code: String::new(),
            not_found_codes: Vec::new(),
            doubt_codes: Vec::new(),
            done_codes: Vec::new(),
            second_settlement: SecondSettlement::Unknown,
            fund_total_has_account: false,
            account_field: None,
            use_account: false,
            categories: Vec::new(),
            item_categories: Vec::new(),
            time_form: TimeForm::Compact,
            insurance: InsuranceKind::Other(String::new()),
            handling_time_identifies: true,
        }
    }

    fn set(&mut self, name: &str, value: &Value<'_>) {
        let word = value.scalar().unwrap_or_default();
        match name {
            "division" => word.clone_into(&mut self.division),
            "service" if word == "DataExchangeServiceEnc" => self.service = Service::Bytes,
            "charset" if word == "gb18030" => self.charset = Charset::Gb18030,
            "endpoint" => word.clone_into(&mut self.endpoint),
            "branch" => self.branch = Some(word.to_owned()),
            "institutions" => self.institutions = pairs(value, |code| Some(code.to_owned())),
            "no-code" => self.no_code = integer(word),
            "unknown-code" => self.unknown_code = integer(word),
            "not-found-codes" => self.not_found_codes = integers(value),
            "doubt-codes" => self.doubt_codes = integers(value),
            "done-codes" => self.done_codes = integers(value),
            "second-settlement" => {
                self.second_settlement = match word {
                    "same-result" => SecondSettlement::SameResult,
                    "refused" => SecondSettlement::Refused,
                    _ => SecondSettlement::Unknown,
                }
            }
            "fund-total" => self.fund_total_has_account = word == "including",
            "account-field" => self.account_field = Some(word.to_owned()),
            "use-account" => self.use_account = value.as_bool().unwrap_or_default(),
            "categories" => self.categories = pairs(value, |word| word.parse().ok()),
            "item-categories" => self.item_categories = pairs(value, |word| word.parse().ok()),
            "time-form" => {
                self.time_form = match word {
                    "yyyyMMdd" => TimeForm::Day,
                    "yyyy-MM-dd HH:mm:ss" => TimeForm::Spaced,
                    _ => TimeForm::Compact,
                }
            }
            "insurance" => {
                self.insurance = word.parse().unwrap_or_else(|_| InsuranceKind::Other(String::new()));
            }
            "handling-time" => self.handling_time_identifies = word != "ignored",
            _ => {}
        }
    }

    /// The code under which the partner knows an institution: its own, unless it was registered under another.
    pub(crate) fn registered<'a>(&'a self, institution: &'a str) -> &'a str {
        let found = self.institutions.iter().find(|(own, _)| own == institution);
        found.map_or(institution, |(_, code)| code)
    }

    /// Whether the partner says with this error code that there is no such person.
    pub(crate) fn is_not_found(&self, code: i64) -> bool {
        self.not_found_codes.contains(&code)
    }

    /// Whether the partner says with this error code that it does not know what became of an act.
    pub(crate) fn is_doubt(&self, code: i64) -> bool {
        self.doubt_codes.contains(&code)
    }

    /// Whether the partner says with this error code that an act was done before.
    pub(crate) fn is_done(&self, code: i64) -> bool {
        self.done_codes.contains(&code)
    }
}

fn pairs<T>(table: &Value<'_>, read: impl Fn(&str) -> Option<T>) -> Vec<(String, T)> {
    table
        .members()
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), read(value.scalar()?)?)))
        .collect()
}

/// To JSON Schema -2.0 is an integer too.
fn integer(word: &str) -> String {
    word.trim_end_matches(".0").to_owned()
}

fn integers(list: &Value<'_>) -> Vec<i64> {
    list.items().iter().filter_map(|it| integer(it.scalar()?).parse().ok()).collect()
}

/// "No" and "do not know" must stay apart: a client acts differently on each.
pub(crate) fn check(host: &dyn Host) -> Vec<SettingsProblem> {
    let settings = Settings::read(host);
    let mut problems = Vec::new();
    let mut wrong = |is_wrong: bool, path: &str, message: &str| {
        if is_wrong {
            problems.push(SettingsProblem { path: path.to_owned(), message: message.to_owned() });
        }
    };
    wrong(
        settings.no_code == settings.unknown_code,
        "unknown-code",
        "must differ from no-code, or clients cannot tell a refusal from an unknown outcome",
    );
    let both = |codes: &[i64]| codes.iter().any(|code| settings.doubt_codes.contains(code));
    wrong(
        both(&settings.done_codes) || both(&settings.not_found_codes),
        "doubt-codes",
        "a code that tells something cannot also tell that nothing is known",
    );
    problems
}
