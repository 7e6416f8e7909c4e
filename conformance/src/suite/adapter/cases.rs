//! The cases inside the binary, for closed networks. A test compares this list with the folder.

use yizhan_host::transcript::{Suite, VectorError};

macro_rules! files {
    ($($path:literal)*) => { &[$(($path, include_str!(concat!("../../../cases/", $path)))),*] };
}

/// Path under `conformance/cases/`, and text.
const FILES: &[(&str, &str)] = files![
    "fhir/claims.json"
    "fhir/client.json"
    "fhir/coverage-client.json"
    "fhir/coverage.json"
    "fhir/follow.json"
    "guangdong/bytes-gb18030.json"
    "guangdong/bytes-gbk.json"
    "guangdong/client-acts.json"
    "guangdong/client.json"
    "guangdong/lookup.json"
    "guangdong/settlement.json"
    "guangdong/stays.json"
    "guangdong/visits.json"
    "mutants/reference.json"
    "nhsa/care.json"
    "nhsa/client-acts.json"
    "nhsa/client-sessions.json"
    "nhsa/client.json"
    "nhsa/lookup.json"
    "nhsa/queries.json"
    "nhsa/requests.json"
    "nhsa/sessions.json"
    "nhsa/settlement.json"
    "nhsa/variant.json"
    "yizhan/answers.json"
    "yizhan/commands.json"
    "yizhan/queries.json"
    "yizhan/unknown.json"
];

/// The cases of one dialect's adapter by its name.
///
/// # Errors
/// A file that does not have the form; the suite's tests see that first.
pub fn suites(adapter: &str) -> Result<Vec<Suite>, VectorError> {
    let mut suites = Vec::new();
    for (path, text) in FILES {
        if path.split('/').next() == Some(adapter) {
            suites.append(&mut Suite::parse_all(text)?);
        }
    }
    Ok(suites)
}

#[cfg(test)]
mod tests {
    use super::FILES;

    #[test]
    fn every_case_file_is_inside() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
        let mut found = Vec::new();
        for dialect in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let Ok(files) = std::fs::read_dir(&dialect) else { continue };
            let path = |file: std::path::PathBuf| file.strip_prefix(&folder).unwrap().display().to_string();
            found.extend(files.map(|entry| path(entry.unwrap().path())));
        }
        found.sort();
        assert_eq!(found, FILES.iter().map(|(path, _)| (*path).to_owned()).collect::<Vec<_>>());
    }
}
