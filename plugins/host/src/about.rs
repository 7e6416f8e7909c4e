//! What an adapter says of itself, read once at admission.

use serde_json::Value;

use crate::contract::{Description, Direction, KeyNeed, KeyUse};
use crate::fault::AdmissionFault;

/// Key uses this host performs. The others of the contract are refused at admission.
const KEY_USES: [KeyUse; 2] = [KeyUse::Digest, KeyUse::Send];

/// Features beyond queries over HTTP that this host has. The others of the contract are refused at admission.
const NEEDS: [&str; 3] = ["commands", "numbers", "references"];

/// Lengths and counts beyond any sensible description.
const NAME_BYTES: usize = 64;
const LIST_LENGTH: usize = 256;

/// A description that makes sense and asks for nothing this host does not do.
#[derive(Debug, Clone)]
pub struct About {
    /// The adapter's own name.
    pub name: String,
    /// The adapter's own version.
    pub version: String,
    /// The dialect, for people.
    pub dialect: String,
    /// Operations it speaks towards the partner.
    pub as_partner: Vec<String>,
    /// Operations its partner may ask for natively.
    pub as_requester: Vec<String>,
    /// Native request lines.
    pub routes: Vec<Route>,
    /// JSON Schema of the settings.
    pub settings_schema: Value,
    /// Keys the partner's file must name.
    pub keys: Vec<KeyNeed>,
    /// SHA-256 of the component, hex; empty for a native make.
    pub digest: String,
}

impl About {
    /// Reads a description.
    ///
    /// # Errors
    /// `bad-description` and `unmet-need`.
    pub fn read(description: Description, digest: String) -> Result<Self, AdmissionFault> {
        if let Some(need) = description.needs.iter().find(|need| !NEEDS.contains(&need.as_str())) {
            return Err(AdmissionFault::UnmetNeed(need.clone()));
        }
        for key in &description.keys {
            if let Some(used) = key.uses.iter().find(|used| !KEY_USES.contains(used)) {
                return Err(AdmissionFault::UnmetNeed(format!("key use {used:?} of `{}`", key.alias)));
            }
        }
        for text in [&description.name, &description.version, &description.dialect] {
            if text.is_empty() || text.len() > NAME_BYTES || text.chars().any(char::is_control) {
                return bad("name, version and dialect are 1 to 64 bytes long");
            }
        }
        if description.capabilities.len() > LIST_LENGTH || description.routes.len() > LIST_LENGTH {
            return bad("more than 256 capabilities or routes");
        }
        let settings_schema: Value = match serde_json::from_str(&description.settings_schema) {
            Ok(schema @ Value::Object(_)) => schema,
            _ => return bad("settings-schema is not a JSON object"),
        };
        let mut about = Self {
            name: description.name,
            version: description.version,
            dialect: description.dialect,
            as_partner: Vec::new(),
            as_requester: Vec::new(),
            routes: Vec::new(),
            settings_schema,
            keys: description.keys,
            digest,
        };
        for capability in description.capabilities {
            match capability.direction {
                Direction::AsPartner => about.as_partner.push(capability.operation),
                Direction::AsRequester => about.as_requester.push(capability.operation),
            }
        }
        for route in description.routes {
            about.routes.push(Route::read(&route.method, &route.path)?);
        }
        Ok(about)
    }
}

fn bad<T>(why: &str) -> Result<T, AdmissionFault> {
    Err(AdmissionFault::BadDescription(why.to_owned()))
}

/// A native request line: `POST /fsi/api/{*rest}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    method: String,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    /// `{name}`: one segment that is not empty.
    Any,
    /// `{*name}`: all that is left, at the end only.
    Rest,
}

impl Route {
    fn read(method: &str, path: &str) -> Result<Self, AdmissionFault> {
        if !matches!(method, "GET" | "POST" | "PUT" | "PATCH" | "DELETE") {
            return bad("a route has an unknown method");
        }
        let Some(tail) = path.strip_prefix('/') else { return bad("a route does not begin with `/`") };
        if ["v1", ".well-known"].contains(&tail.split('/').next().unwrap_or_default()) {
            return bad("a route lies under `/v1` or `/.well-known`, which are the gateway's");
        }
        let mut segments = Vec::new();
        for part in tail.split('/') {
            if segments.last() == Some(&Segment::Rest) {
                return bad("`{*…}` is not the end of its route");
            }
            segments.push(match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) if name.starts_with('*') => Segment::Rest,
                Some(_) => Segment::Any,
                None => Segment::Literal(part.to_owned()),
            });
        }
        Ok(Self { method: method.to_owned(), segments })
    }

    /// Whether this path (without its query) is this route's.
    #[must_use]
    pub fn matches_path(&self, path: &str) -> bool {
        let mut parts = path.strip_prefix('/').unwrap_or(path).split('/');
        for segment in &self.segments {
            let fits = match (segment, parts.next()) {
                (Segment::Rest, Some(_)) => return true,
                (Segment::Literal(literal), Some(part)) => literal == part,
                (Segment::Any, Some(part)) => !part.is_empty(),
                (_, None) => false,
            };
            if !fits {
                return false;
            }
        }
        parts.next().is_none()
    }

    /// Whether this method is this route's.
    #[must_use]
    pub fn matches_method(&self, method: &str) -> bool {
        self.method == method
    }
}

impl std::fmt::Display for Route {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ", self.method)?;
        for segment in &self.segments {
            match segment {
                Segment::Literal(literal) => write!(formatter, "/{literal}")?,
                Segment::Any => formatter.write_str("/{…}")?,
                Segment::Rest => formatter.write_str("/{*…}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_match_by_segment() {
        let route = Route::read("POST", "/fsi/{code}/call").unwrap();
        assert!(route.matches_path("/fsi/1101/call") && route.matches_method("POST"));
        for path in ["/fsi//call", "/fsi/1101", "/fsi/1101/call/x", "/fsi/1101/Call"] {
            assert!(!route.matches_path(path), "{path}");
        }
        let rest = Route::read("GET", "/a/{*rest}").unwrap();
        assert!(rest.matches_path("/a/b/c") && !rest.matches_path("/a") && !rest.matches_method("POST"));
    }

    #[test]
    fn reserved_and_broken_routes_are_refused() {
        for (method, path) in
            [("POST", "/v1/x"), ("POST", "/.well-known/x"), ("LIST", "/x"), ("GET", "x"), ("GET", "/{*a}/b")]
        {
            assert!(Route::read(method, path).is_err(), "{method} {path}");
        }
    }
}
