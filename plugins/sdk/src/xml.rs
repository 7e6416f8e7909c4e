//! Bounded XML: a small tree over quick-xml, and escaping.
//!
//! Dialects put whole messages into strings inside other messages, so a reader meets what two strangers wrote.
//! It takes no DOCTYPE (refused by a scan, before any parsing), knows the five predefined entities and numeric
//! references alone, and bounds bytes, elements and depth. Characters that XML 1.0 does not have are refused in
//! both directions. An encoding that a document declares is reported, never obeyed: it came as text.
//!
//! quick-xml reads the markup; the text between is expanded here in one go, because a message inside a message
//! is one long run of references.

mod text;
mod tree;

use std::borrow::Cow;
use std::fmt;
use std::io::BufRead as _;

use quick_xml::Reader;
use quick_xml::events::{BytesDecl, Event};

pub use text::{Forbidden, escape};
use tree::Builder;
pub use tree::{Document, Element};

/// What a document may cost its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The root has depth 1.
    pub depth: usize,
    /// In the whole document.
    pub elements: usize,
    /// Of UTF-8.
    pub bytes: usize,
}

impl Limits {
    /// Enough for one message: 1 MiB, 10 000 elements, 32 deep.
    pub const MESSAGE: Self = Self { depth: 32, elements: 10_000, bytes: 1 << 20 };
}

/// Why a document was not read, and at which byte. It repeats nothing of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct XmlError {
    /// Byte offset, as near as it is known.
    pub at: usize,
    /// What was wrong there.
    pub kind: XmlErrorKind,
}

/// What can be wrong with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XmlErrorKind {
    /// Longer than the limit.
    TooLong,
    /// Nested deeper than the limit.
    TooDeep,
    /// More elements than the limit.
    TooMany,
    /// It has a DOCTYPE, or any other `<!` that is no comment and no CDATA section.
    Doctype,
    /// An entity that is not predefined, or a reference that names no character.
    Reference,
    /// A character that XML 1.0 does not have.
    Character,
    /// Not well-formed.
    Malformed,
}

impl fmt::Display for XmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            XmlErrorKind::TooLong => "too long",
            XmlErrorKind::TooDeep => "nested too deep",
            XmlErrorKind::TooMany => "too many elements",
            XmlErrorKind::Doctype => "a document type declaration",
            XmlErrorKind::Reference => "an unknown entity or character reference",
            XmlErrorKind::Character => "a character that XML does not have",
            XmlErrorKind::Malformed => "not well-formed",
        };
        write!(f, "{what} at byte {}", self.at)
    }
}

impl std::error::Error for XmlError {}

/// Reads a whole document.
///
/// # Errors
/// The first thing wrong with it; see [`XmlErrorKind`].
pub fn parse(source: &str, limits: Limits) -> Result<Document<'_>, XmlError> {
    if source.len() > limits.bytes {
        return Err(XmlError { at: limits.bytes, kind: XmlErrorKind::TooLong });
    }
    // A byte order mark is no part of the document; quick-xml would drop it and count on from zero.
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    text::screen(source)?;

    let mut reader = Reader::from_str(source);
    let mut builder = Builder::new(limits);
    let mut encoding = None;
    loop {
        let at = position(&reader);
        let run = text::run(source.get(at..).unwrap_or_default());
        if !run.is_empty() {
            builder.text(run, at)?;
            reader.stream().consume(run.len());
        }
        let at = position(&reader);
        let fail = |kind| XmlError { at, kind };
        match reader.read_event().map_err(|_| fail(XmlErrorKind::Malformed))? {
            Event::Start(tag) => builder.open(source, at, &tag)?,
            Event::Empty(tag) => {
                builder.open(source, at, &tag)?;
                builder.close(at)?;
            }
            Event::End(_) => builder.close(at)?,
            Event::CData(section) => builder.verbatim(section.xml10_content(), at)?,
            Event::Decl(declaration) if at == 0 => {
                encoding = declared(&declaration).map_err(|()| fail(XmlErrorKind::Malformed))?;
            }
            Event::Comment(_) | Event::PI(_) => {}
            Event::DocType(_) => return Err(fail(XmlErrorKind::Doctype)),
            // Text was taken above, and a declaration stands at the very beginning only.
            Event::Decl(_) | Event::Text(_) | Event::GeneralRef(_) => {
                return Err(fail(XmlErrorKind::Malformed));
            }
            Event::Eof => break Ok(Document { encoding, root: builder.finish(at)? }),
        }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// The encoding a declaration names, if it names one.
fn declared(declaration: &BytesDecl<'_>) -> Result<Option<String>, ()> {
    declaration.version().map_err(|_| ())?;
    declaration.encoding().transpose().map(|name| name.map(Cow::into_owned)).map_err(|_| ())
}

#[cfg(test)]
mod tests;
