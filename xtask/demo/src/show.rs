//! What a person sees: titles, messages as they were, and what was checked.

mod layout;

pub(crate) use layout::unescaped;

use std::io::{self, IsTerminal as _, Write as _};

/// Where everything is printed. Colours only for eyes.
pub(crate) struct Show {
    colour: bool,
}

const WIDTH: usize = 116;
/// Of one message.
const MOST_LINES: usize = 25;
const INDENT: &str = "      ";

impl Show {
    pub(crate) fn new() -> Self {
        Self { colour: io::stdout().is_terminal() }
    }

    /// One line. A reader who has left needs no more of them.
    pub(crate) fn line(&self, text: &str) {
        let _ = writeln!(io::stdout(), "{text}");
    }

    /// The title of a step.
    pub(crate) fn title(&self, letter: char, chinese: &str, english: &str) {
        self.line("");
        self.line(&self.painted(BOLD, &format!("({letter}) {chinese} · {english}")));
    }

    /// A message on its way, as its bytes were.
    pub(crate) fn message(&self, label: &str, body: &[u8]) {
        self.line(&format!("  → {label}"));
        let text = layout::readable(body);
        let mut lines = layout::lines(&text, WIDTH - INDENT.len());
        if let Some(inner) = layout::inner_document(&text) {
            lines.push("内层报文 the document inside:".to_owned());
            lines.extend(
                layout::lines(&inner, WIDTH - INDENT.len() - 2).iter().map(|line| format!("  {line}")),
            );
        }
        for line in lines.iter().take(MOST_LINES) {
            self.line(&format!("{INDENT}{line}"));
        }
        if let Some(more) = lines.len().checked_sub(MOST_LINES).filter(|more| *more > 0) {
            self.line(&format!("{INDENT}… {more} 行未显示 more lines"));
        }
    }

    /// What was checked, and each difference.
    pub(crate) fn verdict(&self, checked: usize, differences: &[String]) {
        if differences.is_empty() {
            self.line(&self.painted(GREEN, &format!("  ✓ {checked} 项核对无误 checks passed")));
            return;
        }
        self.line(&self.painted(RED, &format!("  ✗ {} / {checked} 项不符 checks failed", differences.len())));
        for difference in differences {
            self.line(&self.painted(RED, &format!("    {difference}")));
        }
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

const BOLD: &str = "1";
const GREEN: &str = "32";
const RED: &str = "31";
