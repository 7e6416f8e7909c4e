//! A unified reply as the `output` of its transaction.

use yizhan_adapter::contract::{Fault, Loss};
use yizhan_adapter::fault;
use yizhan_adapter::json::{Value, parse_strict};
use yizhan_adapter::unified::{
    CommitReply, FeesUploadReply, IssuedIdentifier, LookupReply, QuoteReply, RegisterReply,
    SettlementCancelReply,
};

use super::{money, person};
use crate::charset::{Culprit, Message};
use crate::losses::{Carried, losses};
use crate::settings::Settings;
use crate::transaction::Transaction;

/// A reply that was read: what it answers, and whom it is about.
pub(super) struct Telling<'a> {
    pub(super) settings: &'a Settings,
    pub(super) transaction: Transaction,
    /// The number the request asked about.
    pub(super) asked: &'a str,
    pub(super) reply: &'a Value<'a>,
}

impl Telling<'_> {
    /// The transid that takes this act back, where it is the batch's own: 0302 calls a batch by it.
    pub(super) fn transid(&self) -> Option<&str> {
        let batch = self.reply.at("/batch/id").and_then(Value::as_text);
        batch.filter(|_| self.transaction == Transaction::UploadFees)
    }

    /// Writes the `output`, and tells what it has no field for.
    ///
    /// # Errors
    /// `malformed` where the reply is not one of this operation.
    pub(super) fn write(&self, native: &mut Message) -> Result<Vec<Loss>, Fault> {
        if self.transaction == Transaction::Identify {
            return self.identified(native);
        }
        let mut carried = Carried::default();
        native.tag("<output>");
        self.fields(native, &mut carried)?;
        native.tag("</output>");
        let reason = ["the output of ", self.transaction.code(), " has no field for it"].concat();
        Ok(losses(carried.lost(self.reply), &reason))
    }

    fn identified(&self, native: &mut Message) -> Result<Vec<Loss>, Fault> {
        let reply = LookupReply::read(self.reply)?;
        person::write(native, &reply, self.asked);
        let mut losses = person::losses(&reply, self.asked);
        if self.reply.get("extensions").is_some() {
            losses.push(person::loss("/extensions"));
        }
        Ok(losses)
    }

    fn fields(&self, native: &mut Message, carried: &mut Carried) -> Result<(), Fault> {
        carried.add(&["/visit"]);
        match self.transaction {
            Transaction::Identify => Ok(()),
            Transaction::Register => {
                let reply = RegisterReply::read(self.reply)?;
                native.field("ykc700", &reply.visit.id);
                native.field("akc190", reply.local_number.as_deref().unwrap_or_default());
                carried.add(&["/localNumber"]);
                Ok(())
            }
            Transaction::UploadFees => {
                let reply = FeesUploadReply::read(self.reply)?;
                native.field("ykc700", &reply.visit.id);
                carried.add(&["/batch"]);
                Ok(())
            }
            Transaction::Quote => {
                let reply = QuoteReply::read(self.reply)?;
                native.field("ykc700", id(reply.visit.as_ref()));
                money::write(native, self.settings, &reply.amounts, carried)
            }
            Transaction::Settle => {
                let reply = CommitReply::read(self.reply)?;
                native.field("ykc700", id(reply.visit.as_ref())).field("ykc618", &reply.settlement.id);
                carried.add(&["/settlement"]);
                money::write(native, self.settings, &reply.amounts, carried)
            }
            Transaction::CancelSettlement => {
                let reply = SettlementCancelReply::read(self.reply)?;
                native.field("ykc700", id(reply.visit.as_ref())).field("ykc618", &reply.settlement.id);
                carried.add(&["/settlement"]);
                money::write(native, self.settings, &reply.amounts, carried)
            }
            Transaction::Amend
            | Transaction::CancelVisit
            | Transaction::Discharge
            | Transaction::CancelDischarge
            | Transaction::CancelFees => {
                let visit = self.reply.at("/visit/id").and_then(Value::as_text);
                native.field("ykc700", visit.ok_or_else(|| fault::malformed("a reply without a visit"))?);
                Ok(())
            }
        }
    }

    /// The fault of a field with a character that has no place in the dialect.
    pub(super) fn unwritable(&self, culprit: Culprit) -> Fault {
        let reply = LookupReply::read(self.reply);
        let pointer = match (self.transaction, culprit.field, reply) {
            (Transaction::Identify, field, Ok(reply)) => person::pointer(&reply, field),
            (_, "transid", _) => Some("/batch/id".to_owned()),
            (_, "ykc700", _) => Some("/visit/id".to_owned()),
            (_, "ykc618", _) => Some("/settlement/id".to_owned()),
            (_, "akc190", _) => Some("/localNumber".to_owned()),
            _ => None,
        };
        Fault {
            pointer,
            ..fault::inexpressible("", "a character that the requester's charset does not have")
        }
    }
}

/// The unified message of a reply.
///
/// # Errors
/// `malformed` for what is not JSON.
pub(super) fn parse(message: &str) -> Result<Value<'_>, Fault> {
    parse_strict(message).map_err(|_| fault::malformed("the unified message is not JSON"))
}

fn id<'a>(identifier: Option<&'a IssuedIdentifier<'_>>) -> &'a str {
    identifier.map(|it| it.id.as_ref()).unwrap_or_default()
}
