//! Components made by hand: a core module in WAT becomes a component with the contract's types, or with types
//! that are almost the contract's.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

const MODULE: &str = include_str!("adapter.wat");
const CONTRACT: &str = include_str!("../../../wit/adapter.wit");
/// Where `describe` says its answer is.
const DESCRIPTION_AT: u32 = 1024;

/// The smallest adapter, and what is changed in it.
#[derive(Clone)]
pub(crate) struct Handmade {
    module: String,
    contract: String,
    description: Description,
}

impl Handmade {
    /// Nothing is wrong with it.
    pub(crate) fn new() -> Self {
        let (module, contract) = (MODULE.to_owned(), CONTRACT.to_owned());
        Self { module, contract, description: Description::default() }
    }

    /// Puts something in a marked place of the module: `imports`, `items`, `realloc`, `describe`, `start`.
    pub(crate) fn with(self, place: &str, wat: &str) -> Self {
        self.instead_of(&format!("(;{place};)"), wat)
    }

    /// Replaces a part of the module.
    pub(crate) fn instead_of(mut self, part: &str, wat: &str) -> Self {
        assert!(self.module.contains(part), "no `{part}` in adapter.wat");
        self.module = self.module.replace(part, wat);
        self
    }

    /// Replaces a part of the contract it is built for.
    pub(crate) fn for_contract(mut self, part: &str, other: &str) -> Self {
        assert!(self.contract.contains(part), "no `{part}` in adapter.wit");
        self.contract = self.contract.replace(part, other);
        self.module = self.module.replace(part, other);
        self
    }

    /// Changes what it says of itself.
    pub(crate) fn described(mut self, change: impl FnOnce(&mut Description)) -> Self {
        change(&mut self.description);
        self
    }

    /// The component's bytes.
    pub(crate) fn build(self) -> Vec<u8> {
        let data =
            format!("(data (i32.const {DESCRIPTION_AT}) \"{}\")", escaped(&self.description.laid_out()));
        let mut module = wat::parse_str(self.module.replace("(;data;)", &data)).unwrap();
        let mut resolve = Resolve::default();
        let package = resolve.push_source("adapter.wit", &self.contract).unwrap();
        let world = resolve.select_world(&[package], Some("adapter")).unwrap();
        embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
        ComponentEncoder::default().module(&module).unwrap().encode().unwrap()
    }
}

/// A component in WAT as it stands.
pub(crate) fn component(wat: &str) -> Vec<u8> {
    wat::parse_str(wat).unwrap()
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// What `describe` answers, as far as the tests change it.
#[derive(Clone)]
pub(crate) struct Description {
    pub(crate) name: Vec<u8>,
    pub(crate) settings_schema: Vec<u8>,
    pub(crate) needs: Vec<&'static str>,
    /// A use, by its place in the contract's list, of one key called `key`.
    pub(crate) key_use: Option<u8>,
    pub(crate) routes: Vec<(&'static str, &'static str)>,
}

impl Default for Description {
    fn default() -> Self {
        let (name, settings_schema) = (b"handmade".to_vec(), b"{}".to_vec());
        Self { name, settings_schema, needs: Vec::new(), key_use: None, routes: Vec::new() }
    }
}

impl Description {
    /// The record in memory as the canonical ABI lays it out: what it points to comes after it.
    fn laid_out(&self) -> Vec<u8> {
        let mut room = Room { bytes: vec![0; 76] };
        let keys: Vec<Vec<u8>> = self
            .key_use
            .iter()
            .map(|used| [room.put(b"key", 3), room.put(&[*used], 1), room.put(b"", 0)].concat())
            .collect();
        let routes: Vec<Vec<u8>> = self
            .routes
            .iter()
            .map(|(method, path)| {
                [room.put(method.as_bytes(), method.len()), room.put(path.as_bytes(), path.len())].concat()
            })
            .collect();
        let needs: Vec<Vec<u8>> =
            self.needs.iter().map(|need| room.put(need.as_bytes(), need.len())).collect();
        for (field, bytes, length) in [
            (0, &self.name, self.name.len()),
            (8, &b"1".to_vec(), 1),
            (16, &b"none".to_vec(), 4),
            (32, &routes.concat(), routes.len()),
            (40, &self.settings_schema, self.settings_schema.len()),
            (48, &keys.concat(), keys.len()),
            (56, &needs.concat(), needs.len()),
        ] {
            let pair = room.put(bytes, length);
            room.bytes[field..field + 8].copy_from_slice(&pair);
        }
        room.bytes
    }
}

struct Room {
    bytes: Vec<u8>,
}

impl Room {
    /// Appends something and gives its address and its length in elements.
    fn put(&mut self, content: &[u8], length: usize) -> Vec<u8> {
        let aligned = self.bytes.len().next_multiple_of(4);
        self.bytes.resize(aligned, 0);
        let address = DESCRIPTION_AT + u32::try_from(aligned).unwrap();
        self.bytes.extend_from_slice(content);
        [address.to_le_bytes(), u32::try_from(length).unwrap().to_le_bytes()].concat()
    }
}
