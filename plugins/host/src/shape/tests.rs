use proptest::prelude::*;

use super::ShapeError::*;
use super::*;
use crate::contract::{HttpMethod, Secret, SecretForm};

fn call(target: &str, headers: &[(&str, &str)]) -> HttpCall {
    HttpCall {
        method: HttpMethod::Post,
        target: target.to_owned(),
        headers: many(headers),
        secret_headers: Vec::new(),
        body: Vec::new(),
    }
}

fn many(headers: &[(&str, &str)]) -> Vec<Header> {
    headers
        .iter()
        .map(|(name, value)| Header { name: (*name).to_owned(), value: value.as_bytes().to_vec() })
        .collect()
}

#[test]
fn targets() {
    let long = format!("/{}", "a".repeat(4096));
    for (target, expected) in [
        ("/", Ok(())),
        ("/fsi/api/2207", Ok(())),
        ("/a/b.c/..d/e../...?x=%E4%BD%A0&y=../..&z=1.0", Ok(())),
        ("/%E4%BD%A0%2Fb//c/~x;v=1.0", Ok(())),
        ("/?q=%0A", Ok(())),
        ("", Err(TargetNotOriginForm)),
        ("a", Err(TargetNotOriginForm)),
        ("*", Err(TargetNotOriginForm)),
        ("http://elsewhere/", Err(TargetNotOriginForm)),
        ("//elsewhere/", Err(TargetNotOriginForm)),
        (&long, Err(TargetTooLong)),
        ("/a b", Err(TargetByte)),
        ("/a\r\nhost: b", Err(TargetByte)),
        ("/a#b", Err(TargetByte)),
        ("/a\\..\\b", Err(TargetByte)),
        ("/你", Err(TargetByte)),
        ("/a%", Err(TargetByte)),
        ("/a%2", Err(TargetByte)),
        ("/?a=%zz", Err(TargetByte)),
        ("/%u002e%u002e/", Err(TargetByte)),
        ("/a%00", Err(TargetByte)),
        ("/a%250d", Err(TargetByte)),
        ("/%25252525252541", Err(TargetByte)),
        ("/.", Err(TargetDotSegment)),
        ("/a/../b", Err(TargetDotSegment)),
        ("/a/..", Err(TargetDotSegment)),
        ("/a/..?b", Err(TargetDotSegment)),
        ("/%2e%2E/b", Err(TargetDotSegment)),
        ("/.%2e/b", Err(TargetDotSegment)),
        ("/%252e%252e/b", Err(TargetDotSegment)),
        ("/%25%32%65./b", Err(TargetDotSegment)),
        ("/..%2fb", Err(TargetDotSegment)),
        ("/a%5c..%5cb", Err(TargetDotSegment)),
        ("/..;/b", Err(TargetDotSegment)),
        ("/a;..", Err(TargetDotSegment)),
        ("/..%3bx/b", Err(TargetDotSegment)),
        ("/..%3fx", Err(TargetDotSegment)),
        ("/..%23x", Err(TargetDotSegment)),
        ("/..%20/b", Err(TargetDotSegment)),
        ("/%c0%ae%c0%ae/b", Err(TargetDotSegment)),
        ("/%e0%80%ae./b", Err(TargetDotSegment)),
        ("/a%c0%af..%c1%9cb", Err(TargetDotSegment)),
    ] {
        assert_eq!(check_call(&call(target, &[])), expected, "{target}");
    }
}

#[test]
fn joins_by_concatenation() {
    for (base, target, expected) in [
        ("", "/a", Ok("/a")),
        ("/", "/a?b", Ok("/a?b")),
        ("/fsi/api", "/2207", Ok("/fsi/api/2207")),
        ("/fsi/api/", "/2207", Ok("/fsi/api/2207")),
        ("/fsi/api", "2207", Err(TargetNotOriginForm)),
        ("/fsi", "/../x", Err(TargetDotSegment)),
        ("/a/..", "/x", Err(TargetDotSegment)),
        ("fsi", "/x", Err(TargetNotOriginForm)),
        ("/fsi?x=", "/y", Err(TargetByte)),
    ] {
        assert_eq!(join(base, target), expected.map(str::to_owned), "{base} {target}");
    }
}

#[test]
fn headers_of_calls() {
    let value = "v".repeat(8 * 1024 + 1);
    let name = "n".repeat(65);
    for (headers, expected) in [
        (
            &[("content-type", "text/xml; charset=GBK"), ("soapaction", "\"\""), ("x-tif-paasid", "a\tb")][..],
            Ok(()),
        ),
        (&[("authorization", "")], Ok(())),
        (&[("Content-Type", "a")], Err(HeaderName)),
        (&[("", "a")], Err(HeaderName)),
        (&[("a b", "a")], Err(HeaderName)),
        (&[("a:", "a")], Err(HeaderName)),
        (&[("名", "a")], Err(HeaderName)),
        (&[(&name, "a")], Err(HeaderName)),
        (&[("a", "b\r\nc: d")], Err(HeaderValue)),
        (&[("a", "b\0")], Err(HeaderValue)),
        (&[("a", "\x7f")], Err(HeaderValue)),
        (&[("a", &value)], Err(HeaderValue)),
        (&[("content-type", "a"), ("content-type", "b")], Err(SecondContentType)),
    ] {
        assert_eq!(check_call(&call("/", headers)), expected, "{headers:?}");
    }
    for name in DENIED.iter().copied().chain([
        "proxy-authorization",
        "x-forwarded-for",
        "x_forwarded_for",
        "content_length",
        "x-original-url",
        "x-accel-redirect",
    ]) {
        assert_eq!(check_call(&call("/", &[(name, "a")])), Err(HeaderDenied), "{name}");
    }
    assert!(header_is_denied("Set-Cookie"));
    assert_eq!(check_call(&call("/", &[("a", "b"); 64])), Ok(()));
    assert_eq!(check_call(&call("/", &[("a", "b"); 65])), Err(TooManyHeaders));
}

#[test]
fn headers_with_secrets_count_too() {
    let secret = |name: &str| (name.to_owned(), Secret { name: "token".to_owned(), form: SecretForm::Raw });
    for (name, expected) in [
        ("x-token", Ok(())),
        ("host", Err(HeaderDenied)),
        ("X-Token", Err(HeaderName)),
        ("content-type", Err(SecondContentType)),
    ] {
        let mut call = call("/", &[("content-type", "a")]);
        call.secret_headers.push(secret(name));
        assert_eq!(check_call(&call), expected, "{name}");
    }
    let mut call = call("/", &[("a", "b"); 64]);
    call.secret_headers.push(secret("x-token"));
    assert_eq!(check_call(&call), Err(TooManyHeaders));
}

#[test]
fn responses() {
    let xml = &[("content-type", "text/xml"), ("x-request-id", "1")][..];
    for (status, headers, expected) in [
        (200, xml, Ok(())),
        (599, &[("retry-after", "1"), ("cache-control", "no-store"), ("content-language", "zh")], Ok(())),
        (199, xml, Err(Status)),
        (101, xml, Err(Status)),
        (600, xml, Err(Status)),
        (0, xml, Err(Status)),
        (200, &[("location", "/")], Err(HeaderDenied)),
        (200, &[("set-cookie", "a=b")], Err(HeaderDenied)),
        (200, &[("x-forwarded-for", "a")], Err(HeaderDenied)),
        (200, &[("x-a", "\n")], Err(HeaderValue)),
    ] {
        assert_eq!(check_response(status, &many(headers)), expected, "{status} {headers:?}");
    }
}

#[test]
fn names_and_codes() {
    for (name, allowed) in [
        ("3202_对账.zip", true),
        ("a b", true),
        ("", false),
        (".", false),
        ("..", false),
        (".hidden", false),
        ("a/b", false),
        ("..\\a", false),
        ("c:a", false),
        ("a\n", false),
    ] {
        assert_eq!(check_file_name(name).is_ok(), allowed, "{name}");
    }
    for (code, allowed) in [
        ("late-2", true),
        ("", false),
        ("Late", false),
        ("a b", false),
        (&"a".repeat(40), true),
        (&"a".repeat(41), false),
    ] {
        assert_eq!(note_code_is_allowed(code), allowed, "{code}");
    }
    for (code, allowed) in [("", true), ("-1", true), ("E 1", false), ("否", false), (&"1".repeat(65), false)]
    {
        assert_eq!(fault_code_is_allowed(code), allowed, "{code}");
    }
}

/// One layer of escapes, written another way than the code under test.
fn decoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let hex = text.get(i + 1..i + 3).and_then(|digits| std::str::from_utf8(digits).ok());
        match hex.filter(|hex| text[i] == b'%' && hex.bytes().all(|digit| digit.is_ascii_hexdigit())) {
            Some(hex) => {
                out.push(u8::from_str_radix(hex, 16).unwrap());
                i += 3;
            }
            None => {
                out.push(text[i]);
                i += 1;
            }
        }
    }
    out
}

/// Made of what matters here.
fn tricky() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "/", "/", ".", ".", "..", "%", "%2", "%2e", "%2E", "%252e", "%25", "25", "2e", "%2f", "%5C", "\\",
        ";", "?", "#", "%3b", "%3f", "%23", "%20", " ", "a", "x=1", "%c0%ae", "%c0%af", "%00", "你",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| format!("/{}", pieces.concat()))
}

proptest! {
    #[test]
    fn an_accepted_target_never_climbs(target in prop_oneof![tricky(), any::<String>()], base in "(/[a-z]{1,3}){0,2}/?") {
        let Ok(whole) = join(&base, &target) else { return Ok(()) };
        prop_assert!(whole.starts_with(base.trim_end_matches('/')));
        prop_assert!(whole.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#' && byte != b'\\'));
        let mut path = whole.split('?').next().unwrap().as_bytes().to_vec();
        for _ in 0..20 {
            for segment in path.split(|byte| b"/\\;?#".contains(byte)) {
                prop_assert!(segment != b"." && segment != b"..", "{whole}");
            }
            prop_assert!(!path.iter().any(u8::is_ascii_control));
            path = decoded(&path);
        }
    }

    #[test]
    fn nothing_panics(name in any::<String>(), value in any::<Vec<u8>>(), status in any::<u16>(), text in any::<String>()) {
        let headers = [Header { name, value }];
        if check_response(status, &headers).is_ok() {
            prop_assert!(!headers[0].value.contains(&b'\n') && !header_is_denied(&headers[0].name));
        }
        let _ = (check_call(&call(&text, &[(&text, &text)])), check_file_name(&text), note_code_is_allowed(&text));
    }
}
