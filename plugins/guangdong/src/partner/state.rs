//! What an exchange keeps for itself from step to step: where it stands, and the fields of its calls, as text
//! that was proved to fit the charset before the first of them.

use yizhan_adapter::contract::{Loss, Reference, ReferenceKey};
use yizhan_adapter::json::{Value, Writer, parse_strict};

use super::machine::Phase;
use super::plan::Subject;
use crate::transaction::Transaction;

/// Number of this layout.
pub(crate) const VERSION: u32 = 2;

/// The state of one exchange.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct State {
    /// The act. Of an exchange that only takes back: the act it takes back.
    pub(super) transaction: Transaction,
    pub(super) phase: Phase,
    /// The exchange only takes back what another one did.
    pub(super) undo_only: bool,
    /// When the act was called first, milliseconds; 0 before.
    pub(super) since: u64,
    /// The fields every `input` begins with.
    pub(super) head: String,
    /// The act's own fields.
    pub(super) own: String,
    pub(super) subject: Subject,
    pub(super) lost: Vec<Loss>,
    /// What takes the act back, once its answer is known.
    pub(super) undo: Option<Undo>,
    /// What the partner's answer came to.
    pub(super) told: Option<Told>,
}

/// A call that takes something back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Undo {
    pub(super) transaction: Transaction,
    /// Its own fields.
    pub(super) own: String,
    /// Why, in words, where it was our own decision.
    pub(super) why: Option<String>,
}

/// A reply, and what it leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    pub(super) reply: String,
    pub(super) references: Vec<Reference>,
}

impl State {
    /// Members that say nothing are left out.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.begin_object();
        text(&mut out, "transaction", self.transaction.code());
        let (phase, call, doubt) = phase_parts(self.phase);
        text(&mut out, "phase", phase);
        out.key("call").number(&call.to_string());
        flag(&mut out, "doubt", doubt);
        flag(&mut out, "undoOnly", self.undo_only);
        out.key("since").number(&self.since.to_string());
        text(&mut out, "head", &self.head);
        text(&mut out, "own", &self.own);
        for (name, value) in subject_parts(&self.subject) {
            text(&mut out, name, value);
        }
        flag(&mut out, "settlesOnce", self.subject.settles_once);
        out.key("lost").begin_array();
        for loss in &self.lost {
            out.begin_array().text(&loss.pointer).text(&loss.reason).end_array();
        }
        out.end_array();
        if let Some(undo) = &self.undo {
            out.key("undo").begin_array().text(undo.transaction.code()).text(&undo.own);
            out.text_or_null(undo.why.as_deref()).end_array();
        }
        if let Some(told) = &self.told {
            text(&mut out, "reply", &told.reply);
            out.key("references").begin_array();
            for reference in &told.references {
                out.begin_array().text(&reference.key.kind).text(&reference.key.id);
                out.text(&String::from_utf8_lossy(&reference.note));
                out.number(&reference.keep_days.to_string()).end_array();
            }
            out.end_array();
        }
        out.end_object();
        out.finish().into_bytes()
    }

    /// None for what is no state of ours.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let value = parse_strict(core::str::from_utf8(bytes).ok()?).ok()?;
        let needed = |name: &str| value.get(name)?.as_text();
        let said = |name: &str| needed(name).unwrap_or_default().to_owned();
        let is = |name: &str| value.get(name).is_some();
        let number = |name: &str| value.get(name)?.scalar()?.parse::<u64>().ok();
        let call = u32::try_from(number("call")?).ok()?;
        Some(Self {
            transaction: Transaction::of_code(needed("transaction")?)?,
            phase: phase_of(needed("phase")?, call, is("doubt"))?,
            undo_only: is("undoOnly"),
            since: number("since")?,
            head: said("head"),
            own: said("own"),
            subject: Subject {
                visit: said("visit"),
                settlement: said("settlement"),
                batch: said("batch"),
                category: said("category"),
                amounts: said("amounts"),
                settles_once: is("settlesOnce"),
            },
            lost: value.get("lost")?.items().iter().map(read_loss).collect::<Option<_>>()?,
            undo: match value.get("undo") {
                Some(undo) => Some(read_undo(undo)?),
                None => None,
            },
            told: match needed("reply") {
                Some(reply) => {
                    let references = value.get("references")?.items().iter().map(read_reference);
                    Some(Told { reply: reply.to_owned(), references: references.collect::<Option<_>>()? })
                }
                None => None,
            },
        })
    }
}

fn text(out: &mut Writer, name: &str, value: &str) {
    if !value.is_empty() {
        out.key(name).text(value);
    }
}

fn flag(out: &mut Writer, name: &str, value: bool) {
    if value {
        out.key(name).boolean(true);
    }
}

fn phase_parts(phase: Phase) -> (&'static str, u32, bool) {
    match phase {
        Phase::Asking => ("asking", 0, false),
        Phase::Acting { call, doubt } => ("acting", call, doubt),
        Phase::ActingLater { call } => ("actingLater", call, true),
        Phase::Told => ("told", 0, false),
        Phase::Undoing { call, doubt } => ("undoing", call, doubt),
        Phase::UndoingLater { call, doubt } => ("undoingLater", call, doubt),
    }
}

fn phase_of(name: &str, call: u32, doubt: bool) -> Option<Phase> {
    Some(match name {
        "asking" => Phase::Asking,
        "acting" => Phase::Acting { call, doubt },
        "actingLater" => Phase::ActingLater { call },
        "told" => Phase::Told,
        "undoing" => Phase::Undoing { call, doubt },
        "undoingLater" => Phase::UndoingLater { call, doubt },
        _ => return None,
    })
}

fn subject_parts(subject: &Subject) -> [(&'static str, &str); 5] {
    [
        ("visit", &subject.visit),
        ("settlement", &subject.settlement),
        ("batch", &subject.batch),
        ("category", &subject.category),
        ("amounts", &subject.amounts),
    ]
}

fn item(list: &Value<'_>, place: usize) -> Option<String> {
    list.items().get(place)?.as_text().map(str::to_owned)
}

fn read_loss(value: &Value<'_>) -> Option<Loss> {
    Some(Loss { pointer: item(value, 0)?, reason: item(value, 1)? })
}

fn read_undo(value: &Value<'_>) -> Option<Undo> {
    let transaction = Transaction::of_code(&item(value, 0)?)?;
    Some(Undo { transaction, own: item(value, 1)?, why: item(value, 2) })
}

fn read_reference(value: &Value<'_>) -> Option<Reference> {
    Some(Reference {
        key: ReferenceKey { kind: item(value, 0)?, id: item(value, 1)? },
        note: item(value, 2)?.into_bytes(),
        keep_days: value.items().get(3)?.scalar()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Phase, State, Subject, Told, Transaction, Undo};
    use crate::partner::note::Note;
    use yizhan_adapter::contract::Loss;

    fn state(phase: Phase) -> State {
        State {
            transaction: Transaction::Settle,
            phase,
            undo_only: false,
            since: 1_767_321_045_123,
            head: "<aab299>440800</aab299>".to_owned(),
            own: "<akc050>\"\\肺炎</akc050>".to_owned(),
            subject: Subject { visit: "V1".to_owned(), settles_once: true, ..Subject::default() },
            lost: vec![Loss { pointer: "/a".to_owned(), reason: "b".to_owned() }],
            undo: None,
            told: None,
        }
    }

    #[test]
    fn every_state_comes_back() {
        let note = Note { transid: "T1".to_owned(), ..Note::default() };
        for phase in [
            Phase::Asking,
            Phase::Acting { call: 2, doubt: true },
            Phase::ActingLater { call: 3 },
            Phase::Told,
            Phase::Undoing { call: 1, doubt: false },
            Phase::UndoingLater { call: 2, doubt: true },
        ] {
            let bare = state(phase);
            assert_eq!(State::read(&bare.write()), Some(bare.clone()));
            let undo = Undo {
                transaction: Transaction::CancelSettlement,
                own: "<otransid>T1</otransid>".to_owned(),
                why: Some("why".to_owned()),
            };
            let told =
                Told { reply: "{\"a\":1}".to_owned(), references: vec![note.about("settlement", "S1")] };
            let full = State { undo: Some(undo), told: Some(told), ..bare };
            assert_eq!(State::read(&full.write()), Some(full));
        }
    }

    #[test]
    fn what_is_no_state_is_none() {
        let whole = state(Phase::Told).write();
        assert_eq!(State::read(b""), None);
        for end in 0..whole.len() {
            assert_eq!(State::read(&whole[..end]), None);
        }
    }
}
