//! The cases of the suite against the adapters they are written for, and their form.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's helpers may panic: that is how it fails")]

use std::path::Path;

use yizhan_host::transcript::{Expected, Suite, run};
use yizhan_host::{Engine, EngineLimits, NativeCodeCache, admission};

#[test]
fn every_case_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let built = std::env::var_os("YIZHAN_ADAPTERS").map_or_else(|| root.join("target/adapters"), Into::into);
    let engine = Engine::new(EngineLimits::default()).unwrap();
    let cache = NativeCodeCache::open(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("native-code")).unwrap();
    let mut failed: Vec<String> = Vec::new();
    for name in ["nhsa", "guangdong"] {
        let bytes = std::fs::read(Path::new(&built).join(name).with_extension("wasm")).unwrap();
        let component = admission::admit_for_judgement(&engine, Some(&cache), &bytes).unwrap();
        for entry in std::fs::read_dir(root.join("conformance/cases").join(name)).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let suites =
                Suite::parse_all(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            for suite in suites {
                let adapter = component.for_partner(&suite.settings, suite.keyring()).unwrap();
                for vector in &suite.vectors {
                    let ran = run(&*adapter, vector);
                    if !ran.differences.is_empty() {
                        failed.push(format!("{}/{}: {:#?}", suite.name, vector.name, ran.differences));
                    }
                    assert!(vector.calls.iter().any(|call| call.returns.is_some()), "{}", vector.name);
                }
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// What is written is read again as the same.
#[test]
fn calls_and_results_come_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/cases");
    for name in ["nhsa", "guangdong"] {
        for entry in std::fs::read_dir(root.join(name)).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for expected in Suite::parse_all(&text)
                .unwrap()
                .iter()
                .flat_map(|suite| &suite.vectors)
                .flat_map(|it| &it.calls)
            {
                let mut members = expected.call.write().pretty();
                members.truncate(members.trim_end().len() - 1);
                let returns =
                    expected.returns.as_ref().map_or_else(|| "null".to_owned(), |it| it.write().compact());
                let again = match &expected.returns {
                    Some(_) => Expected::parse(&format!("{members},\"expect\":{returns}}}")),
                    None => Expected::parse(&format!("{members}}}")),
                }
                .unwrap();
                assert_eq!((&again.call, &again.returns), (&expected.call, &expected.returns));
            }
        }
    }
}
