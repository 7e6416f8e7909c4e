//! The writer: straight into one string, commas where they belong.

use super::scan::special;

/// Writes one JSON value. It trusts its caller with the order of calls (a key before each member, an end for
/// each beginning) and takes care of commas and escapes.
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
    /// Whether a value stands before in the same array or object.
    follows: bool,
}

impl Writer {
    /// An empty writer, with room for a message of ordinary size.
    #[must_use]
    pub fn new() -> Self {
        Self::with_room(2048)
    }

    /// An empty writer, with room for this many bytes. A guest's heap takes nothing back, so a long text that grows
    /// by doubling costs it three times its length.
    #[must_use]
    pub fn with_room(bytes: usize) -> Self {
        Self { out: String::with_capacity(bytes), follows: false }
    }

    /// `{`
    pub fn begin_object(&mut self) -> &mut Self {
        self.open('{')
    }

    /// `}`
    pub fn end_object(&mut self) -> &mut Self {
        self.close('}')
    }

    /// `[`
    pub fn begin_array(&mut self) -> &mut Self {
        self.open('[')
    }

    /// `]`
    pub fn end_array(&mut self) -> &mut Self {
        self.close(']')
    }

    /// The name of the member whose value comes next.
    pub fn key(&mut self, name: &str) -> &mut Self {
        self.separate();
        quote(&mut self.out, name);
        self.out.push(':');
        self.follows = false;
        self
    }

    /// A string.
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.separate();
        quote(&mut self.out, value);
        self
    }

    /// A number, as written. The caller vouches that it is one.
    pub fn number(&mut self, value: &str) -> &mut Self {
        self.raw(value)
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, value: bool) -> &mut Self {
        self.raw(if value { "true" } else { "false" })
    }

    /// `null`.
    pub fn null(&mut self) -> &mut Self {
        self.raw("null")
    }

    /// A string, or `null` for none.
    pub fn text_or_null(&mut self, value: Option<&str>) -> &mut Self {
        match value {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }

    /// A whole JSON value that is written already.
    pub fn raw(&mut self, value: &str) -> &mut Self {
        self.separate();
        self.out.push_str(value);
        self
    }

    /// What was written.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    fn open(&mut self, bracket: char) -> &mut Self {
        self.separate();
        self.out.push(bracket);
        self.follows = false;
        self
    }

    fn close(&mut self, bracket: char) -> &mut Self {
        self.out.push(bracket);
        self.follows = true;
        self
    }

    fn separate(&mut self) {
        if self.follows {
            self.out.push(',');
        }
        self.follows = true;
    }
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(index) = special(rest.as_bytes()) {
        let (plain, tail) = rest.split_at(index);
        out.push_str(plain);
        let mut characters = tail.chars();
        if let Some(character) = characters.next() {
            escape(out, character);
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

fn escape(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        other => {
            let code = u32::from(other);
            out.push_str("\\u00");
            out.extend([code >> 4, code & 0xf].map(|nibble| char::from_digit(nibble, 16).unwrap_or('0')));
        }
    }
}
