//! Who may depend on whom: arrows between crates point downwards only.

use crate::tidy::manifest::Manifest;

const GATEWAY: &str = "yizhan";

/// What a crate may name of ours, outside its tests.
enum Allowed {
    These(&'static [&'static str]),
    /// Behind a feature alone.
    Optionally(&'static [&'static str]),
    /// Stands above everything.
    Anything,
}

/// The whole picture. A new folder needs a line here, and with it a thought.
fn allowed(member: &str) -> Option<Allowed> {
    Some(match member {
        "schemas" | "plugins/sdk" | "gateway/journal" | "xtask" => Allowed::These(&[]),
        "plugins/host" => Allowed::Optionally(&["yizhan-adapter"]),
        "gateway" => Allowed::These(&["yizhan-schemas", "yizhan-host", "yizhan-journal"]),
        "conformance" => Allowed::These(&["yizhan-schemas", "yizhan-host"]),
        "xtask/demo" => Allowed::Anything,
        // Every other plugin is an adapter.
        _ if member.starts_with("plugins/") => Allowed::These(&["yizhan-adapter"]),
        _ => return None,
    })
}

/// What a crate's manifest breaks.
pub(super) fn breaches(member: &str, manifest: &Manifest) -> Vec<String> {
    let mut breaches = Vec::new();
    if !manifest.takes_lints {
        breaches.push(format!("{member}: its Cargo.toml lacks `[lints] workspace = true`"));
    }
    let Some(allowed) = allowed(member) else {
        breaches.push(format!("{member}: no rule says what it may depend on"));
        return breaches;
    };
    for dependency in &manifest.dependencies {
        let name = dependency.name.as_str();
        if name.starts_with("wasmtime") && member != "plugins/host" {
            breaches.push(format!("{member}: names {name}, which only plugins/host knows"));
        }
        // Nobody stands on the gateway, not even in tests; other tests may look sideways.
        if name == GATEWAY && member != "xtask/demo" {
            breaches.push(format!("{member}: depends on the gateway"));
        }
        if dependency.dev || !name.starts_with("yizhan-") {
            continue;
        }
        let (fits, need) = match &allowed {
            Allowed::These(names) => (names.contains(&name), "may not depend on"),
            Allowed::Optionally(names) => {
                (names.contains(&name) && dependency.optional, "may not, or only optionally, depend on")
            }
            Allowed::Anything => (true, ""),
        };
        if !fits {
            breaches.push(format!("{member}: {need} {name}"));
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(member: &str, dependencies: &str) -> Vec<String> {
        breaches(member, &Manifest::parse(&format!("{dependencies}\n[lints]\nworkspace = true\n")))
    }

    #[test]
    fn arrows_downwards_pass() {
        let down = "[dependencies]\nserde = \"1\"\nyizhan-host.workspace = true\n\
                    [dev-dependencies]\nyizhan-conformance.workspace = true";
        assert!(check("gateway", down).is_empty());
        let behind =
            "[dependencies]\nwasmtime = \"48\"\nyizhan-adapter = { workspace = true, optional = true }";
        assert!(check("plugins/host", behind).is_empty());
        assert!(check("plugins/nhsa", "[dependencies]\nyizhan-adapter.workspace = true").is_empty());
    }

    #[test]
    fn every_other_arrow_is_a_breach() {
        for (member, dependency) in [
            ("schemas", "yizhan-host.workspace = true"),
            ("plugins/sdk", "yizhan-schemas.workspace = true"),
            ("plugins/host", "yizhan-adapter.workspace = true"),
            ("plugins/host", "yizhan-schemas = { workspace = true, optional = true }"),
            ("plugins/nhsa", "yizhan-schemas.workspace = true"),
            ("plugins/another", "yizhan-host.workspace = true"),
            ("gateway", "yizhan-conformance.workspace = true"),
            ("conformance", "yizhan = { path = \"../gateway\" }"),
            ("gateway", "wasmtime.workspace = true"),
            ("xtask", "yizhan-schemas.workspace = true"),
            ("somewhere", ""),
        ] {
            let found = check(member, &format!("[dependencies]\n{dependency}"));
            assert_eq!(found.len(), 1, "{member} with `{dependency}`: {found:?}");
        }
    }

    #[test]
    fn lints_are_taken_by_all() {
        assert_eq!(breaches("schemas", &Manifest::default()).len(), 1);
    }
}
