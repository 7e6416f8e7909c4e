//! Where a partner's server is, and where the gateway may call at all.

use std::fmt;

use http::Uri;
use http::uri::Authority;
use rustls_pki_types::ServerName;

/// The base URL of a partner: always https, and nothing an adapter says leads out of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    host: String,
    port: u16,
    path: String,
}

impl BaseUrl {
    /// Reads one; the error says what is wanted and never repeats the text.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if text.contains(['?', '#', '@']) {
            return Err("a URL without user, query and fragment".to_owned());
        }
        let uri: Uri = text.parse().map_err(|_| "a URL such as https://host.example/path".to_owned())?;
        if uri.scheme_str() != Some("https") {
            return Err("a URL that begins with https://".to_owned());
        }
        // Read from the text: the library says of a port that is too large that there is none.
        let authority = uri.authority().map(Authority::as_str).unwrap_or_default();
        let host = uri.host().unwrap_or_default();
        let port = match authority.strip_prefix(host).unwrap_or_default().strip_prefix(':') {
            None => 443,
            Some(digits) => digits
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or_else(|| "a port from 1 to 65535 behind the colon".to_owned())?,
        };
        let path = uri.path().trim_end_matches('/');
        if path.contains(['%', '\\']) || path.split('/').skip(1).any(|part| matches!(part, "" | "." | "..")) {
            return Err("a path without empty or dot segments and encoded characters".to_owned());
        }
        let url = Self { host: host.to_ascii_lowercase(), port, path: path.to_owned() };
        if url.server_name().is_none() {
            return Err("a host that a certificate can name".to_owned());
        }
        Ok(url)
    }

    /// The host in lower case; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host as the name a server's certificate must have.
    pub(super) fn server_name(&self) -> Option<ServerName<'static>> {
        ServerName::try_from(self.host.trim_matches(['[', ']']).to_owned()).ok()
    }

    /// The port, 443 where none is written.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// What every path begins with: empty, or with a leading and without a trailing slash.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What the `Host` header says: the port only where it is not 443.
    pub fn authority(&self) -> String {
        if self.port == 443 { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}{}", self.authority(), self.path)
    }
}

/// A host the gateway may call: `host:port`, or `*.domain:port` for one label more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AllowedHost {
    any_label: bool,
    /// In lower case.
    host: String,
    port: u16,
}

impl AllowedHost {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let wanted = || "host:port or *.domain:port".to_owned();
        let (host, port) = text.rsplit_once(':').ok_or_else(wanted)?;
        let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(wanted)?;
        let (any_label, host) = host.strip_prefix("*.").map_or((false, host), |domain| (true, domain));
        let is_host = |c: char| c.is_ascii_alphanumeric() || "-._[:]".contains(c);
        let bracketed = host.starts_with('[') && host.ends_with(']') && !any_label;
        if host.is_empty() || !host.chars().all(is_host) || (host.contains(['[', ':', ']']) && !bracketed) {
            return Err(wanted());
        }
        Ok(Self { any_label, host: host.to_ascii_lowercase(), port })
    }

    pub(super) fn allows(&self, url: &BaseUrl) -> bool {
        let host = if self.any_label {
            match url.host.split_once('.') {
                Some((label, domain)) if !label.is_empty() => domain,
                _ => return false,
            }
        } else {
            &url.host
        };
        self.port == url.port && self.host == host
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        for (text, authority, port, path) in [
            ("https://localhost:9443/ybdy", "localhost:9443", 9443, "/ybdy"),
            ("https://Host.Example", "host.example", 443, ""),
            ("https://host.example:443/", "host.example", 443, ""),
            ("https://[::1]:9/a/b/", "[::1]:9", 9, "/a/b"),
        ] {
            let url = BaseUrl::parse(text).unwrap();
            assert_eq!((url.authority().as_str(), url.port(), url.path()), (authority, port, path));
            assert_eq!(url.to_string(), format!("https://{authority}{path}"));
        }
    }

    #[test]
    fn urls_that_are_refused() {
        for text in [
            "http://host",
            "host:443",
            "https://",
            "https:///x",
            "https://a:b@host/",
            "https://host/?q",
            "https://host/#f",
            "https://host:0/",
            "https://host:99999/",
            "https://host:/",
            "https://host/a/../b",
            "https://host/a/%2e%2e/b",
            "https://host/a//b",
            "https://主机/",
            "",
        ] {
            assert!(BaseUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hosts_are_allowed_exactly_or_by_one_label() {
        let allows =
            |pattern, url| AllowedHost::parse(pattern).unwrap().allows(&BaseUrl::parse(url).unwrap());
        assert!(allows("localhost:9443", "https://LOCALHOST:9443/x"));
        assert!(allows("[::1]:443", "https://[::1]"));
        assert!(allows("*.Example.cn:443", "https://a.example.cn"));
        assert!(!allows("*.example.cn:443", "https://example.cn"));
        assert!(!allows("*.example.cn:443", "https://a.b.example.cn"));
        assert!(!allows("*.example.cn:443", "https://a.example.cn:8443"));
        assert!(!allows("example.cn:443", "https://a.example.cn"));
        for pattern in
            ["localhost", "*:443", "*.:443", "a.*.cn:443", "host:0", ":443", "https://host:443", "*.[::1]:1"]
        {
            assert!(AllowedHost::parse(pattern).is_err(), "{pattern}");
        }
    }
}
