//! `init`: a commented `conform.toml`, in the language of whoever asks.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use super::super::language::Language;
use super::{Exit, say, tell};

const ZH: &str = include_str!("../../../conform/conform.zh.toml");
const EN: &str = include_str!("../../../conform/conform.en.toml");

pub(super) fn init(file: &Path, language: Language) -> Exit {
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .and_then(|mut opened| opened.write_all(language.of(ZH, EN).as_bytes()));
    match written {
        Ok(()) => {
            say(&format!("{}: yizhan-conformance doctor {}", file.display(), file.display()));
            Exit::Conformant
        }
        Err(error) => {
            tell(&format!("{}: {error}", file.display()));
            Exit::Configuration
        }
    }
}
