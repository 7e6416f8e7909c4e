//! What a yes comes to: the unified reply, what is left for later exchanges, and what would take the act back.

use std::borrow::Cow;

use yizhan_adapter::contract::{Fault, Loss};
use yizhan_adapter::fault;
use yizhan_adapter::json::parse_strict;
use yizhan_adapter::unified::{
    AmendReply, Amounts, AmountsKind, CommitReply, DischargeReply, FeesUploadReply, IssuedIdentifier,
    QuoteReply, RegisterReply, SettlementCancelReply, VisitCancelReply,
};
use yizhan_adapter::xml::Element;

use super::answer::Said;
use super::money;
use super::note::Note;
use super::person;
use super::plan::Subject;
use super::state::{Told, Undo};
use super::undo;
use crate::settings::Settings;
use crate::soap::field;
use crate::transaction::Transaction;

/// A yes, read.
#[derive(Debug)]
pub(super) struct Yes {
    /// The reply; what is wrong where there is none.
    pub(super) told: Result<Told, Fault>,
    /// What takes the act back, where the answer says enough for it.
    pub(super) undo: Option<Undo>,
    pub(super) lost: Vec<Loss>,
    /// Remarks for the record: a code, and the field it is about.
    pub(super) notes: Vec<(&'static str, &'static str)>,
}

/// Reads what the partner said to this transaction.
pub(super) fn read(
    settings: &Settings,
    transaction: Transaction,
    subject: &Subject,
    handled: &str,
    said: &Said<'_, '_>,
) -> Yes {
    let reader = Reader { settings, subject, said, lost: Vec::new(), notes: Vec::new() };
    reader.read(transaction, handled)
}

/// The reply that needs nothing of the partner's answer.
///
/// # Errors
/// `unreadable` where there is none.
pub(super) fn plain(settings: &Settings, transaction: Transaction, subject: &Subject) -> Result<Told, Fault> {
    let said = Said { transid: "", output: None };
    read(settings, transaction, subject, "", &said).told
}

/// The amounts contradict each other.
const CONTRADICTION: &str = "amounts-contradict";

/// Fields of an output that the standard has no member for (domain 4.1).
const UNTOLD: [&str; 6] = ["akc200", "yka430", "yka431", "yka432", "yka433", "yka434"];

struct Reader<'a, 'e, 'x> {
    settings: &'a Settings,
    subject: &'a Subject,
    said: &'a Said<'e, 'x>,
    lost: Vec<Loss>,
    notes: Vec<(&'static str, &'static str)>,
}

impl Reader<'_, '_, '_> {
    fn read(mut self, transaction: Transaction, handled: &str) -> Yes {
        let told = match transaction {
            Transaction::Identify => self.identified(),
            Transaction::Register => self.registered(),
            Transaction::Quote => self.quoted(),
            Transaction::Settle => self.settled(),
            Transaction::CancelSettlement => self.settlement_cancelled(),
            Transaction::UploadFees => self.uploaded(),
            Transaction::Amend => Ok(plainly(AmendReply { visit: self.visit(), amended_at: None }.write())),
            Transaction::Discharge => {
                Ok(plainly(DischargeReply { visit: self.visit(), discharged_at: None }.write()))
            }
            Transaction::CancelVisit | Transaction::CancelDischarge | Transaction::CancelFees => {
                Ok(plainly(VisitCancelReply { visit: self.visit(), cancelled_at: None }.write()))
            }
        };
        let undo = undo::of_answer(transaction, self.subject, &self.names(), handled);
        Yes { told, undo, lost: self.lost, notes: self.notes }
    }

    /// What the answer calls things.
    fn names(&self) -> undo::Names<'_> {
        undo::Names {
            transid: self.said.transid,
            visit: self.output("ykc700").unwrap_or_default(),
            settlement: self.output("ykc618").unwrap_or_default(),
        }
    }

    fn output(&self, name: &str) -> Result<&str, Fault> {
        self.said.output.map_or(Ok(""), |output| field(output, name).map_err(fault::unreadable))
    }

    fn whole_output(&self) -> Result<&Element<'_>, Fault> {
        self.said.output.ok_or_else(|| fault::unreadable("a result without output"))
    }

    fn identified(&mut self) -> Result<Told, Fault> {
        let (reply, mut lost) = person::read(self.settings, self.whole_output()?)?;
        self.lost.append(&mut lost);
        Ok(plainly(reply))
    }

    fn registered(&mut self) -> Result<Told, Fault> {
        let visit = self.needed("ykc700")?;
        let local_number = Some(self.output("akc190")?).filter(|it| !it.is_empty()).map(Cow::Borrowed);
        let reply = RegisterReply { visit: self.issued("visit", visit), person: None, local_number }.write();
        let note = Note { category: self.subject.category.clone(), ..self.note() };
        Ok(Told { reply, references: vec![note.about("visit", visit)] })
    }

    fn uploaded(&mut self) -> Result<Told, Fault> {
        let batch = Some(self.said.transid).filter(|it| !it.is_empty());
        let reply = FeesUploadReply {
            visit: self.visit(),
            batch: batch.map(|it| self.issued("feeBatch", it)),
            rows: Vec::new(),
        };
        let references = batch.map(|it| self.note().about("feeBatch", it));
        Ok(Told { reply: reply.write(), references: references.into_iter().collect() })
    }

    fn quoted(&mut self) -> Result<Told, Fault> {
        let amounts = self.amounts(AmountsKind::Settlement)?;
        let reply = QuoteReply { visit: Some(self.visit()), amounts, rows: Vec::new() }.write();
        // A quote decides what a person will pay: one that contradicts itself is none.
        match self.notes.iter().any(|(code, _)| *code == CONTRADICTION) {
            true => {
                Err(fault::unreadable("akb068 and ykc624 are more than akc264; see the setting fund-total"))
            }
            false => Ok(plainly(reply)),
        }
    }

    fn settled(&mut self) -> Result<Told, Fault> {
        let settlement = self.needed("ykc618")?.to_owned();
        if self.said.transid.is_empty() {
            return Err(fault::unreadable("a settlement without a transid"));
        }
        let amounts = self.amounts(AmountsKind::Settlement)?;
        let note = Note { amounts: amounts.write(), ..self.note() };
        let reply = CommitReply {
            settlement: self.issued("settlement", &settlement),
            visit: Some(self.visit()),
            person: None,
            institution_reference: None,
            settled_at: None,
            amounts,
            clearing: None,
            rows: Vec::new(),
        };
        Ok(Told { reply: reply.write(), references: vec![note.about("settlement", &settlement)] })
    }

    /// The amounts are the answer's where it has any, else those the settlement had.
    fn settlement_cancelled(&mut self) -> Result<Told, Fault> {
        let kept = parse_strict(&self.subject.amounts);
        let kept = kept.as_ref().ok().and_then(|kept| Amounts::read(kept).ok());
        let amounts = match (self.amounts(AmountsKind::Reversal), kept) {
            (Ok(amounts), _) => amounts,
            (Err(_), Some(kept)) => kept,
            (Err(fault), None) => return Err(fault),
        };
        let named = self.output("ykc618")?;
        let reversal = Some(named).filter(|it| !it.is_empty() && *it != self.subject.settlement);
        let visit = Some(self.visit()).filter(|it| !it.id.is_empty());
        let reply = SettlementCancelReply {
            settlement: self.issued("settlement", &self.subject.settlement),
            reversal: reversal.map(|it| self.issued("settlement", it)),
            visit,
            reversed_at: None,
            amounts,
        };
        Ok(plainly(reply.write()))
    }

    fn amounts(&mut self, kind: AmountsKind) -> Result<Amounts<'static>, Fault> {
        let output = self.whole_output()?;
        let untold = UNTOLD.into_iter().filter(|name| field(output, name).is_ok_and(|text| !text.is_empty()));
        let mut notes: Vec<_> = untold.map(|name| ("field-not-carried", name)).collect();
        let mut reading = money::read(self.settings, output, kind)?;
        if !reading.adds_up {
            notes.push((CONTRADICTION, "akb068"));
        }
        self.notes.append(&mut notes);
        self.lost.append(&mut reading.lost);
        Ok(reading.amounts)
    }

    fn note(&self) -> Note {
        Note { transid: self.said.transid.to_owned(), ..Note::default() }
    }

    fn needed(&self, name: &str) -> Result<&str, Fault> {
        let said = self.output(name)?;
        if said.is_empty() { Err(fault::unreadable(["an output without ", name].concat())) } else { Ok(said) }
    }

    /// The visit as the answer calls it, else as the request did.
    fn visit(&self) -> IssuedIdentifier<'_> {
        let named = self.output("ykc700").unwrap_or_default();
        self.issued("visit", if named.is_empty() { &self.subject.visit } else { named })
    }

    fn issued<'b>(&'b self, kind: &'static str, id: &'b str) -> IssuedIdentifier<'b> {
        IssuedIdentifier::new(kind, id, Some(Cow::Borrowed(&self.settings.division)))
    }
}

/// A reply that leaves nothing behind.
fn plainly(reply: String) -> Told {
    Told { reply, references: Vec::new() }
}
