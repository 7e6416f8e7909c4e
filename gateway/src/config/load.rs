//! Reads the directory: `yizhan.toml`, then `partners/*.toml`, then what they say about each other.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::de::DeTable;
use yizhan_schemas::Standard;

use super::codes::Code;
use super::files::{self, FILE_LIMIT, Files};
use super::gateway_file::{self, GatewayFile};
use super::partner_file::{self, Context, PartnerDraft};
use super::problem::{Problem, Problems, Sink};
use super::reader::Reader;
use super::secret::GATEWAY;
use super::source::{Source, Spot};
use super::{Adapters, Config, Partner, PartnerName, check};

/// The main file.
const MAIN: &str = "yizhan.toml";
/// The directory of partners beside it.
const PARTNERS: &str = "partners";

/// Reads and checks a configuration: `path` is `yizhan.toml`, or the directory it is in.
///
/// Certificates, revocation lists, keys and secrets are read too, so that a configuration that loads can be
/// served. Nothing is kept open, and nothing is changed.
///
/// # Errors
///
/// Everything that is wrong with any of the files, at once; of a file that is no TOML, the first syntax error.
pub fn load(path: &Path) -> Result<Config, Problems> {
    load_or_part(path).map_err(|(problems, _)| problems)
}

/// What can be looked into although something is wrong with the rest.
#[derive(Debug, Default)]
pub struct Part {
    /// Where the adapters are.
    pub adapters: Option<Adapters>,
    /// The partners whose files can be read.
    pub partners: Vec<Partner>,
}

/// As [`load`]; with what could be read where not everything could.
///
/// # Errors
///
/// As [`load`].
pub fn load_or_part(path: &Path) -> Result<Config, (Problems, Part)> {
    let main = if path.is_dir() { path.join(MAIN) } else { path.to_owned() };
    let sink = Sink::default();
    let config = read(&main, &sink);
    let problems = sink.into_problems();
    match config {
        Ok(config) if problems.is_empty() => Ok(config),
        Ok(config) => Err((problems, Part { adapters: Some(config.adapters), partners: config.partners })),
        Err(part) => Err((problems, part)),
    }
}

fn read(main: &Path, sink: &Sink) -> Result<Config, Part> {
    let standard = match Standard::embedded() {
        Ok(standard) => standard,
        Err(error) => {
            let message = format!("the standard built into this gateway cannot be used: {error}");
            sink.report(Problem::of_file(shown(main), 0, Code::Unreadable, message));
            return Err(Part::default());
        }
    };
    let files = Files { root: main.parent().map(Path::to_owned).unwrap_or_default() };
    let gateway = document(main, 0, gateway_file::KEYS, sink, |reader| gateway_file::read(reader, &files));

    let context = Context { files: &files, standard, sink };
    let mut partners = BTreeMap::new();
    for (index, path) in partner_files(&files.root.join(PARTNERS), sink).into_iter().enumerate() {
        if let Some(draft) = partner(&path, index + 2, &context) {
            partners.insert(draft.name.clone(), draft);
        }
    }

    check::partners(&partners, gateway.as_ref(), sink);
    match gateway {
        Some(gateway) => finish(gateway, partners, standard, sink),
        None => Err(Part { adapters: None, partners: readable(partners).collect() }),
    }
}

/// The files of all partners, by name.
fn partner_files(directory: &Path, sink: &Sink) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = match entries {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("the directory of partners cannot be read: {}", files::because(&error));
            sink.report(Problem::of_file(shown(directory), 1, Code::Unreadable, message));
            return Vec::new();
        }
    };
    // Hidden ones belong to editors.
    let is_partner = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.ends_with(".toml") && !name.starts_with('.')
    };
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).filter(is_partner).collect();
    paths.sort();
    paths
}

fn partner(path: &Path, rank: usize, context: &Context<'_>) -> Option<PartnerDraft> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let name = PartnerName::new(&stem).filter(|name| name.as_ref() != GATEWAY);
    if name.is_none() {
        let message = format!("`{}` cannot be a partner's name", stem.escape_debug());
        let problem = Problem::of_file(shown(path), rank, Code::PartnerName, message)
            .help("a file is named a-z, 0-9 and -, at most 63, but not `gateway`, then .toml".to_owned());
        context.sink.report(problem);
    }
    let name = name?;
    let draft = document(path, rank, partner_file::KEYS, context.sink, |reader| {
        partner_file::read(name.clone(), reader, context)
    });
    Some(draft.unwrap_or(PartnerDraft { name, facts: None, partner: None }))
}

/// Reads a file as TOML and hands its fields out.
fn document<T>(
    path: &Path,
    rank: usize,
    keys: &'static [&'static str],
    sink: &Sink,
    read: impl FnOnce(Reader<'_>) -> T,
) -> Option<T> {
    let whole = |code, message| {
        sink.report(Problem::of_file(shown(path), rank, code, message));
        None
    };
    let bytes = match files::read(path, FILE_LIMIT) {
        Ok(bytes) => bytes,
        Err(why) => return whole(Code::Unreadable, format!("the file cannot be read: {why}")),
    };
    let (text, broken) = match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(at))
        }
    };
    // A mark at the beginning would count as a character of the first line.
    let (text, broken) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest.to_owned(), broken.map(|at| at.saturating_sub('\u{feff}'.len_utf8()))),
        None => (text, broken),
    };
    let source = Arc::new(Source::new(shown(path), rank, text));
    let at = |span: std::ops::Range<usize>| {
        source.hide_line(span.start);
        Spot { source: Arc::clone(&source), span }
    };
    if let Some(offset) = broken {
        let spot = at(offset..offset + char::REPLACEMENT_CHARACTER.len_utf8());
        sink.report(spot.problem(Code::NotUtf8, "the file is not UTF-8").label("from here on"));
        return None;
    }
    match DeTable::parse(source.text()) {
        Ok(table) => {
            source.hide_texts(table.get_ref());
            Some(read(Reader::document(&source, table.get_ref(), keys, sink)))
        }
        Err(error) => {
            let spot = at(error.span().unwrap_or_default());
            sink.report(spot.problem(Code::Syntax, "the file is not TOML").label(error.message()));
            None
        }
    }
}

fn finish(
    gateway: GatewayFile,
    drafts: BTreeMap<PartnerName, PartnerDraft>,
    standard: &Standard,
    sink: &Sink,
) -> Result<Config, Part> {
    // All are looked up before any is given up.
    let grants: Vec<_> = gateway
        .grants
        .into_iter()
        .map(|draft| draft.map(|draft| draft.resolve(&drafts, standard, sink)))
        .collect();
    let count = drafts.len();
    let partners: Vec<_> = readable(drafts).collect();
    let kept = (gateway.journal, gateway.operators);
    let own = (gateway.name, gateway.listen, gateway.limits, gateway.cache, kept, gateway.adapters);
    match (own, grants.into_iter().collect()) {
        (
            (
                Some(name),
                Some(listen),
                Some(limits),
                Some(cache),
                (Some(journal), Some(operators)),
                Some(adapters),
            ),
            Some(grants),
        ) if partners.len() == count => {
            Ok(Config { name, listen, limits, cache, adapters, journal, operators, grants, partners })
        }
        ((.., adapters), _) => Err(Part { adapters, partners }),
    }
}

fn readable(drafts: BTreeMap<PartnerName, PartnerDraft>) -> impl Iterator<Item = Partner> {
    drafts.into_values().filter_map(|draft| draft.partner)
}

fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
