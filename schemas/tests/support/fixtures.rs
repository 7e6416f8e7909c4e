//! A small standard in two versions: 1.1 has everything that may be new.

/// One version's `operations.json`, and its schemas by path.
pub(crate) struct Fixture {
    pub(crate) operations: &'static str,
    pub(crate) files: &'static [(&'static str, &'static str)],
}

macro_rules! fixture {
    ($version:literal, $($path:literal),+) => {
        Fixture {
            operations: include_str!(concat!("../fixtures/", $version, "/operations.json")),
            files: &[$(($path, include_str!(concat!("../fixtures/", $version, "/", $path)))),+],
        }
    };
}

pub(crate) const OLD: Fixture = fixture!(
    "1.0",
    "common/types.schema.json",
    "halls/hall.visit.reply.schema.json",
    "halls/hall.visit.request.schema.json"
);

pub(crate) const NEW: Fixture = fixture!(
    "1.1",
    "common/types.schema.json",
    "halls/hall.rate.reply.schema.json",
    "halls/hall.rate.request.schema.json",
    "halls/hall.visit.reply.schema.json",
    "halls/hall.visit.request.schema.json"
);
