//! What is wrong with a component before any of its code runs.

use yizhan_host::admission::{Interface, admit, interface, read};
use yizhan_host::{AdmissionFault, Engine};

use crate::handmade::{Handmade, component};
use crate::world::{built, roomy};

const LARGEST: usize = 8 << 20;

fn refused(engine: &Engine, bytes: &[u8]) -> AdmissionFault {
    let fault = admit(engine, None, bytes).err().expect("was admitted");
    assert_eq!(engine.instances_in_use(), 0);
    fault
}

/// The component with a section nobody reads, so that it is this long.
fn padded(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    // Id, length in five bytes, and an empty name.
    let content = u32::try_from(length - bytes.len() - 6).unwrap();
    bytes.push(0);
    bytes
        .extend((0..5).map(|place| (content >> (7 * place)) as u8 & 0x7f | if place < 4 { 0x80 } else { 0 }));
    bytes.resize(length, 0);
    bytes
}

#[test]
fn the_smallest_adapter_is_admitted() {
    let admitted = admit(&roomy(), None, &Handmade::new().build()).unwrap();
    assert_eq!(admitted.about().name, "handmade");
    assert_eq!(admitted.about().digest.len(), 64);
}

#[test]
fn what_is_no_component() {
    let engine = roomy();
    let mut torn = Handmade::new().build();
    torn.truncate(torn.len() - 40);
    let mut broken = Handmade::new().build();
    let body = broken.windows(4).position(|window| window == [0x00, 0x00, 0x0b, 0x00]);
    let body = body.unwrap_or(broken.len() / 2);
    broken[body..body + 4].fill(0xff);
    for (what, bytes) in [
        ("nothing", Vec::new()),
        ("text", b"adapter".to_vec()),
        ("a core module", wat::parse_str("(module)").unwrap()),
        ("torn", torn),
        ("broken", broken),
    ] {
        let fault = refused(&engine, &bytes);
        assert_eq!(fault.code(), "not-a-component", "{what}: {fault}");
    }
}

#[test]
fn what_imports_anything_else() {
    let engine = roomy();
    for name in [
        "wasi:clocks/wall-clock@0.2.0",
        "wasi:io/streams@0.2.0",
        "wasi:random/random@0.2.0",
        "wasi:cli/environment@0.2.0",
        "env",
        "yizhan:adapters/text@0.9.0",
        "yizhan:adapter/partner@0.9.0",
        "yizhan:adapter/text",
    ] {
        // Behind a module and a component of its own, whose names count for nothing.
        let inner = r#"(core module) (component (import "wasi:inner/x@0.2.0" (instance)))"#;
        let wat = format!(r#"(component {inner} (import "{name}" (instance)))"#);
        assert_eq!(refused(&engine, &component(&wat)), AdmissionFault::ForeignImport(name.to_owned()));
    }
    let function = component(r#"(component (import "exit" (func)))"#);
    assert_eq!(refused(&engine, &function), AdmissionFault::ForeignImport("exit".to_owned()));
    let inner = component(r#"(component (component (import "wasi:inner/x@0.2.0" (instance))))"#);
    assert_eq!(refused(&engine, &inner).code(), "missing-export");
}

#[test]
fn what_is_built_for_another_contract() {
    let engine = roomy();
    let older = Handmade::new().for_contract("0.9.0", "0.8.0").build();
    let import = component(r#"(component (import "yizhan:adapter/text@0.8.0" (instance)))"#);
    let later = component(r#"(component (import "yizhan:adapter/text@0.9.1" (instance)))"#);
    for (bytes, found) in [
        (older, "yizhan:adapter/types@0.8.0"),
        (import, "yizhan:adapter/text@0.8.0"),
        (later, "yizhan:adapter/text@0.9.1"),
    ] {
        let fault = refused(&engine, &bytes);
        assert_eq!(fault, AdmissionFault::WrongContractVersion { found: found.to_owned(), ours: "0.9.0" });
    }
}

#[test]
fn what_lacks_an_export() {
    let engine = roomy();
    let names =
        ["about", "partner", "requester", "framing"].map(|name| format!("yizhan:adapter/{name}@0.9.0"));
    for missing in &names {
        let there = names.iter().filter(|name| *name != missing);
        let exports: String = there.map(|name| format!(r#"(export "{name}" (instance $none))"#)).collect();
        let bytes = component(&format!("(component (instance $none) {exports})"));
        assert_eq!(refused(&engine, &bytes), AdmissionFault::MissingExport(missing.clone()));
    }
    assert_eq!(refused(&engine, &component("(component)")).code(), "missing-export");
}

#[test]
fn what_has_other_types() {
    let engine = roomy();
    let names = ["about", "partner", "requester", "framing"];
    let exports: String =
        names.map(|name| format!(r#"(export "yizhan:adapter/{name}@0.9.0" (instance $none))"#)).concat();
    let empty = component(&format!("(component (instance $none) {exports})"));
    let result =
        Handmade::new().for_contract("describe: func() -> description;", "describe: func() -> string;");
    let field = Handmade::new().for_contract("state-version: u32,", "state-version: s32,");
    let imported = |wat: &str| Handmade::new().with("imports", wat);
    let argument = imported(r#"(import "yizhan:adapter/settings@0.9.0" "get" (func (param i32 i32)))"#)
        .for_contract(
            "get: func(path: string) -> option<string>;",
            "get: func(path: u32) -> option<string>;",
        );
    let more = imported(r#"(import "yizhan:adapter/notes@0.9.0" "now" (func (result i64)))"#)
        .for_contract("note: func(code: string, detail: string);", "now: func() -> u64;");
    for (what, bytes) in [
        ("empty instances", empty),
        ("another result", result.build()),
        ("another field", field.build()),
        ("another argument", argument.build()),
        ("a function more", more.build()),
    ] {
        let fault = refused(&engine, &bytes);
        assert_eq!(fault.code(), "wrong-types", "{what}: {fault}");
    }
}

#[test]
fn what_is_too_large() {
    let engine = roomy();
    let largest = padded(Handmade::new().build(), LARGEST);
    assert!(admit(&engine, None, &largest).is_ok());
    let larger = padded(Handmade::new().build(), LARGEST + 1);
    let fault = AdmissionFault::TooLarge { bytes: LARGEST as u64 + 1, cap: LARGEST as u64 };
    assert_eq!(refused(&engine, &larger), fault);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("larger.wasm");
    std::fs::write(&file, larger).unwrap();
    assert_eq!(read(&file), Err(fault));
    assert_eq!(read(&folder.path().join("absent.wasm")).unwrap_err().code(), "unreadable");
}

#[test]
fn what_wants_too_much_from_the_beginning() {
    let engine = roomy();
    let memory = |pages: u32| Handmade::new().instead_of("\"memory\") 1", &format!("\"memory\") {pages}"));
    let items = |wat: &str| Handmade::new().with("items", wat);
    // An empty core module, and nine instances of it.
    let many = [&[1, 8][..], b"\0asm\x01\0\0\0", &[2, 28, 9], &[0, 1, 0].repeat(9)].concat();
    assert!(admit(&engine, None, &memory(256).build()).is_ok(), "16 MiB may be had");
    for (what, bytes) in [
        ("memory", memory(257).build()),
        ("memories", items("(memory 1)").build()),
        ("table", items("(table 10001 funcref)").build()),
        ("tables", items(&"(table 1 funcref)".repeat(5)).build()),
        ("instances", [Handmade::new().build(), many].concat()),
    ] {
        let fault = refused(&engine, &bytes);
        assert_eq!(fault.code(), "too-greedy", "{what}: {fault}");
    }
}

#[test]
fn the_adapters_of_this_workspace_import_nothing_but_the_contract() {
    for name in ["nhsa", "guangdong", "hostile"] {
        let Interface { imports, exports } = interface(&built(name)).unwrap();
        let ours = |import: &String| import.starts_with("yizhan:adapter/") && import.ends_with("@0.9.0");
        assert!(!imports.is_empty() && imports.iter().all(ours), "{name}: {imports:?}");
        assert_eq!(exports.len(), 4, "{name}: {exports:?}");
    }
}
