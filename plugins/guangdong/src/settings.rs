//! The settings of one partner, read once per call. Their schema is in `describe`, so what is missing here has
//! its default already and what is out of range never arrives.

use yizhan_adapter::Host;
use yizhan_adapter::contract::{Charset, SettingsProblem};
use yizhan_adapter::json::{Value, parse_strict};

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
    not_found_codes: Vec<String>,
}

impl Settings {
    pub(crate) fn read(host: &dyn Host) -> Self {
        let text = host.setting("").unwrap_or_default();
        let table = parse_strict(&text).unwrap_or(Value::Null);
        let word = |name: &str| table.get(name).and_then(Value::scalar).map(str::to_owned);
        // To JSON Schema -2.0 is an integer too.
        let integer = |name: &str| word(name).unwrap_or_default().trim_end_matches(".0").to_owned();
        Self {
            division: word("division").unwrap_or_default(),
            service: match word("service").as_deref() {
                Some("DataExchangeServiceEnc") => Service::Bytes,
                _ => Service::Text,
            },
            charset: match word("charset").as_deref() {
                Some("gb18030") => Charset::Gb18030,
                _ => Charset::Gbk,
            },
            endpoint: word("endpoint").unwrap_or_default(),
            branch: word("branch"),
            institutions: table
                .get("institutions")
                .map_or(&[][..], Value::members)
                .iter()
                .filter_map(|(own, code)| Some((own.to_string(), code.scalar()?.to_owned())))
                .collect(),
            no_code: integer("no-code"),
            unknown_code: integer("unknown-code"),
            not_found_codes: table
                .get("not-found-codes")
                .map_or(&[][..], Value::items)
                .iter()
                .filter_map(|code| code.scalar().map(str::to_owned))
                .collect(),
        }
    }

    /// The code under which the partner knows an institution: its own, unless it was registered under another.
    pub(crate) fn registered<'a>(&'a self, institution: &'a str) -> &'a str {
        let found = self.institutions.iter().find(|(own, _)| own == institution);
        found.map_or(institution, |(_, code)| code)
    }

    /// Whether the partner says with this error code that there is no such person.
    pub(crate) fn is_not_found(&self, code: i64) -> bool {
        self.not_found_codes.iter().any(|listed| listed.parse() == Ok(code))
    }
}

/// "No" and "do not know" must stay apart: a client acts differently on each.
pub(crate) fn check(host: &dyn Host) -> Vec<SettingsProblem> {
    let settings = Settings::read(host);
    if settings.no_code != settings.unknown_code {
        return Vec::new();
    }
    let message = "must differ from no-code, or clients cannot tell a refusal from an unknown outcome";
    vec![SettingsProblem { path: "unknown-code".to_owned(), message: message.to_owned() }]
}
