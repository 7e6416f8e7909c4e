//! A small XML tree, read strictly: no document type, no processing instructions, no mixed content.

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

/// A document: what its declaration says, and its root.
pub(super) struct Document {
    pub(super) encoding: Option<String>,
    pub(super) root: Element,
}

/// An element with either text or children.
#[derive(Default)]
pub(super) struct Element {
    pub(super) namespace: Option<String>,
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Self>,
}

impl Element {
    /// The only child of that local name, in that namespace or in none.
    pub(super) fn only(&self, namespace: &str, name: &str) -> Option<&Self> {
        let mut found = self.children.iter().filter(|child| {
            child.name == name && child.namespace.as_deref().is_none_or(|one| one == namespace)
        });
        found.next().filter(|_| found.next().is_none())
    }
}

/// An element without children, as text.
pub(super) fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>", quick_xml::escape::escape(text))
}

/// Reads a whole document.
pub(super) fn parse(text: &str) -> Result<Document, XmlError> {
    let mut reader = NsReader::from_str(text);
    let mut encoding = None;
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let (namespace, event) =
            reader.read_resolved_event().map_err(|source| XmlError::Syntax { source })?;
        match event {
            Event::Decl(declaration) => {
                encoding = declaration.encoding().and_then(Result::ok).map(std::borrow::Cow::into_owned);
            }
            Event::Start(start) => {
                if open.len() == MAX_DEPTH || root.is_some() {
                    return Err(XmlError::Shape);
                }
                open.push(opened(&namespace, &start)?);
            }
            Event::Empty(start) => close(opened(&namespace, &start)?, &mut open, &mut root)?,
            Event::End(_) => {
                let done = open.pop().ok_or(XmlError::Shape)?;
                close(done, &mut open, &mut root)?;
            }
            Event::Text(text) => append(&text.xml10_content(), &mut open)?,
            Event::CData(text) => append(&text.xml10_content(), &mut open)?,
            Event::GeneralRef(reference) => {
                let resolved = match &*reference {
                    "lt" => '<',
                    "gt" => '>',
                    "amp" => '&',
                    "apos" => '\'',
                    "quot" => '"',
                    _ => reference
                        .resolve_char_ref()
                        .map_err(|source| XmlError::Syntax { source })?
                        .ok_or(XmlError::Entity)?,
                };
                append(resolved.encode_utf8(&mut [0; 4]), &mut open)?;
            }
            Event::Comment(_) => {}
            Event::DocType(_) | Event::PI(_) => return Err(XmlError::Doctype),
            Event::Eof if open.is_empty() => break,
            Event::Eof => return Err(XmlError::Shape),
        }
    }
    Ok(Document { encoding, root: root.ok_or(XmlError::Shape)? })
}

fn opened(namespace: &ResolveResult<'_>, start: &BytesStart<'_>) -> Result<Element, XmlError> {
    let namespace = match namespace {
        ResolveResult::Bound(namespace) => Some(namespace.0.to_owned()),
        ResolveResult::Unbound => None,
        ResolveResult::Unknown(_) => return Err(XmlError::Prefix),
    };
    let name = start.local_name().into_inner().to_owned();
    Ok(Element { namespace, name, ..Element::default() })
}

fn append(text: &str, open: &mut [Element]) -> Result<(), XmlError> {
    match open.last_mut() {
        Some(parent) => parent.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(XmlError::Shape),
    }
    Ok(())
}

fn close(done: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), XmlError> {
    if !done.children.is_empty() && !done.text.trim().is_empty() {
        return Err(XmlError::Shape);
    }
    match open.last_mut() {
        Some(parent) => parent.children.push(done),
        None if root.is_none() => *root = Some(done),
        None => return Err(XmlError::Shape),
    }
    Ok(())
}

/// Why a text is not a document we take.
#[derive(Debug, thiserror::Error)]
pub(super) enum XmlError {
    #[error("the text is not XML")]
    Syntax {
        #[source]
        source: quick_xml::Error,
    },
    #[error("a document type or processing instruction")]
    Doctype,
    #[error("an entity nobody declared")]
    Entity,
    #[error("a prefix nobody declared")]
    Prefix,
    #[error("more or less than one root, mixed content, or too deep")]
    Shape,
}

const MAX_DEPTH: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_text_and_escapes() {
        let document = parse(
            "<?xml version=\"1.0\" encoding=\"GBK\"?>\n<p:a xmlns:p='urn:x'><b>1 &lt;&#x4E2D;</b>\
             <p:c><![CDATA[<d/>]]></p:c><e/></p:a>",
        )
        .unwrap();
        assert_eq!(document.encoding.as_deref(), Some("GBK"));
        assert_eq!(document.root.namespace.as_deref(), Some("urn:x"));
        let text = |name| document.root.only("urn:x", name).map(|one| one.text.as_str());
        assert_eq!((text("b"), text("c"), text("e")), (Some("1 <中"), Some("<d/>"), Some("")));
        assert!(document.root.only("urn:y", "c").is_none());
    }

    #[test]
    fn refuses_what_is_not_plain_xml() {
        let deep = "<a>".repeat(40) + &"</a>".repeat(40);
        for text in [
            "",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>x",
            "<a>x<b/></a>",
            "<a>&x;</a>",
            "<p:a/>",
            "<!DOCTYPE a><a/>",
            "<a><?pi?></a>",
            &deep,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
