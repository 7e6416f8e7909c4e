//! Requirements and tests as data: `conformance/requirements/*.toml`, inside the binary.

use std::fmt::Write as _;

use serde::Deserialize;

use super::language::Language;

/// Every file of requirements.
const FILES: [&str; 2] =
    [include_str!("../../requirements/adapter.toml"), include_str!("../../requirements/gateway.toml")];
/// Every id that was ever given out.
const LOCK: &str = include_str!("../../requirements/ids.lock");

/// How much a requirement binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// May be done.
    May,
    /// A warning where it is not met.
    Should,
    /// Not conformant where it is not met.
    Must,
}

/// How a requirement is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Testing {
    /// By a test.
    Auto,
    /// By somebody's word.
    Attest,
    /// Not at all, for a reason.
    None,
}

/// One requirement.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// `YZ-R-…`
    pub id: String,
    /// How much it binds.
    pub level: Level,
    /// Whom it binds.
    pub actor: String,
    /// The profile it is of.
    pub profile: String,
    /// The feature it is of.
    pub feature: String,
    /// Where it is written.
    pub source: String,
    /// First version of the suite that has it.
    pub since: String,
    /// How it is proved.
    pub testing: Testing,
    /// Why there is no test.
    #[serde(default)]
    pub reason: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// One test.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Test {
    /// `YZ-T-…`
    pub id: String,
    /// What it proves.
    pub requirements: Vec<String>,
    /// What must have passed before it makes sense.
    pub needs: Vec<String>,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// What mostly is behind a failure.
    pub likely_zh: String,
    /// What mostly is behind a failure.
    pub likely_en: String,
    /// It looks back on the whole run: nothing comes after it but others of its kind.
    #[serde(default)]
    pub last: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    requirement: Vec<Requirement>,
    test: Vec<Test>,
}

/// All requirements and tests.
#[derive(Debug)]
pub struct Registry {
    /// In the order of their files.
    pub requirements: Vec<Requirement>,
    /// In the order of their files.
    pub tests: Vec<Test>,
}

impl Registry {
    /// The one inside the binary.
    ///
    /// # Errors
    /// When a file does not have the form; the suite's tests see that first.
    pub fn embedded() -> Result<Self, toml::de::Error> {
        let mut registry = Self { requirements: Vec::new(), tests: Vec::new() };
        for text in FILES {
            let mut file: File = toml::from_str(text)?;
            registry.requirements.append(&mut file.requirement);
            registry.tests.append(&mut file.test);
        }
        Ok(registry)
    }

    /// What concerns subjects of one profile, such as `adapter-core`.
    #[must_use]
    pub fn of(mut self, profile: &str) -> Self {
        self.requirements.retain(|requirement| requirement.profile == profile);
        let concerns = |id: &String| self.requirements.iter().any(|requirement| requirement.id == *id);
        self.tests.retain(|test| test.requirements.iter().any(concerns));
        self
    }

    /// The requirement of this id.
    #[must_use]
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        self.requirements.iter().find(|requirement| requirement.id == id)
    }

    /// The test of this id.
    #[must_use]
    pub fn test(&self, id: &str) -> Option<&Test> {
        self.tests.iter().find(|test| test.id == id)
    }

    /// The requirements a test proves.
    pub fn requirements_of<'a>(&'a self, test: &'a Test) -> impl Iterator<Item = &'a Requirement> {
        test.requirements.iter().filter_map(|id| self.requirement(id))
    }

    /// How much a test binds: as much as the strictest of its requirements.
    #[must_use]
    pub fn level(&self, test: &Test) -> Level {
        self.requirements_of(test).map(|requirement| requirement.level).max().unwrap_or(Level::May)
    }

    /// The feature a test is of.
    #[must_use]
    pub fn feature<'a>(&'a self, test: &'a Test) -> &'a str {
        self.requirements_of(test).next().map_or("", |requirement| requirement.feature.as_str())
    }

    /// Every id that was ever given out.
    pub fn locked() -> impl Iterator<Item = &'static str> {
        LOCK.lines()
    }

    /// Which test proves which requirement, as the committed `coverage.csv` has it.
    #[must_use]
    pub fn coverage(&self) -> String {
        let mut text = "requirement,level,feature,testing,tests\n".to_owned();
        for requirement in &self.requirements {
            let proves = |test: &&Test| test.requirements.contains(&requirement.id);
            let tests: Vec<&str> = self.tests.iter().filter(proves).map(|test| test.id.as_str()).collect();
            let Requirement { id, level, feature, testing, .. } = requirement;
            // Writing to a String does not fail.
            let _ = writeln!(text, "{id},{},{feature},{},{}", level.word(), testing.word(), tests.join(" "));
        }
        text
    }
}

impl Level {
    /// As in reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::May => "MAY",
            Self::Should => "SHOULD",
            Self::Must => "MUST",
        }
    }
}

impl Testing {
    /// As in the files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Attest => "attest",
            Self::None => "none",
        }
    }
}

impl Requirement {
    /// What it says.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        language.of(&self.zh, &self.en)
    }
}

impl Test {
    /// What it is called.
    #[must_use]
    pub fn title(&self, language: Language) -> &str {
        language.of(&self.zh, &self.en)
    }

    /// What mostly is behind a failure.
    #[must_use]
    pub fn likely(&self, language: Language) -> &str {
        language.of(&self.likely_zh, &self.likely_en)
    }
}
