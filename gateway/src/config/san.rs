//! The pattern of the name in a client certificate by which a partner is known.

use std::ops::RangeInclusive;

/// What the pattern's one capture is written as.
const CAPTURE: &str = "{institution}";

/// How long an institution's code may be, in bytes.
const INSTITUTION: RangeInclusive<usize> = 1..=30;

/// The kinds of subject alternative names a pattern can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SanKind {
    /// A URI, compared byte by byte.
    Uri,
    /// A DNS name, compared without regard to case.
    Dns,
}

/// A name, or a group of names that differ in the institution's code alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SanPattern {
    /// What kind of name.
    pub kind: SanKind,
    /// The whole name, or what stands before the institution's code.
    pub before: String,
    /// What stands behind the institution's code, if the pattern has one.
    pub after: Option<String>,
}

/// A name that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match<'v> {
    /// The code of the institution the certificate speaks for, if the pattern names a group.
    pub institution: Option<&'v str>,
}

impl SanPattern {
    /// Reads `URI:…` or `DNS:…`; the error says what is wanted.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (kind, name) = match text.split_once(':') {
            Some(("URI", name)) => (SanKind::Uri, name),
            Some(("DNS", name)) => (SanKind::Dns, name),
            _ => return Err("`URI:` or `DNS:` and a name".to_owned()),
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("a name of visible ASCII characters behind the kind".to_owned());
        }
        if name.contains('*') {
            return Err(format!("a name without wildcards; a group is named with {CAPTURE}"));
        }
        let (before, after) = match name.split_once(CAPTURE) {
            Some((before, after)) => (before, Some(after)),
            None => (name, None),
        };
        if before.contains(['{', '}']) || after.is_some_and(|after| after.contains(['{', '}'])) {
            return Err(format!("a name with at most one {CAPTURE}, and no other braces"));
        }
        Ok(Self { kind, before: before.to_owned(), after: after.map(str::to_owned) })
    }

    /// Whether a certificate's name fits, and for which institution it then speaks.
    pub fn matches<'v>(&self, kind: SanKind, value: &'v str) -> Option<Match<'v>> {
        if kind != self.kind {
            return None;
        }
        let Some(after) = &self.after else {
            return self.equal(&self.before, value).then_some(Match { institution: None });
        };
        let (before, rest) = value.split_at_checked(self.before.len())?;
        let (institution, tail) = rest.split_at_checked(rest.len().checked_sub(after.len())?)?;
        let is_code = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let fits = self.equal(&self.before, before)
            && self.equal(after, tail)
            && INSTITUTION.contains(&institution.len())
            && institution.bytes().all(is_code);
        fits.then_some(Match { institution: Some(institution) })
    }

    fn equal(&self, ours: &str, theirs: &str) -> bool {
        match self.kind {
            SanKind::Uri => ours == theirs,
            SanKind::Dns => ours.eq_ignore_ascii_case(theirs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name() {
        let pattern = SanPattern::parse("URI:urn:yizhan:partner:sichuan").unwrap();
        let whole = Some(Match { institution: None });
        assert_eq!(pattern.matches(SanKind::Uri, "urn:yizhan:partner:sichuan"), whole);
        for other in ["urn:yizhan:partner:sichuan2", "urn:yizhan:partner:Sichuan", ""] {
            assert_eq!(pattern.matches(SanKind::Uri, other), None);
        }
        assert_eq!(pattern.matches(SanKind::Dns, "urn:yizhan:partner:sichuan"), None);
        let pattern = SanPattern::parse("DNS:host.example").unwrap();
        assert_eq!(pattern.matches(SanKind::Dns, "Host.EXAMPLE"), whole);
    }

    #[test]
    fn a_group() {
        let pattern = SanPattern::parse("URI:urn:h:{institution}:x").unwrap();
        let institution = |value: &str| {
            pattern.matches(SanKind::Uri, value).and_then(|found| found.institution).map(str::to_owned)
        };
        assert_eq!(institution("urn:h:H51010400001:x"), Some("H51010400001".to_owned()));
        assert_eq!(institution(&format!("urn:h:{}:x", "a".repeat(30))), Some("a".repeat(30)));
        for value in
            ["urn:h::x", "urn:h:x", "urn:h:a:b:x", "urn:h:a/b:x", "urn:h:川:x", "urn:h:a:y", "川川川川"]
        {
            assert_eq!(institution(value), None, "{value}");
        }
        assert_eq!(institution(&format!("urn:h:{}:x", "a".repeat(31))), None);
    }

    #[test]
    fn forms_that_are_refused() {
        for text in [
            "urn:x",
            "IP:1",
            "URI:",
            "DNS:*.example",
            "URI:urn:{hospital}",
            "URI:{institution}{institution}",
            "URI:a b",
            "URI:四川",
        ] {
            assert!(SanPattern::parse(text).is_err(), "{text}");
        }
    }
}
