//! What an answer repeats of its request: kept by the gateway with the exchange, line by line.

use yizhan_adapter::contract::Context;

use super::request::identifier;
use crate::envelope::Inbound;
use crate::output::Echo;
use crate::transactions::Transaction;

#[derive(Debug)]
pub(super) struct Memo<'a> {
    /// Time of arrival, milliseconds UTC.
    pub(super) received: u64,
    /// None for what was not read as far as its transaction.
    pub(super) transaction: Option<&'static Transaction>,
    pub(super) echo: Echo<'a>,
}

impl<'a> Memo<'a> {
    /// Of a request of which nothing else is known.
    pub(super) fn arrival(context: &Context) -> Self {
        Self { received: context.now, transaction: None, echo: Echo::default() }
    }

    pub(super) fn of(context: &Context, transaction: &'static Transaction, inbound: &'a Inbound<'_>) -> Self {
        let of_kind = |kind| identifier(transaction, inbound, kind).unwrap_or_default();
        Self {
            received: context.now,
            transaction: Some(transaction),
            echo: Echo { person: of_kind("person"), visit: of_kind("visit") },
        }
    }

    pub(super) fn write(&self) -> Vec<u8> {
        let infno = self.transaction.map_or("", |transaction| transaction.infno);
        [&self.received.to_string(), infno, self.echo.person, self.echo.visit].join("\n").into_bytes()
    }

    pub(super) fn read(memo: &'a [u8]) -> Option<Self> {
        let mut lines = std::str::from_utf8(memo).ok()?.split('\n');
        let received = lines.next()?.parse().ok()?;
        let mut line = || lines.next().unwrap_or_default();
        let transaction = Transaction::of_code(line());
        Some(Self { received, transaction, echo: Echo { person: line(), visit: line() } })
    }
}
