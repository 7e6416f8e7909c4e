//! What is read, what is refused, and two properties.

use proptest::prelude::*;

use super::{Element, Forbidden, Limits, XmlErrorKind, escape, parse};

fn kind(source: &str) -> Option<XmlErrorKind> {
    parse(source, Limits::MESSAGE).err().map(|error| error.kind)
}

fn root(source: &str) -> Element<'_> {
    parse(source, Limits::MESSAGE).unwrap().root
}

#[test]
fn a_tree_is_read_whatever_the_prefixes() {
    let envelope = root(concat!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<!-- hello --><s:Envelope xmlns:s='urn:a&amp;b'>\n  ",
        "<s:Header/><s:Body ><x:op xmlns:x=\"urn:x\"><No>0211 </No><In>a&lt;b</In></x:op></s:Body>\n</s:Envelope>\n",
    ));
    assert_eq!((envelope.name(), envelope.prefix()), ("Envelope", Some("s")));
    assert_eq!(envelope.attribute("xmlns:s"), Some("urn:a&b"));
    assert_eq!(envelope.text(), "");
    assert_eq!(envelope.children().len(), 2);
    let operation = envelope.child("Body").and_then(|body| body.child("op")).unwrap();
    assert_eq!(operation.child("No").map(Element::text), Some("0211 "));
    assert_eq!(operation.child("In").map(Element::text), Some("a<b"));
    assert_eq!(operation.child("Out"), None);
}

#[test]
fn a_declared_encoding_is_told_and_not_obeyed() {
    let document = parse("<?xml version=\"1.0\" encoding=\"GBK\"?><a>测试甲·</a>", Limits::MESSAGE).unwrap();
    assert_eq!(document.encoding.as_deref(), Some("GBK"));
    assert_eq!(document.root.text(), "测试甲·");
    assert_eq!(parse("<a/>", Limits::MESSAGE).unwrap().encoding, None);
}

#[test]
fn text_is_what_its_writer_meant() {
    for (source, text) in [
        ("<a/>", ""),
        ("<a></a>", ""),
        ("<a> </a>", " "),
        ("<a>&lt;&gt;&amp;&quot;&apos;</a>", "<>&\"'"),
        ("<a>&#65;&#x42;&#x2CB2D;&#13;</a>", "AB\u{2cb2d}\r"),
        ("<a>&amp;lt;b&amp;gt;</a>", "&lt;b&gt;"),
        ("<a>1\r\n2\r3\n</a>", "1\n2\n3\n"),
        ("<a><![CDATA[<b>&amp;</b>]]></a>", "<b>&amp;</b>"),
        ("<a>x<!-- y -->z<![CDATA[!]]></a>", "xz!"),
        ("<a>x<?y z?></a>", "x"),
        ("<a>\n  <b/>\n  <b/>\n</a>", ""),
    ] {
        assert_eq!(root(source).text(), text, "{source}");
    }
}

#[test]
fn a_message_inside_a_message_is_read_twice() {
    let inner = "<?xml version=\"1.0\" encoding=\"GBK\"?><input><n>测&amp;试</n></input>";
    let mut outer = String::from("<In>");
    escape(inner, &mut outer).unwrap();
    outer.push_str("</In>");
    let outer = root(&outer);
    assert_eq!(outer.text(), inner);
    assert_eq!(root(outer.text()).child("n").map(Element::text), Some("测&试"));
}

#[test]
fn a_document_type_is_refused_wherever_it_hides() {
    for source in [
        "<!DOCTYPE a><a/>",
        "<?xml version=\"1.0\"?><!doctype a [<!ENTITY b \"c\">]><a>&b;</a>",
        "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
        "<a><![CDATA[<!DOCTYPE a>]]></a>",
        "<a><!-- <!ENTITY b \"c\"> --></a>",
        "<a><![cdata[b]]></a>",
        "<a><!></a>",
    ] {
        assert_eq!(kind(source), Some(XmlErrorKind::Doctype), "{source}");
    }
}

#[test]
fn an_entity_is_never_expanded() {
    for source in ["<a>&b;</a>", "<a>&nbsp;</a>", "<a b='&c;'/>", "<a>&</a>", "<a>&lt</a>", "<a>& ;</a>"] {
        assert_eq!(kind(source), Some(XmlErrorKind::Reference), "{source}");
    }
}

#[test]
fn a_reference_names_a_character_that_exists() {
    for name in
        ["#0", "#x0", "#8", "#x1F", "#xD800", "#xFFFE", "#xFFFF", "#x110000", "#", "#x", "#+65", "#x-1"]
    {
        assert_eq!(kind(&format!("<a>&{name};</a>")), Some(XmlErrorKind::Reference), "{name}");
    }
    for character in ['\0', '\u{8}', '\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}'] {
        assert_eq!(kind(&format!("<a>{character}</a>")), Some(XmlErrorKind::Character), "{character:?}");
        assert_eq!(escape(&format!("测a{character}"), &mut String::new()), Err(Forbidden { at: 2 }));
    }
    assert_eq!(root("<a>\u{fffd}\u{f8ff}\u{7f}</a>").text(), "\u{fffd}\u{f8ff}\u{7f}");
}

#[test]
fn what_is_not_well_formed_is_refused() {
    for source in [
        "",
        " ",
        "a",
        "<a>",
        "</a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>b",
        "b<a/>",
        "<a/>&amp;",
        "<a",
        "<a b></a>",
        "<a b=c/>",
        "<a b='1' b='2'/>",
        "<a b='<'/>",
        "<1/>",
        "<a:b:c/>",
        "<:a/>",
        "<a:/>",
        "<a&b/>",
        "<></>",
        "<a><?xml version='1.0'?></a>",
        " <?xml version='1.0'?><a/>",
        "<?xml encoding='GBK'?><a/>",
        "<a><!-- </a>",
        "<a><![CDATA[</a>",
        "<![CDATA[a]]>",
        "<a/><![CDATA[b]]>",
    ] {
        assert_eq!(kind(source), Some(XmlErrorKind::Malformed), "{source}");
    }
}

#[test]
fn bounds_hold() {
    let limits = Limits { depth: 3, elements: 5, bytes: 64 };
    let kind = |source: &str| parse(source, limits).err().map(|error| error.kind);
    assert_eq!(kind("<a><b><c/></b></a>"), None);
    assert_eq!(kind("<a><b><c><d/></c></b></a>"), Some(XmlErrorKind::TooDeep));
    assert_eq!(kind("<a><b/><b/><b/><b/></a>"), None);
    assert_eq!(kind("<a><b/><b/><b/><b/><b/></a>"), Some(XmlErrorKind::TooMany));
    assert_eq!(kind(&format!("<a>{}</a>", "x".repeat(60))), Some(XmlErrorKind::TooLong));
    let deep = "<a>".repeat(33);
    assert_eq!(parse(&deep, Limits::MESSAGE).unwrap_err().kind, XmlErrorKind::TooDeep);
}

#[test]
fn an_error_says_where_and_repeats_nothing() {
    let error = parse("<a>510104199003071237&secret;</a>", Limits::MESSAGE).unwrap_err();
    assert_eq!(error.to_string(), "an unknown entity or character reference at byte 3");
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(bytes: Vec<u8>) {
        let _ = parse(&String::from_utf8_lossy(&bytes), Limits::MESSAGE);
    }

    #[test]
    fn nothing_like_xml_makes_it_panic(source in "(<|>|/|!|\\?|--|\\[CDATA\\[|\\]\\]>|&|#|;|=|'|\"|:|xml|a|测|\r|\u{feff}| ){0,40}") {
        let _ = parse(&source, Limits::MESSAGE);
    }

    #[test]
    fn what_was_escaped_is_read(text: String) {
        let mut source = String::from("<a b=\"");
        let escaped = escape(&text, &mut source).and_then(|()| {
            source.push_str("\">");
            escape(&text, &mut source)
        });
        prop_assume!(escaped.is_ok());
        source.push_str("</a>");
        let element = parse(&source, Limits::MESSAGE).unwrap().root;
        prop_assert_eq!(element.text(), &text);
        // Line feeds are kept in attributes too: this reader does not turn them into spaces.
        prop_assert_eq!(element.attribute("b"), Some(text.as_str()));
    }
}
