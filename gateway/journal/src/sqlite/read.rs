//! A reader: it sees what was committed, and never waits for the writer.

use rusqlite::types::ToSql;
use rusqlite::{Connection, OptionalExtension as _};

use super::{fault, rows};
use crate::fault::StoreFault;
use crate::ids::{Epoch, ExchangeId, Millis, ReferenceHash};
use crate::record::{Deed, Exchange, Filter, Paused};
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
        let (page, values) = page(filter, &most);
        self.0
            .prepare(&format!(
                "SELECT {} FROM ({page}) JOIN exchange USING (id) ORDER BY id DESC",
                rows::SHOWN
            ))
            .and_then(|mut statement| statement.query_map(values.as_slice(), rows::exchange)?.collect())
            .map_err(|error| fault(&error))
    }

    fn deeds(&mut self, exchange: Option<ExchangeId>, most: u32) -> Result<Vec<Deed>, StoreFault> {
        let (narrow, values): (_, Vec<&dyn ToSql>) = match &exchange {
            Some(exchange) => ("WHERE exchange = ?", vec![exchange, &most]),
            None => ("", vec![&most]),
        };
        self.0
            .prepare_cached(&format!(
                "SELECT at, who, role, action, exchange, why FROM deed {narrow} ORDER BY number DESC LIMIT ?"
            ))
            .and_then(|mut statement| statement.query_map(values.as_slice(), rows::deed)?.collect())
            .map_err(|error| fault(&error))
    }

    fn paused(&mut self) -> Result<Vec<Paused>, StoreFault> {
        self.0
            .prepare_cached("SELECT partner, since FROM pause ORDER BY partner")
            .and_then(|mut statement| {
                let paused =
                    |row: &rusqlite::Row<'_>| Ok(Paused { partner: row.get(0)?, since: row.get(1)? });
                statement.query_map([], paused)?.collect()
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
            .and_then(|pages| Ok(((pages - pragma("freelist_count")?) * pragma("page_size")?).unsigned_abs()))
            .map_err(|error| fault(&error))
    }
}

/// The numbers of one page. Each thing that is looked for has an index in the order of the page, and several are
/// merged in that order: so a page costs no more than walking two indexes, however rare what is looked for is.
fn page<'a>(filter: &'a Filter, most: &'a u32) -> (String, Vec<&'a dyn ToSql>) {
    let bounds = [
        (filter.since.map(first_id), "id >= "),
        (filter.until.map(first_id), "id < "),
        (filter.before, "id < "),
    ];
    let bounds: Vec<String> = bounds
        .into_iter()
        .filter_map(|(bound, is)| Some(format!("{is}x'{}'", hex::encode(bound?.bytes()))))
        .collect();
    let narrowing = [
        (sql(&filter.target), "SELECT id FROM exchange INDEXED BY exchange_by_target WHERE target = ?"),
        (sql(&filter.state), "SELECT id FROM exchange INDEXED BY exchange_by_state WHERE state = ?"),
        (
            sql(&filter.operation),
            "SELECT id FROM exchange INDEXED BY exchange_by_operation WHERE operation = ?",
        ),
        (sql(&filter.person), "SELECT id FROM (SELECT exchange AS id FROM person WHERE hash = ?) WHERE true"),
    ];
    let (mut values, mut wanted) = (Vec::new(), Vec::new());
    for (value, narrow) in narrowing {
        if let Some(value) = value {
            values.push(value);
            wanted.push(narrow);
        }
    }
    if wanted.is_empty() {
        wanted.push("SELECT id FROM exchange WHERE true");
    }
    let within: String = bounds.iter().map(|bound| format!(" AND {bound}")).collect();
    let wanted: Vec<String> = wanted.into_iter().map(|wanted| format!("{wanted}{within}")).collect();
    values.push(most);
    (format!("{} ORDER BY id DESC LIMIT ?", wanted.join(" INTERSECT ")), values)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PersonHash;
    use crate::record::State;
    use crate::sqlite::File;

    /// How SQLite goes about a page.
    fn plan(reader: &Reader, filter: &Filter) -> Vec<String> {
        let (page, values) = page(filter, &50);
        let mut statement = reader
            .0
            .prepare(&format!(
                "EXPLAIN QUERY PLAN SELECT {} FROM ({page}) JOIN exchange USING (id) ORDER BY id DESC",
                rows::SHOWN
            ))
            .unwrap();
        let lines = statement.query_map(values.as_slice(), |row| row.get(3)).unwrap();
        lines.collect::<rusqlite::Result<_>>().unwrap()
    }

    #[test]
    fn a_page_walks_indexes_whatever_is_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let (file, _writer) = File::open(&folder.path().join("journal.db"), None).unwrap();
        let reader = file.reader().unwrap();
        let (target, operation) = (Some("guangdong".to_owned()), Some("settlement.commit".to_owned()));
        let (state, person) = (Some(State::Unresolved), Some(PersonHash([1; 32])));
        for chosen in 0..16_u32 {
            for within in [None, Some(Millis(1_767_321_045_000))] {
                let chosen = |bit: u32| chosen & bit > 0;
                let filter = Filter {
                    target: target.clone().filter(|_| chosen(1)),
                    operation: operation.clone().filter(|_| chosen(2)),
                    state: state.filter(|_| chosen(4)),
                    person: person.filter(|_| chosen(8)),
                    since: within,
                    until: within,
                    before: within.map(first_id),
                };
                let plan = plan(&reader, &filter);
                let walks = |line: &String| line.starts_with("SEARCH") || line.starts_with("SCAN");
                for line in plan.iter().filter(|line| walks(line)) {
                    // The page itself is scanned, which is what it is for.
                    let by_index =
                        line.contains("USING") || line.contains("(subquery-") || line.contains("PRIMARY KEY");
                    assert!(by_index, "{filter:?}: {plan:?}");
                }
                let sorts = plan.iter().filter(|line| line.contains("TEMP B-TREE FOR ORDER BY")).count();
                assert!(sorts <= 1, "only the page may be sorted, {filter:?}: {plan:?}");
            }
        }
    }
}
