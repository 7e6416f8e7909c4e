//! A ward: a gateway with its partners behind it, and requesters who do not let go until they know. What they want is
//! in [`wish`](crate::wish); what they hear is taken down, to be held against the partners' books in [`held`].

mod held;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::watch;
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::history::{Act, Answer, Command, Event, Number};
use yizhan_conformance::pki::Identity;

use crate::house::House;
use crate::wish::{What, Wish};

const UNDO: &str = "/v1/exchanges/undo";
/// So long a requester keeps asking a gateway that is left in peace.
const PATIENCE: Duration = Duration::from_secs(180);

/// Where the gateway is now, and what was said there.
pub(crate) struct Ward {
    insurer: Identity,
    hospital: Identity,
    anchor: String,
    /// Where, and since when.
    address: Mutex<(SocketAddr, Instant)>,
    /// How often it has moved.
    moves: watch::Sender<u64>,
    history: Mutex<Vec<Event>>,
    /// Exchanges somebody was told of with 200 or 202: of which kind, and with which of the two last.
    acknowledged: Mutex<BTreeMap<String, (What, u16)>>,
    /// The same since the gateway was held against its word.
    fresh: Mutex<BTreeMap<String, (What, u16)>>,
    /// How often somebody was told so of an exchange for the first time.
    heard: watch::Sender<u64>,
}

/// How somebody asks.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Manner {
    /// Hangs up after so long, and asks again.
    pub(crate) hangs_up_after: Option<Duration>,
    /// `Prefer: respond-async`
    pub(crate) respond_async: bool,
    /// Wants it undone after so long, whatever was heard.
    pub(crate) undoes_after: Option<Duration>,
    /// Wants it undone once it is done.
    pub(crate) regrets: bool,
    /// Asks a few times more when nothing was done.
    pub(crate) persists: bool,
}

impl Ward {
    pub(crate) fn new(house: &House) -> Arc<Self> {
        Arc::new(Self {
            insurer: house.plan.identity("insurer", ""),
            hospital: house.plan.identity("sc-hospital", "H51010400001"),
            anchor: house.plan.gateway.pem(),
            address: Mutex::new((house.partners, Instant::now())),
            moves: watch::Sender::new(0),
            history: Mutex::default(),
            acknowledged: Mutex::default(),
            fresh: Mutex::default(),
            heard: watch::Sender::new(0),
        })
    }

    /// The gateway has moved.
    pub(crate) fn follow(&self, house: &House) {
        *self.address.lock().unwrap() = (house.partners, Instant::now());
        self.moves.send_modify(|moves| *moves += 1);
    }

    /// Returns once the gateway has moved so often.
    pub(crate) async fn life(&self, number: u64) {
        self.moves.subscribe().wait_for(|moves| *moves >= number).await.unwrap();
    }

    pub(crate) fn client(&self) -> Client {
        self.client_of(What::Settlement)
    }

    fn client_of(&self, what: What) -> Client {
        let identity = if what == What::ClaimOfHospital { &self.hospital } else { &self.insurer };
        let identity = Some((identity.certificate_pem(), identity.key_pem()));
        Client::new(self.address.lock().unwrap().0, "localhost", &self.anchor, identity).unwrap()
    }

    /// Returns once 200 or 202 was heard so many times more, where it is news.
    pub(crate) async fn acknowledged(&self, more: u64) {
        let mut heard = self.heard.subscribe();
        let wanted = *heard.borrow() + more;
        heard.wait_for(|heard| *heard >= wanted).await.unwrap();
    }

    /// Takes a command down before it is sent.
    pub(crate) fn invoke(&self, wish: &Wish) {
        let invoked = Event::Invoked(Command(wish.key.clone()), Act(wish.about.clone()));
        self.history.lock().unwrap().push(invoked);
    }

    fn hear(&self, wish: &Wish, answer: Answer) -> Answer {
        self.history.lock().unwrap().push(Event::Told(Command(wish.key.clone()), answer.clone()));
        answer
    }

    async fn send(&self, wish: &Wish, respond_async: bool) -> Option<Response> {
        let mut headers = vec![("content-type", "application/json"), ("idempotency-key", wish.key.as_str())];
        if respond_async {
            headers.push(("prefer", "respond-async"));
        }
        let client = self.client_of(wish.what);
        client.send("POST", wish.what.path(), &headers, wish.message().to_string()).await.ok()
    }

    /// Asks once. Silence where nobody answers in time.
    pub(crate) async fn ask(&self, wish: &Wish, manner: Manner) -> Answer {
        let within = manner.hangs_up_after.unwrap_or(PATIENCE);
        let answer = match tokio::time::timeout(within, self.send(wish, manner.respond_async)).await {
            Ok(Some(response)) => {
                if matches!(response.status, 200 | 202) {
                    let exchange = response.headers["yizhan-exchange"].to_str().unwrap().to_owned();
                    let told = (wish.what, response.status);
                    if self.acknowledged.lock().unwrap().insert(exchange.clone(), told) != Some(told) {
                        self.fresh.lock().unwrap().insert(exchange, told);
                        self.heard.send_modify(|heard| *heard += 1);
                    }
                }
                read(&response)
            }
            Ok(None) | Err(_) => Answer::Silence,
        };
        self.hear(wish, answer)
    }

    /// Wants it undone, once. None: it stands, and cannot be.
    pub(crate) async fn undo(&self, wish: &Wish) -> Option<Answer> {
        let headers = [("idempotency-key", wish.key.as_str())];
        let client = self.client_of(wish.what);
        let answer = match client.send("POST", UNDO, &headers, "").await {
            Ok(response) if response.status == 200 => {
                let body: Value = serde_json::from_slice(&response.body).unwrap();
                match body["undo"].as_str() {
                    Some("undone") => Answer::Reversed,
                    Some("nothing-to-undo") => Answer::Nothing,
                    // Of the undo that is said. What was told of the act itself stands until the undo has come to something.
                    Some("still-unknown") => return Some(Answer::Pending),
                    Some("cannot-be-undone") => return None,
                    other => panic!("an undo came to {other:?}"),
                }
            }
            // It was not heard, or not tried: it may be asked for again.
            Ok(response) if response.status >= 500 => Answer::Silence,
            Ok(response) => panic!("an undo got {}: {:?}", response.status, response.body),
            Err(_) => Answer::Silence,
        };
        Some(self.hear(wish, answer))
    }

    /// Asks until something final is heard, as a client does that must know.
    pub(crate) async fn insist(self: Arc<Self>, wish: Wish, mut manner: Manner) -> Answer {
        self.invoke(&wish);
        let mut undoing = manner.undoes_after.map(|after| Box::pin(tokio::time::sleep(after)));
        let begun = Instant::now();
        let mut nothings = 0;
        for tries in 0_u32.. {
            // Whoever hangs up at once, every time, never hears anything.
            if tries == 4 {
                manner.hangs_up_after = None;
            }
            self.bear_with(begun, &wish);
            let answer = match undoing.as_mut() {
                None => self.ask(&wish, manner).await,
                Some(when) => tokio::select! {
                    answer = self.ask(&wish, manner) => answer,
                    // The call is dropped on the way, and the wish to undo it comes after it.
                    () = when => {
                        undoing = None;
                        match self.undo_for_good(&wish).await {
                            Some(settled) => return settled,
                            None => continue,
                        }
                    }
                },
            };
            match answer {
                Answer::Done(_) if manner.regrets => {
                    manner.regrets = false;
                    if let Some(settled) = self.undo_for_good(&wish).await {
                        return settled;
                    }
                }
                Answer::Nothing if manner.persists && nothings < 10 => {
                    nothings += 1;
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                Answer::Done(_) | Answer::Reversed | Answer::Barred | Answer::Nothing
                    if undoing.is_none() =>
                {
                    return answer;
                }
                Answer::Pending if undoing.is_none() && self.is_a_person_s(&wish).await => return answer,
                _ => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        panic!("nobody has that much patience")
    }

    /// Wants it undone until that is done. None: it stands, and cannot be.
    async fn undo_for_good(&self, wish: &Wish) -> Option<Answer> {
        let begun = Instant::now();
        loop {
            self.bear_with(begun, wish);
            match self.undo(wish).await? {
                Answer::Pending if self.is_a_person_s(wish).await => return Some(Answer::Pending),
                Answer::Pending | Answer::Silence => tokio::time::sleep(Duration::from_millis(100)).await,
                answer => return Some(answer),
            }
        }
    }

    /// Patience begins anew with each gateway.
    fn bear_with(&self, begun: Instant, wish: &Wish) {
        let since = begun.max(self.address.lock().unwrap().1);
        assert!(since.elapsed() < PATIENCE, "{wish:?} never comes to rest: {}", self.heard_of(&wish.key));
    }

    /// Whether what is pending waits for a person.
    async fn is_a_person_s(&self, wish: &Wish) -> bool {
        let Some(response) = self.send(wish, false).await else { return false };
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let Some(exchange) = body["exchange"].as_str().filter(|_| response.status == 202) else {
            return false;
        };
        let shown = self.look(exchange, wish.what).await.flatten();
        shown.is_some_and(|shown| shown["state"] == "unresolved")
    }

    /// What the gateway shows of an exchange; none where it does not know it. None: it does not answer.
    async fn look(&self, exchange: &str, what: What) -> Option<Option<Value>> {
        let path = format!("/v1/exchanges/{exchange}");
        let looked = self.client_of(what).send("GET", &path, &[], "").await.ok()?;
        match looked.status {
            200 => Some(Some(serde_json::from_slice(&looked.body).unwrap())),
            404 => Some(None),
            _ => None,
        }
    }
}

/// What an answer of the gateway says.
pub(crate) fn read(response: &Response) -> Answer {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let number = || ["/settlement/id", "/claim/id"].iter().find_map(|place| body.pointer(place)?.as_str());
    match response.status {
        200 => Answer::Done(Number(number().expect("what was made has a number").to_owned())),
        202 => Answer::Pending,
        409 => Answer::Barred,
        status => match body["effect"].as_str() {
            Some("nothing") => Answer::Nothing,
            Some("reversed") => Answer::Reversed,
            Some("unknown") => Answer::Pending,
            other => panic!("{status} with effect {other:?}: {body}"),
        },
    }
}
