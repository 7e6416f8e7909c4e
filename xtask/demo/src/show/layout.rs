//! Long messages on short lines. Nothing is reordered or rewritten: only line breaks are added, after the commas of
//! JSON and between the tags of XML where possible.

/// The text of a message; what is not UTF-8 is read as GB18030, of which GBK is a part.
pub(super) fn readable(body: &[u8]) -> String {
    match str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(body).0.into_owned(),
    }
}

/// The document that a SOAP message carries as a string.
pub(super) fn inner_document(text: &str) -> Option<String> {
    let from = text.find("&lt;")?;
    let (before, _) = text.split_at(text.rfind("&gt;")?);
    let inner = before.get(from..)?;
    Some(unescaped(inner) + ">")
}

/// What the five predefined entities of XML stand for.
pub(crate) fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// Breaks a message into lines of at most `width` columns.
pub(super) fn lines(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut columns = 0;
    for piece in text.lines().flat_map(pieces) {
        let wide = piece.chars().map(wide).sum::<usize>();
        if columns + wide > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            columns = 0;
        }
        for character in piece.chars() {
            if columns + self::wide(character) > width {
                lines.push(std::mem::take(&mut line));
                columns = 0;
            }
            line.push(character);
            columns += self::wide(character);
        }
    }
    lines.push(line);
    lines
}

/// Parts that are best kept on one line: members of JSON, elements of XML.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let is_xml = text.trim_start().starts_with('<');
    while !rest.is_empty() {
        let end = if is_xml { element_end(rest) } else { member_end(rest) };
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Behind the first comma that is followed by a member or an element of its own.
fn member_end(text: &str) -> usize {
    let found = [",\"", ",{"].iter().filter_map(|end| text.find(end)).min();
    found.map_or(text.len(), |at| at + 1)
}

/// Between two tags, escaped ones too.
fn element_end(text: &str) -> usize {
    let between = [("><", 1), (">&lt;", 1), ("&gt;<", 4), ("&gt;&lt;", 4)];
    let found = between.iter().filter_map(|(tags, first)| Some(text.find(tags)? + first)).min();
    found.unwrap_or(text.len())
}

/// Columns in a terminal: CJK characters and full-width signs take two.
fn wide(character: char) -> usize {
    let two = matches!(u32::from(character),
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
        | 0xfe30..=0xfe4f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x20000..=0x3fffd);
    if two { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_line_breaks_are_added() {
        for text in [
            r#"{"a":"一二三四五六七八九十","b":[{"c":1},{"d":"x, \"y\""}],"e":null}"#,
            "<a><b></b><c>一二三</c></a>",
            "<a>&lt;b&gt;&lt;c&gt;x&lt;/c&gt;&lt;/b&gt;</a>",
            "",
            "x",
        ] {
            for width in 4..40 {
                let lines = lines(text, width);
                assert_eq!(lines.concat(), text);
                assert!(lines.iter().all(|line| line.chars().map(wide).sum::<usize>() <= width));
            }
        }
    }

    #[test]
    fn the_document_inside_is_found() {
        assert_eq!(inner_document("<r>&lt;a&gt;1 &amp;amp; 2&lt;/a&gt;</r>").unwrap(), "<a>1 &amp; 2</a>");
        assert_eq!(inner_document("<r>0</r>"), None);
    }

    #[test]
    fn gbk_is_read_where_it_is_no_utf_8() {
        assert_eq!(readable(b"\xb2\xe2\xca\xd4\xbc\xd7"), "测试甲");
        assert_eq!(readable("测试甲".as_bytes()), "测试甲");
    }
}
