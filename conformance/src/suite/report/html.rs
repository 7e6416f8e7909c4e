//! `report.html`: one file that fetches nothing, for three readers. On top the verdict and who must act, in the
//! middle the failures by cause, at the end every requirement with its evidence.

use askama::Template;

use super::super::language::Language;
use super::super::registry::{Registry, Requirement};
use super::super::verdict::Verdict;
use super::document::{Document, Judgement, Subject};
use super::text::{place, short};

/// Findings of one test that are shown; `result.json` has all.
const MOST_SHOWN: usize = 10;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    language: Language,
    document: &'a Document,
    registry: &'a Registry,
}

/// The report as one HTML file.
///
/// # Errors
/// When the page cannot be written.
pub fn html(document: &Document, registry: &Registry, language: Language) -> Result<String, askama::Error> {
    Page { language, document, registry }.render()
}

struct Shown {
    place: String,
    expected: String,
    actual: String,
}

impl Page<'_> {
    fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.language.of(zh, en)
    }

    fn lang(&self) -> &'static str {
        self.language.of("zh-CN", "en")
    }

    fn verdict(&self) -> Verdict {
        self.document.verdict()
    }

    /// What the verdict means, and who has to do something.
    fn meaning(&self) -> &'static str {
        match self.verdict() {
            Verdict::Conformant => {
                self.language.of("全部必须项已证明。无需处理。", "Every MUST was proved. Nobody has to act.")
            }
            Verdict::ConformantWithWarnings => match self.document.subject {
                Subject::Adapter { .. } => self.language.of(
                    "全部必须项已证明;有建议项未达到,由适配器作者酌情处理。",
                    "Every MUST was proved; some SHOULD was not: for the adapter's author to consider.",
                ),
                Subject::Gateway { .. } => self.language.of(
                    "全部必须项已证明;有建议项未达到,由该部署的运维方酌情处理。",
                    "Every MUST was proved; some SHOULD was not: for the deployment's operator to consider.",
                ),
            },
            Verdict::Partial => self.language.of(
                "没有失败,但有必须项未被证明:先补齐所缺,再运行。未证明不算通过。",
                "Nothing failed, but some MUST was not proved: supply what is missing and run again.",
            ),
            Verdict::NotConformant => match self.document.subject {
                Subject::Adapter { .. } => self.language.of(
                    "有必须项未达到:适配器作者须处理下列失败。",
                    "Some MUST failed: the adapter's author must mend what is listed below.",
                ),
                Subject::Gateway { .. } => self.language.of(
                    "有必须项未达到:该部署的运维方须查明下列失败,解决前不应让指令通过。",
                    "Some MUST failed: the deployment's operator must find out why, and let no commands through until then.",
                ),
            },
        }
    }

    /// What was judged, as rows of a table: what it is, and its value.
    fn subject(&self) -> Vec<(&'static str, String)> {
        match &self.document.subject {
            Subject::Adapter { file, name, version, dialect, digest, settings_digest } => vec![
                (self.language.of("组件", "Component"), format!("{file} {name} {version}, {dialect}")),
                ("SHA-256", digest.clone()),
                (self.language.of("设置 SHA-256", "Settings SHA-256"), settings_digest.clone()),
            ],
            Subject::Gateway { file, base_url, mode, twin, digest, .. } => vec![
                (self.language.of("部署", "Deployment"), base_url.clone()),
                (self.language.of("方式", "Mode"), mode.clone()),
                (
                    self.language.of("套件自带的对方", "The suite's own partner behind it"),
                    self.language
                        .of(if *twin { "有" } else { "无" }, if *twin { "yes" } else { "no" })
                        .to_owned(),
                ),
                (self.language.of("配置", "Configuration"), file.clone()),
                (self.language.of("配置 SHA-256", "Configuration SHA-256"), digest.clone()),
            ],
        }
    }

    /// Everything that is not as it should be, failures first.
    fn open(&self) -> Vec<&Judgement> {
        let rank = |test: &Judgement| match test.word() {
            "fail" => 0,
            "error" => 1,
            "inconclusive" => 2,
            "blocked" => 3,
            "warn" => 4,
            "not-run" => 5,
            _ => 6,
        };
        let mut open: Vec<&Judgement> = self.document.tests.iter().filter(|test| rank(test) < 6).collect();
        open.sort_by_key(|test| rank(test));
        open
    }

    fn shown(&self, test: &Judgement) -> Vec<Shown> {
        let findings = test.outcome.as_ref().map_or(&[][..], |outcome| outcome.findings());
        let shown = findings.iter().take(MOST_SHOWN).map(|finding| Shown {
            place: place(finding),
            expected: short(&finding.expected),
            actual: short(&finding.actual),
        });
        shown.collect()
    }

    fn detail(&self, test: &Judgement) -> String {
        test.outcome.as_ref().map_or_else(String::new, |outcome| outcome.detail().to_owned())
    }

    fn likely(&self, test: &Judgement) -> &str {
        let known = self.registry.test(&test.id).filter(|_| test.word() == "fail");
        known.map_or("", |known| known.likely(self.language))
    }

    fn title<'a>(&self, test: &'a Judgement) -> &'a str {
        self.language.of(&test.zh, &test.en)
    }

    fn text<'a>(&self, requirement: &'a Requirement) -> &'a str {
        requirement.text(self.language)
    }

    /// Tests that prove a requirement.
    fn proofs(&self, requirement: &Requirement) -> Vec<&Judgement> {
        self.document.tests.iter().filter(|test| test.requirements.contains(&requirement.id)).collect()
    }
}
