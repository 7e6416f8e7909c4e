//! Documents a suite names once and its vectors vary: `{"$from": "answer", "set": {"/infcode": "0"}, "drop": […]}`
//! is a document with members set and dropped, `{"$text": "answer", "replace": [["a", "b"]]}` its text with parts
//! replaced. So a vector says what is special about it, and nothing else. A document may mention those before it, and
//! stand for any part of a suite: a message, a call, what a call returns.

use super::form::{Form as _, FormError, Members};
use super::node::Node;

/// The documents of a suite.
pub(super) struct Documents<'a>(pub(super) &'a [(String, Node)]);

impl Documents<'_> {
    /// The node with every mention of a document replaced by what it stands for.
    ///
    /// # Errors
    /// Documents that are not there, places and parts they do not have.
    pub(super) fn expand(&self, node: &Node, at: &str) -> Result<Node, FormError> {
        match node {
            Node::Object(members) => match members.first() {
                Some((first, _)) if first == "$from" => self.varied(node, at),
                Some((first, _)) if first == "$text" => self.text(node, at),
                _ => {
                    let expand = |(name, value): &(String, Node)| {
                        Ok((name.clone(), self.expand(value, &format!("{at}/{name}"))?))
                    };
                    members.iter().map(expand).collect::<Result<_, _>>().map(Node::Object)
                }
            },
            Node::List(items) => {
                let items = items.iter().enumerate();
                let expanded = items.map(|(place, item)| self.expand(item, &format!("{at}/{place}")));
                expanded.collect::<Result<_, _>>().map(Node::List)
            }
            plain => Ok(plain.clone()),
        }
    }

    fn document(&self, node: &Node, name: &str, at: &str) -> Result<Node, FormError> {
        let wanted = node.get(name).and_then(Node::as_text).unwrap_or_default();
        let Some(found) = self.0.iter().position(|(known, _)| known == wanted) else {
            return Err(FormError::new(at, format!("there is no document `{wanted}`")));
        };
        match self.0.split_at(found) {
            // Only those before it: so no document can mention itself.
            (before, [(_, document), ..]) => Documents(before).expand(document, at),
            _ => Ok(Node::Null),
        }
    }

    fn varied(&self, node: &Node, at: &str) -> Result<Node, FormError> {
        Members::of(node, at, &["$from", "set", "drop"])?;
        let mut document = self.document(node, "$from", at)?;
        let missing = |pointer: &str| FormError::new(at, format!("the document has no place `{pointer}`"));
        if let Some(Node::Object(members)) = node.get("set") {
            for (pointer, value) in members {
                let value = self.expand(value, &format!("{at}/set"))?;
                *place(&mut document, pointer).ok_or_else(|| missing(pointer))? = value;
            }
        }
        if let Some(Node::List(pointers)) = node.get("drop") {
            for pointer in pointers.iter().filter_map(Node::as_text) {
                drop_member(&mut document, pointer).ok_or_else(|| missing(pointer))?;
            }
        }
        Ok(document)
    }

    fn text(&self, node: &Node, at: &str) -> Result<Node, FormError> {
        let members = Members::of(node, at, &["$text", "replace"])?;
        let mut text = match self.document(node, "$text", at)? {
            Node::Text(text) => text,
            json => json.compact(),
        };
        let parts: Vec<(String, String)> = members.take("replace")?;
        for (part, other) in &parts {
            if part.is_empty() || !text.contains(part.as_str()) {
                return Err(FormError::new(at, format!("the document has no part `{part}`")));
            }
            text = text.replace(part.as_str(), other);
        }
        Ok(text.write())
    }
}

fn names(pointer: &str) -> Option<Vec<String>> {
    let names = pointer.strip_prefix('/')?.split('/');
    Some(names.map(|name| name.replace("~1", "/").replace("~0", "~")).collect())
}

/// The place of a pointer; a last member that is not there is made.
fn place<'a>(document: &'a mut Node, pointer: &str) -> Option<&'a mut Node> {
    let names = names(pointer)?;
    let mut node = document;
    for (depth, name) in names.iter().enumerate() {
        node = match node {
            Node::Object(members) => {
                if depth + 1 == names.len() && !members.iter().any(|(known, _)| known == name) {
                    members.push((name.clone(), Node::Null));
                }
                members.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value)?
            }
            Node::List(items) => items.get_mut(name.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(node)
}

fn drop_member(document: &mut Node, pointer: &str) -> Option<()> {
    let (parent, name) = pointer.rsplit_once('/')?;
    let parent = if parent.is_empty() { document } else { place(document, parent)? };
    let Node::Object(members) = parent else { return None };
    let found = members.iter().position(|(known, _)| known == name)?;
    members.remove(found);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(text: &str) -> Result<String, FormError> {
        let answer = Node::parse(r#"{"code":0,"rows":[{"a":1},{"a":2}],"text":null}"#).unwrap();
        let letter = Node::parse(r#"{"$from":"answer","set":{"/rows":[]},"drop":["/text"]}"#).unwrap();
        let own = Node::parse(r#"[{"$from":"own"}]"#).unwrap();
        let documents = [
            ("answer".to_owned(), answer),
            ("page".to_owned(), Node::Text("<a>x</a>".to_owned())),
            ("letter".to_owned(), letter),
            ("own".to_owned(), own),
        ];
        Documents(&documents).expand(&Node::parse(text).unwrap(), "").map(|node| node.compact())
    }

    #[test]
    fn documents_are_varied_in_their_places() {
        for (text, expanded) in [
            (r#"[{"$from":"answer"}]"#, r#"[{"code":0,"rows":[{"a":1},{"a":2}],"text":null}]"#),
            (
                r#"{"$from":"answer","set":{"/code":"0","/rows/1/b":[],"/more":{"$from":"page"}},"drop":["/text"]}"#,
                r#"{"code":"0","rows":[{"a":1},{"a":2,"b":[]}],"more":"<a>x</a>"}"#,
            ),
            (r#"{"$text":"page","replace":[["x","y"],["a>","b>"]]}"#, r#""<b>y</b>""#),
            (r#"{"$from":"letter","set":{"/code":1}}"#, r#"{"code":1,"rows":[]}"#),
            (
                r#"{"$text":"answer","replace":[[",\"text\":null",""]]}"#,
                r#""{\"code\":0,\"rows\":[{\"a\":1},{\"a\":2}]}""#,
            ),
        ] {
            assert_eq!(expand(text).unwrap(), expanded);
        }
    }

    #[test]
    fn what_is_not_there_is_not_varied() {
        for text in [
            r#"{"$from":"other"}"#,
            r#"{"$from":"own"}"#,
            r#"{"$from":"answer","set":{"/rows/2/a":1}}"#,
            r#"{"$from":"answer","set":{"code":1}}"#,
            r#"{"$from":"answer","drop":["/rows/0/b"]}"#,
            r#"{"$from":"answer","sets":{}}"#,
            r#"{"$text":"page","replace":[["z","y"]]}"#,
        ] {
            assert!(expand(text).is_err(), "{text}");
        }
    }
}
