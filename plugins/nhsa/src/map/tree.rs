//! Writes a unified object from a table: a pointer says where the next value belongs, and the objects on the way
//! are opened and closed. Members of one object stand side by side in their table.

use yizhan_adapter::json::Writer;

#[derive(Debug)]
pub(crate) struct Tree<'w> {
    out: &'w mut Writer,
    open: Vec<&'static str>,
}

impl<'w> Tree<'w> {
    pub(crate) fn begin(out: &'w mut Writer) -> Self {
        out.begin_object();
        Self { out, open: Vec::new() }
    }

    /// Where the value of this place is written next.
    pub(crate) fn at(&mut self, place: &'static str) -> &mut Writer {
        let name = self.enter(place);
        self.out.key(name)
    }

    /// The place named like this one and `Text`.
    pub(crate) fn text_beside(&mut self, place: &'static str) -> &mut Writer {
        let name = self.enter(place);
        self.out.key(&[name, "Text"].concat())
    }

    pub(crate) fn end(mut self) {
        self.close(0);
        self.out.end_object();
    }

    /// Makes the object that holds this place the open one, and tells the place's name.
    fn enter(&mut self, place: &'static str) -> &'static str {
        let (path, name) = place.rsplit_once('/').unwrap_or(("", place));
        let steps = || path.split('/').skip(1);
        let shared = steps().zip(&self.open).take_while(|(step, open)| step == *open).count();
        self.close(shared);
        for step in steps().skip(shared) {
            self.out.key(step).begin_object();
            self.open.push(step);
        }
        name
    }

    fn close(&mut self, depth: usize) {
        while self.open.len() > depth {
            self.out.end_object();
            self.open.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_open_and_close_on_the_way() {
        let mut out = Writer::new();
        let mut tree = Tree::begin(&mut out);
        tree.at("/a/b/c").text("1");
        tree.at("/a/b/d").text("2");
        tree.at("/a/e").null();
        tree.text_beside("/a/e").text("t");
        tree.at("/f").begin_array().end_array();
        tree.at("/g/h").boolean(true);
        tree.end();
        let expected = r#"{"a":{"b":{"c":"1","d":"2"},"e":null,"eText":"t"},"f":[],"g":{"h":true}}"#;
        assert_eq!(out.finish(), expected);
    }
}
