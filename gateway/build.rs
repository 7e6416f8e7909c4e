//! Takes the viewer of the OpenAPI document out of the crate that carries it, so that it is built in. Nothing is
//! fetched: the crate comes with its files, in an archive.

use std::io::Read as _;
use std::path::PathBuf;
use std::{env, fs};

use flate2::bufread::DeflateDecoder;
use rawzip::ZipArchive;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;

/// What `src/publish.rs` builds in.
const FILES: [&str; 2] = ["swagger-ui-bundle.js", "swagger-ui.css"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    for file in FILES {
        fs::write(out.join(file), unpacked(file)?)?;
    }
    Ok(())
}

/// One file of the archive, whole, its checksum verified.
fn unpacked(file: &str) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let archive = ZipArchive::from_slice(SWAGGER_UI_VENDORED)?;
    // Its folder bears the version.
    let ends = format!("/dist/{file}");
    for entry in archive.entries() {
        let entry = entry?;
        if entry.file_path().as_ref().ends_with(ends.as_bytes()) {
            let packed = archive.get_entry(entry.wayfinder())?;
            let mut bytes = Vec::new();
            packed.verifying_reader(DeflateDecoder::new(packed.data())).read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
    }
    Err(format!("the viewer's crate has no {file}").into())
}
