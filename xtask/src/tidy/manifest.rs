//! As much of a Cargo.toml as the rules need, read line by line: the manifests are ours and plain.

/// One crate's dependencies and whether it takes the workspace's lints.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    pub(super) dependencies: Vec<Dependency>,
    pub(super) takes_lints: bool,
}

/// One dependency, of whatever kind.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// Of tests, examples and benches alone.
    pub(super) dev: bool,
    pub(super) optional: bool,
}

impl Manifest {
    pub(super) fn parse(text: &str) -> Self {
        let mut manifest = Self::default();
        let mut table = Table::Other;
        for line in lines(text) {
            if let Some(header) = line.strip_prefix('[') {
                table = Table::named(header.trim_end_matches(']'));
                if let Table::One { name, dev } = &table {
                    manifest.dependencies.push(Dependency { name: name.clone(), dev: *dev, optional: false });
                }
                continue;
            }
            match &table {
                Table::Lints => manifest.takes_lints |= compact(line) == "workspace=true",
                Table::Many { dev } => manifest.dependencies.push(Dependency {
                    name: key(line).to_owned(),
                    dev: *dev,
                    optional: is_optional(line),
                }),
                Table::One { .. } => {
                    if let Some(last) = manifest.dependencies.last_mut() {
                        last.optional |= is_optional(line);
                    }
                }
                Table::Other => {}
            }
        }
        manifest
    }
}

/// The folders a workspace's manifest names as its members.
pub(super) fn members(text: &str) -> Vec<String> {
    let members = lines(text).skip_while(|line| !compact(line).starts_with("members=["));
    let mut folders = Vec::new();
    for line in members {
        // Every second piece between quotes is a value.
        folders.extend(line.split('"').skip(1).step_by(2).map(str::to_owned));
        if line.ends_with(']') {
            break;
        }
    }
    folders
}

/// The table a line stands in.
enum Table {
    Lints,
    Many { dev: bool },
    One { name: String, dev: bool },
    Other,
}

impl Table {
    fn named(header: &str) -> Self {
        if header == "lints" {
            return Self::Lints;
        }
        // `target.'cfg(…)'.dependencies` is a table of dependencies like any other.
        let Some(at) = header.find("dependencies") else { return Self::Other };
        let (before, after) = header.split_at(at);
        let dev = before.ends_with("dev-");
        match after.strip_prefix("dependencies.") {
            Some(name) => Self::One { name: name.trim_matches('"').to_owned(), dev },
            None if header.starts_with("workspace.") => Self::Other,
            None => Self::Many { dev },
        }
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn key(line: &str) -> &str {
    line.split(['.', '=', ' ']).next().unwrap_or_default().trim_matches('"')
}

fn is_optional(line: &str) -> bool {
    compact(line).contains("optional=true")
}

fn compact(line: &str) -> String {
    line.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_a_dependency_is_seen() {
        let manifest = Manifest::parse(
            "[dependencies]\na.workspace = true\nb = { workspace = true, optional = true }\n\
             [target.'cfg(unix)'.dependencies]\n# no\nc = \"1\"\n\
             [dependencies.d]\nworkspace = true\noptional = true\n\
             [dev-dependencies]\ne.workspace = true\n[lints]\nworkspace = true\n",
        );
        let seen: Vec<_> =
            manifest.dependencies.iter().map(|d| (d.name.as_str(), d.dev, d.optional)).collect();
        let all = [
            ("a", false, false),
            ("b", false, true),
            ("c", false, false),
            ("d", false, true),
            ("e", true, false),
        ];
        assert_eq!(seen, all);
        assert!(manifest.takes_lints);
    }

    #[test]
    fn members_are_read_over_several_lines() {
        let text = "[workspace]\nmembers = [\n \"a\",\n \"b/c\", # why\n]\ndefault-members = [\"a\"]\n";
        assert_eq!(members(text), ["a", "b/c"]);
    }
}
