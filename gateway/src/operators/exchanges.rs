//! What an operator sees and decides about exchanges.

use serde_json::{Value, json};
use tokio::sync::Semaphore;
use yizhan_journal::record::{Deed, Exchange, Filter, State, Task};
use yizhan_journal::{ExchangeId, Millis, StoreFault};

use super::wish::{Close, Decide, Find, Found, Show};
use super::{Desk, Refusal, moments};
use crate::clock;
use crate::mask;
use crate::outcome::Told;
use crate::translate;

const ROWS: u32 = 50;
const MOST_ROWS: u32 = 1000;
const DEEDS: u32 = 100;
/// The journal has four readers, and the road needs them.
static PAGES: Semaphore = Semaphore::const_new(2);

impl Desk<'_> {
    /// A page, the newest first.
    pub(super) async fn list(&self, wish: Find) -> Result<Value, Refusal> {
        let rows = wish.rows.unwrap_or(ROWS);
        if !(1..=MOST_ROWS).contains(&rows) {
            return Err(Refusal::malformed("a page has 1 to 1000 rows"));
        }
        let filter = self.filter(&wish)?;
        if filter.person.is_some() {
            // To look for somebody is to use what is known of them. Whom is not written down.
            self.journal.note(self.written("list a person's exchanges", None, "")).await?;
        }
        let _turn = PAGES.try_acquire().map_err(|_| Refusal::Busy)?;
        let journal = self.journal.clone();
        let page = tokio::task::spawn_blocking(move || journal.list(&filter, rows)).await;
        let page = page.map_err(|_| StoreFault::Failed)??;
        let whole = page.len() == rows as usize;
        let next = page.last().filter(|_| whole).map(|last| last.id.to_string());
        Ok(json!({"exchanges": page.iter().map(shown).collect::<Vec<_>>(), "next": next}))
    }

    /// One exchange with what was decided about it; what it said only for a reason.
    pub(super) async fn show(&self, wish: Show) -> Result<Value, Refusal> {
        let id = number(&wish.exchange)?;
        let known = self.known(id)?;
        if let Some(why) = &wish.body_because {
            self.journal.note(self.deed("show what was said", Some(id), why)?).await?;
        }
        let mut view = shown(&known);
        let body = self.journal.body(id)?;
        let told = body.told.as_deref().and_then(|told| Told::read(told).ok());
        let follow_ups = self.journal.follow_ups(id)?;
        let deeds = self.journal.deeds(Some(id), DEEDS)?;
        let Some(members) = view.as_object_mut() else { return Ok(view) };
        if let Some(Told::Unresolved { why, .. }) = &told {
            members.insert("unresolvedBecause".to_owned(), mask::masked(why, &[]).into());
        }
        if let Some(Told::Reply { flags, .. }) = &told {
            members.insert("flags".to_owned(), flags.clone().into());
        }
        members.insert("bodyIsKept".to_owned(), body.request.is_some().into());
        members.insert("followUps".to_owned(), follow_ups.iter().map(shown).collect());
        members.insert("deeds".to_owned(), deeds.iter().map(deed).collect());
        if wish.body_because.is_some() {
            members.insert("body".to_owned(), translate::shown_body(&body));
        }
        Ok(view)
    }

    /// Lets an unresolved exchange go on: its adapter is told that the call may have arrived, and asks or takes back.
    pub(super) async fn retry(&self, wish: Decide) -> Result<Value, Refusal> {
        self.decides()?;
        let id = number(&wish.exchange)?;
        let known = self.known(id)?;
        self.can_go_on(&known)?;
        let deed = self.deed("retry", Some(id), &wish.why)?;
        if !self.journal.settle(id, State::Unresolved, State::Unknown, deed).await? {
            return Err(self.not_unresolved(id));
        }
        if let Err(fault) = translate::take_up(self.gateway, &known, Millis(clock::now_millis())) {
            let why = fault.detail.as_deref().unwrap_or(fault.code.as_str());
            return Err(Refusal::Conflict(format!("it goes on at the next start, not now: {why}")));
        }
        Ok(json!({"exchange": id.to_string(), "state": State::Unknown.as_str()}))
    }

    /// A person has found out how an unresolved exchange ended, elsewhere. That is what its requester is told from
    /// then on; of what was done there is no reply, so it is only told that it was.
    pub(super) async fn close(&self, wish: Close) -> Result<Value, Refusal> {
        self.decides()?;
        let id = number(&wish.exchange)?;
        let known = self.known(id)?;
        let (state, word) = match wish.found {
            Found::Done => (State::Closed, "close as done"),
            Found::NotDone => (State::Rejected, "close as not done"),
            Found::TakenBack if known.task == Task::Undo => {
                return Err(Refusal::malformed("an undo is done or not done"));
            }
            Found::TakenBack => (State::Undone, "close as taken back"),
        };
        let deed = || self.deed(word, Some(id), &wish.why);
        if known.state == State::Unresolved
            && (known.task, wish.found) == (Task::Undo, Found::Done)
            && let Some(original) = known.about
        {
            // First, so that nobody is told that it stands.
            let deed = Deed { exchange: Some(original), ..deed()? };
            self.journal.settle(original, State::Succeeded, State::Undone, deed).await?;
        }
        if !self.journal.settle(id, State::Unresolved, state, deed()?).await? {
            return Err(self.not_unresolved(id));
        }
        Ok(json!({"exchange": id.to_string(), "state": state.as_str()}))
    }

    /// Before anything is decided: whether there is somebody to go on with it, and something to go on from. What was
    /// never written down as begun would begin anew, and that is not what is wanted of something in doubt.
    fn can_go_on(&self, known: &Exchange) -> Result<(), Refusal> {
        if known.state != State::Unresolved {
            return Err(self.not_unresolved(known.id));
        }
        let partner = self.gateway.partners.named(&known.target);
        if partner.is_none_or(|partner| partner.upstream.is_none()) {
            return Err(Refusal::Conflict(format!("there is no partner {} any more", known.target)));
        }
        let body = self.journal.body(known.id)?;
        match (body.request, body.step) {
            (Some(_), Some(step)) if !step.is_empty() => Ok(()),
            _ => Err(Refusal::Conflict("nothing is kept that it could go on from".to_owned())),
        }
    }

    fn not_unresolved(&self, id: ExchangeId) -> Refusal {
        match self.known(id) {
            Ok(known) => Refusal::Conflict(format!("it is {}, not unresolved", known.state.as_str())),
            Err(refusal) => refusal,
        }
    }

    fn known(&self, id: ExchangeId) -> Result<Exchange, Refusal> {
        self.journal.exchange(id)?.ok_or(Refusal::NotFound("there is no such exchange"))
    }

    fn filter(&self, wish: &Find) -> Result<Filter, Refusal> {
        let moment = |text: &Option<String>| text.as_deref().map(moments::read).transpose();
        Ok(Filter {
            target: wish.partner.clone(),
            state: wish.state.as_deref().map(state).transpose()?,
            operation: wish.operation.clone(),
            person: wish.person.as_deref().map(|number| self.journal.sealer().person_hash(number.trim())),
            since: moment(&wish.since)?,
            until: moment(&wish.until)?,
            before: wish.before.as_deref().map(number).transpose()?,
        })
    }
}

fn number(text: &str) -> Result<ExchangeId, Refusal> {
    text.parse().map_err(|_| Refusal::malformed("that is not the number of an exchange"))
}

fn state(word: &str) -> Result<State, Refusal> {
    let found = State::ALL.iter().find(|state| state.as_str() == word);
    found.copied().ok_or_else(|| {
        let words: Vec<_> = State::ALL.iter().map(|state| state.as_str()).collect();
        Refusal::malformed(format!("a state is one of {}", words.join(", ")))
    })
}

fn shown(known: &Exchange) -> Value {
    json!({
        "exchange": known.id.to_string(),
        "task": known.task.as_str(),
        "state": known.state.as_str(),
        "requester": known.requester,
        "operation": known.operation,
        "partner": known.target,
        "about": known.about.map(|about| about.to_string()),
        "attempts": known.attempts,
        "acceptedAt": moments::shown(known.accepted_at),
        "changedAt": moments::shown(known.changed_at),
        "wakesAt": known.wake_at.and_then(moments::shown),
        "component": known.pinned.component,
        "standard": known.pinned.standard,
    })
}

fn deed(deed: &Deed) -> Value {
    json!({
        "at": moments::shown(deed.at),
        "who": deed.who,
        "role": deed.role,
        "action": deed.action,
        "why": deed.why,
    })
}
