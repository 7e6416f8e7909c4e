//! What a file in git may be: text, or at least nothing a build makes.

use std::path::Path;

/// A file nobody reads in one sitting wants to be two.
const MOST_LINES: usize = 600;

/// How the products of builds and the files of databases begin.
const BINARIES: [(&[u8], &str); 4] = [
    (b"\0asm", "WebAssembly"),
    (b"\x7fELF", "an object file, library or program"),
    (b"!<arch>\n", "a static library"),
    (b"SQLite format 3\0", "a database"),
];
const ENDINGS: [&str; 8] = ["wasm", "cwasm", "so", "a", "o", "rlib", "db", "sqlite"];

/// What a file breaks, if anything.
pub(super) fn breach(file: &str, bytes: &[u8]) -> Option<String> {
    if let Some((_, what)) = BINARIES.iter().find(|(begin, _)| bytes.starts_with(begin)) {
        return Some(format!("{file}: {what} does not belong into git"));
    }
    let ending = Path::new(file).extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if ENDINGS.contains(&ending) {
        return Some(format!("{file}: a .{ending} file does not belong into git"));
    }
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').count();
    (ending == "rs" && lines > MOST_LINES)
        .then(|| format!("{file}: {lines} lines, more than {MOST_LINES}; one concept per file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_build_makes_is_found_by_name_and_by_content() {
        assert!(breach("a/b.wasm", b"").is_some());
        assert!(breach("notes.txt", b"\0asm\x0d\0\x01\0").is_some());
        assert!(breach("lib/x", b"\x7fELF\x02").is_some());
        assert!(breach("x.db", b"text").is_some());
        assert!(breach("README.md", b"plain").is_none());
    }

    #[test]
    fn a_long_file_of_rust_is_a_breach_and_a_long_table_is_not() {
        let long = "\n".repeat(MOST_LINES + 1);
        assert!(breach("src/lib.rs", long.as_bytes()).is_some());
        assert!(breach("table.csv", long.as_bytes()).is_none());
        assert!(breach("src/lib.rs", "\n".repeat(MOST_LINES).as_bytes()).is_none());
    }
}
