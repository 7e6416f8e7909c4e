//! The tree, and how it is put together within its limits.

use std::borrow::Cow;

use quick_xml::events::BytesStart;
use quick_xml::events::attributes::Attributes;

use super::text::expand;
use super::{Limits, XmlError, XmlErrorKind};

/// A document that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document<'a> {
    /// The encoding its declaration names, as written there.
    pub encoding: Option<String>,
    /// Its root element.
    pub root: Element<'a>,
}

/// One element. Namespaces are the caller's business: the prefix is kept, declarations are attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    name: &'a str,
    prefix: Option<&'a str>,
    attributes: Vec<(&'a str, Cow<'a, str>)>,
    children: Vec<Self>,
    text: Cow<'a, str>,
}

impl<'a> Element<'a> {
    /// The name without its prefix.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The prefix of its name.
    #[must_use]
    pub fn prefix(&self) -> Option<&'a str> {
        self.prefix
    }

    /// The elements directly in it, in order.
    #[must_use]
    pub fn children(&self) -> &[Self] {
        &self.children
    }

    /// The first child with this local name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text directly in it, as its writer meant it. White space between child elements is layout and left
    /// out.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value of the attribute with this name, prefix included.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(written, _)| *written == name).map(|(_, value)| value.as_ref())
    }

    fn append(&mut self, piece: Cow<'a, str>) {
        let layout = !self.children.is_empty() && is_white(&piece);
        if self.text.is_empty() && !layout {
            self.text = piece;
        } else if !layout {
            self.text.to_mut().push_str(&piece);
        }
    }

    fn adopt(&mut self, child: Self) {
        if self.children.is_empty() && is_white(&self.text) {
            self.text = Cow::Borrowed("");
        }
        self.children.push(child);
    }
}

/// Puts a tree together and keeps it within its limits.
pub(super) struct Builder<'a> {
    limits: Limits,
    elements: usize,
    open: Vec<Element<'a>>,
    root: Option<Element<'a>>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, elements: 0, open: Vec::new(), root: None }
    }

    /// An opening tag, which begins at byte `at` of `source`.
    pub(super) fn open(&mut self, source: &'a str, at: usize, tag: &BytesStart<'_>) -> Result<(), XmlError> {
        let fail = |kind| XmlError { at, kind };
        let malformed = fail(XmlErrorKind::Malformed);
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(fail(XmlErrorKind::TooMany));
        }
        if self.open.len() >= self.limits.depth {
            return Err(fail(XmlErrorKind::TooDeep));
        }
        // The event borrows from the reader; the tree borrows the same bytes from the source.
        let content =
            source.get(at + 1..at + 1 + tag.len()).filter(|_| self.root.is_none()).ok_or(malformed)?;
        let (name, attributes) = content.split_at_checked(tag.name().0.len()).ok_or(malformed)?;
        let (prefix, name) = local(name).ok_or(malformed)?;
        self.open.push(Element {
            name,
            prefix,
            attributes: read_attributes(attributes).map_err(fail)?,
            children: Vec::new(),
            text: Cow::Borrowed(""),
        });
        Ok(())
    }

    /// A closing tag; quick-xml has compared its name.
    pub(super) fn close(&mut self, at: usize) -> Result<(), XmlError> {
        let closed = self.open.pop().ok_or(XmlError { at, kind: XmlErrorKind::Malformed })?;
        match self.open.last_mut() {
            Some(parent) => parent.adopt(closed),
            None => self.root = Some(closed),
        }
        Ok(())
    }

    /// Text with its references still in it.
    pub(super) fn text(&mut self, raw: &'a str, at: usize) -> Result<(), XmlError> {
        if self.open.is_empty() && is_white(raw) {
            return Ok(());
        }
        self.verbatim(expand(raw).map_err(|kind| XmlError { at, kind })?, at)
    }

    /// Text without references: a CDATA section.
    pub(super) fn verbatim(&mut self, piece: Cow<'a, str>, at: usize) -> Result<(), XmlError> {
        let parent = self.open.last_mut().ok_or(XmlError { at, kind: XmlErrorKind::Malformed })?;
        parent.append(piece);
        Ok(())
    }

    pub(super) fn finish(self, at: usize) -> Result<Element<'a>, XmlError> {
        self.root.filter(|_| self.open.is_empty()).ok_or(XmlError { at, kind: XmlErrorKind::Malformed })
    }
}

fn read_attributes(raw: &str) -> Result<Vec<(&str, Cow<'_, str>)>, XmlErrorKind> {
    if is_white(raw) {
        return Ok(Vec::new());
    }
    Attributes::new(raw, 0)
        .map(|attribute| {
            let attribute = attribute.map_err(|_| XmlErrorKind::Malformed)?;
            let value = match attribute.value {
                Cow::Borrowed(value) if !value.contains('<') => expand(value)?,
                _ => return Err(XmlErrorKind::Malformed),
            };
            local(attribute.key.0).ok_or(XmlErrorKind::Malformed)?;
            Ok((attribute.key.0, value))
        })
        .collect()
}

/// Prefix and local name; quick-xml takes anything up to a space for a name.
fn local(name: &str) -> Option<(Option<&str>, &str)> {
    match name.split_once(':') {
        Some((prefix, name)) => (is_name(prefix) && is_name(name)).then_some((Some(prefix), name)),
        None => is_name(name).then_some((None, name)),
    }
}

fn is_name(name: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | 0x80..);
    let first = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | 0x80..);
    name.bytes().next().is_some_and(first) && name.bytes().all(inside)
}

fn is_white(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}
