//! A reader: it sees what was committed, and never waits for the writer.

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension as _};

use super::{fault, rows};
use crate::fault::StoreFault;
use crate::ids::{Epoch, ExchangeId, Millis, ReferenceHash};
use crate::record::{Deed, Exchange, Filter};
use crate::store::{By, Reads, Row};

/// One connection that only reads.
pub(crate) struct Reader(Connection);

impl Reader {
    pub(super) fn new(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(32);
        Self(connection)
    }
}

impl Reads for Reader {
    fn exchange(&mut self, by: By) -> Result<Option<Row>, StoreFault> {
        let (column, value): (_, &dyn ToSql) = match &by {
            By::Id(id) => ("id", id),
            By::Key(key) => ("key", key),
        };
        self.0
            .prepare_cached(&format!(
                "SELECT {}, {} FROM exchange WHERE {column} = ?1",
                rows::SHOWN,
                rows::SEALED
            ))
            .and_then(|mut statement| statement.query_row([value], rows::whole).optional())
            .map_err(|error| fault(&error))
    }

    fn reference(&mut self, key: ReferenceHash) -> Result<Option<(ExchangeId, Vec<u8>)>, StoreFault> {
        self.0
            .prepare_cached("SELECT exchange, note FROM reference WHERE key = ?1")
            .and_then(|mut statement| {
                statement.query_row([key], |row| Ok((row.get(0)?, row.get(1)?))).optional()
            })
            .map_err(|error| fault(&error))
    }

    fn under_way(&mut self, owner: Epoch) -> Result<Vec<Row>, StoreFault> {
        self.0
            .prepare_cached(&format!(
                "SELECT {}, {} FROM exchange WHERE state IN (0, 1, 2) AND owner = ?1 ORDER BY id",
                rows::SHOWN,
                rows::SEALED
            ))
            .and_then(|mut statement| statement.query_map([owner], rows::whole)?.collect())
            .map_err(|error| fault(&error))
    }

    fn follow_ups(&mut self, of: ExchangeId) -> Result<Vec<Exchange>, StoreFault> {
        self.0
            .prepare_cached(&format!("SELECT {} FROM exchange WHERE about = ?1 ORDER BY id", rows::SHOWN))
            .and_then(|mut statement| statement.query_map([of], rows::exchange)?.collect())
            .map_err(|error| fault(&error))
    }

    fn list(&mut self, filter: &Filter, most: u32) -> Result<Vec<Exchange>, StoreFault> {
        let (since, until) = (filter.since.map(first_id), filter.until.map(first_id));
        let person = "id IN (SELECT exchange FROM person WHERE hash = ?)";
        let narrowing = [
            (sql(&filter.target), "target = ?"),
            (sql(&filter.state), "state = ?"),
            (sql(&filter.operation), "operation = ?"),
            (sql(&filter.person), person),
            (sql(&since), "id >= ?"),
            (sql(&until), "id < ?"),
            (sql(&filter.before), "id < ?"),
        ];
        let wanted: Vec<_> =
            narrowing.into_iter().filter_map(|(value, narrow)| Some((value?, narrow))).collect();
        let narrow: String = wanted.iter().map(|(_, narrow)| format!(" AND {narrow}")).collect();
        let mut values: Vec<&dyn ToSql> = wanted.iter().map(|(value, _)| *value).collect();
        values.push(&most);
        self.0
            .prepare_cached(&format!(
                "SELECT {} FROM exchange WHERE true{narrow} ORDER BY id DESC LIMIT ?",
                rows::SHOWN
            ))
            .and_then(|mut statement| statement.query_map(values.as_slice(), rows::exchange)?.collect())
            .map_err(|error| fault(&error))
    }

    fn deeds(&mut self, exchange: Option<ExchangeId>, most: u32) -> Result<Vec<Deed>, StoreFault> {
        self.0
            .prepare_cached(
                "SELECT at, who, role, action, exchange, why FROM deed WHERE ?1 IS NULL OR exchange = ?1 \
                 ORDER BY number DESC LIMIT ?2",
            )
            .and_then(|mut statement| {
                statement.query_map(rusqlite::params![exchange, most], rows::deed)?.collect()
            })
            .map_err(|error| fault(&error))
    }

    fn day_key(&mut self, day: u32) -> Result<Option<Vec<u8>>, StoreFault> {
        self.0
            .prepare_cached("SELECT wrapped FROM day_key WHERE day = ?1")
            .and_then(|mut statement| statement.query_row([day], |row| row.get(0)).optional())
            .map_err(|error| fault(&error))
    }

    fn bytes(&mut self) -> Result<u64, StoreFault> {
        let pragma = |name| self.0.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        pragma("page_count")
            .and_then(|pages| Ok((pages * pragma("page_size")?).unsigned_abs()))
            .map_err(|error| fault(&error))
    }
}

fn sql<T: ToSql>(value: &Option<T>) -> Option<&dyn ToSql> {
    value.as_ref().map(|value| value as &dyn ToSql)
}

/// The smallest number an exchange of this moment can have: numbers grow with time.
fn first_id(at: Millis) -> ExchangeId {
    let mut bytes = [0; 16];
    for (byte, from) in bytes.iter_mut().zip(at.0.to_be_bytes().into_iter().skip(2)) {
        *byte = from;
    }
    ExchangeId::from_bytes(bytes)
}
