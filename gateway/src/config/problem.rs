//! What is wrong with a configuration, and how an operator gets to see it.

use std::cell::RefCell;
use std::fmt;

use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;

use super::codes::Code;
use super::source::Spot;

/// One thing that is wrong.
///
/// Serialises as what `--json` prints. No text of it holds the value of a secret.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// What kind of thing; stable.
    pub code: Code,
    /// What exactly, as a lower-case fragment.
    pub message: String,
    /// The file, as a path that begins like the one given to [`load`](super::load).
    pub file: String,
    /// Line, from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// Column in characters, from 1; 0 where the file as a whole is meant.
    pub column: usize,
    /// What is said under the place itself.
    pub label: Option<String>,
    /// What to do about it.
    pub help: Option<String>,
    /// How the file stands in the order of files.
    #[serde(skip)]
    rank: usize,
    #[serde(skip)]
    spot: Option<Spot>,
    /// Another place that has to do with it.
    #[serde(skip)]
    other: Option<(Spot, &'static str)>,
}

impl Problem {
    pub(super) fn at(spot: Spot, code: Code, message: String) -> Self {
        let (line, column) = spot.position();
        let file = spot.source.path.clone();
        let rank = spot.source.rank;
        Self {
            code,
            message,
            file,
            line,
            column,
            label: None,
            help: None,
            rank,
            spot: Some(spot),
            other: None,
        }
    }

    /// Something about a file as a whole.
    pub(super) fn of_file(file: String, rank: usize, code: Code, message: String) -> Self {
        Self {
            code,
            message,
            file,
            line: 0,
            column: 0,
            label: None,
            help: None,
            rank,
            spot: None,
            other: None,
        }
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub(super) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    pub(super) fn other(mut self, spot: &Spot, label: &'static str) -> Self {
        self.other = Some((spot.clone(), label));
        self
    }

    /// The problem as a paragraph with the line it is on.
    pub fn render(&self, colour: bool) -> String {
        let mut elements = self.place();
        if let Some((spot, label)) = &self.other {
            elements.extend(snippet(spot, AnnotationKind::Context, Some(label)));
        }
        let title = Level::ERROR.primary_title(&self.message).id(self.code.id());
        let mut report = vec![Group::with_title(title).elements(elements)];
        if let Some(help) = &self.help {
            report.push(Group::with_title(Level::HELP.secondary_title(help)));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&report)
    }

    /// By which problems are ordered.
    fn key(&self) -> (usize, usize, usize) {
        (self.rank, self.line, self.column)
    }

    fn place(&self) -> Vec<Element<'_>> {
        match &self.spot {
            // An empty place at the beginning is the document itself.
            Some(spot) if spot.span.end > 0 => snippet(spot, AnnotationKind::Primary, self.label.as_deref()),
            Some(_) => vec![Origin::path(&self.file).line(self.line).char_column(self.column).into()],
            None => vec![Origin::path(&self.file).into()],
        }
    }
}

fn snippet<'a>(spot: &'a Spot, kind: AnnotationKind, label: Option<&'a str>) -> Vec<Element<'a>> {
    let (line, column) = spot.position();
    let excerpt = spot.excerpt();
    let path = spot.source.path.as_str();
    let shown =
        Snippet::source(excerpt.text).line_start(line).annotation(kind.span(excerpt.span).label(label));
    if excerpt.column_is_true {
        vec![shown.path(path).into()]
    } else {
        vec![Origin::path(path).line(line).char_column(column).into(), shown.into()]
    }
}

/// Everything that is wrong, in the order of files and lines.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// All of them, one paragraph each, and how many there are.
    pub fn render(&self, colour: bool) -> String {
        let mut text = String::new();
        for problem in &self.0 {
            text.push_str(&problem.render(colour));
            text.push_str("\n\n");
        }
        let plural = if self.0.len() == 1 { "" } else { "s" };
        text.push_str(&format!("{} problem{plural} in the configuration\n", self.0.len()));
        text
    }

    /// One more, which takes its place in the order.
    pub fn add(&mut self, problem: Problem) {
        let at = self.0.partition_point(|earlier| earlier.key() <= problem.key());
        self.0.insert(at, problem);
    }

    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<Problem>> for Problems {
    fn from(mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(Problem::key);
        Self(problems)
    }
}

impl FromIterator<Problem> for Problems {
    fn from_iter<I: IntoIterator<Item = Problem>>(problems: I) -> Self {
        Self::from(Vec::from_iter(problems))
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Problems {}

/// Where problems are collected while files are read.
#[derive(Default)]
pub(super) struct Sink(RefCell<Vec<Problem>>);

impl Sink {
    pub(super) fn report(&self, problem: Problem) {
        self.0.borrow_mut().push(problem);
    }

    pub(super) fn into_problems(self) -> Problems {
        self.0.into_inner().into()
    }
}
