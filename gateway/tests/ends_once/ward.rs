//! A ward: a gateway with Sichuan behind it, visits there that wait to be settled, and requesters who do not let go
//! until they know.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use yizhan_conformance::client::{Client, Response};
use yizhan_conformance::history::{Act, Answer, Breach, Command, Entry, Event, Number, breaches};
use yizhan_conformance::pki::San;
use yizhan_conformance::twin::books::SettlementState;
use yizhan_conformance::twin::{BooksSnapshot, Code, NhsaVariant, Repetition, SecondSettlement};

use crate::house::House;
use crate::plan::Plan;

pub(crate) const SETTLE: &str = "/v1/settlement.commit";
const UNDO: &str = "/v1/exchanges/undo";
const PERSON: &str = "51000051010000000000000001";
const CARD: &str = "A00000001";
/// So long a requester keeps asking.
const PATIENCE: Duration = Duration::from_secs(60);

/// A plan in which the insurer may settle in Sichuan, and Sichuan says what it means.
pub(crate) fn plan() -> Plan {
    let mut plan = Plan::new();
    plan.sichuan = NhsaVariant {
        session: None,
        // -1 is read as "do not know"; this platform says "no" another way.
        failure_code: Code::Number(-2),
        reversed_again: Repetition::SameAnswer,
        // A second settlement would be there for everybody to see.
        second_settlement: SecondSettlement::Settled,
        ..plan.sichuan
    };
    plan.edit(
        "partners/sichuan.toml",
        "sign-in = true\nsign-in-operator = \"yizhan\"\nsign-in-mac = \"00-00-00-00-00-00\"\nsign-in-ip = \"127.0.0.1\"\n",
        "nothing-to-undo-codes = [\"999\"]\nundo-wait-seconds = 1\n",
    );
    plan.append(
        "yizhan.toml",
        "\n[[grant]]\nrequester = \"insurer\"\noperations = [\"settlement.commit\", \"card.lookup\"]\n\
         purposes = [\"medicalTreatment\"]\ntargets = [\"sichuan\"]\n",
    );
    plan
}

/// Where the gateway is now, and what was said there.
pub(crate) struct Ward {
    identity: (String, String),
    anchor: String,
    address: Mutex<SocketAddr>,
    history: Mutex<Vec<Event>>,
}

/// One settlement that somebody wants.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) key: String,
    pub(crate) visit: String,
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
}

impl Ward {
    pub(crate) fn new(house: &House) -> Arc<Self> {
        let identity = house.plan.identity("insurer", "");
        Arc::new(Self {
            identity: (identity.certificate_pem().to_owned(), identity.key_pem().to_owned()),
            anchor: house.plan.gateway.pem(),
            address: Mutex::new(house.partners),
            history: Mutex::default(),
        })
    }

    /// The gateway has moved.
    pub(crate) fn follow(&self, house: &House) {
        *self.address.lock().unwrap() = house.partners;
    }

    pub(crate) fn client(&self) -> Client {
        let (certificate, key) = &self.identity;
        Client::new(*self.address.lock().unwrap(), "localhost", &self.anchor, Some((certificate, key)))
            .unwrap()
    }

    /// Takes a command down before it is sent.
    pub(crate) fn invoke(&self, wish: &Wish) {
        let invoked = Event::Invoked(Command(wish.key.clone()), Act(wish.visit.clone()));
        self.history.lock().unwrap().push(invoked);
    }

    fn hear(&self, wish: &Wish, answer: Answer) -> Answer {
        self.history.lock().unwrap().push(Event::Told(Command(wish.key.clone()), answer.clone()));
        answer
    }

    /// Asks once. Silence where nobody answers in time.
    pub(crate) async fn ask(&self, wish: &Wish, manner: Manner) -> Answer {
        let client = self.client();
        let mut headers = vec![("content-type", "application/json"), ("idempotency-key", wish.key.as_str())];
        if manner.respond_async {
            headers.push(("prefer", "respond-async"));
        }
        let sent = client.send("POST", SETTLE, &headers, settlement(&wish.visit).to_string());
        let within = manner.hangs_up_after.unwrap_or(PATIENCE);
        let answer = match tokio::time::timeout(within, sent).await {
            Ok(Ok(response)) => read(&response),
            Ok(Err(_)) | Err(_) => Answer::Silence,
        };
        self.hear(wish, answer)
    }

    /// Wants it undone, once.
    pub(crate) async fn undo(&self, wish: &Wish) -> Answer {
        let headers = [("idempotency-key", wish.key.as_str())];
        let client = self.client();
        let answer = match client.send("POST", UNDO, &headers, "").await {
            Ok(response) if response.status == 200 => {
                let body: Value = serde_json::from_slice(&response.body).unwrap();
                match body["undo"].as_str() {
                    Some("undone") => Answer::Reversed,
                    Some("nothing-to-undo") => Answer::Nothing,
                    Some("still-unknown") => Answer::Pending,
                    other => panic!("an undo came to {other:?}"),
                }
            }
            Ok(response) => panic!("an undo got {}: {:?}", response.status, response.body),
            Err(_) => Answer::Silence,
        };
        self.hear(wish, answer)
    }

    /// Asks until something final is heard, as a client does that must know.
    pub(crate) async fn insist(self: Arc<Self>, wish: Wish, mut manner: Manner) -> Answer {
        self.invoke(&wish);
        let begun = Instant::now();
        let mut undoing = manner.undoes_after.map(|after| Box::pin(tokio::time::sleep(after)));
        for tries in 0_u32.. {
            // Whoever hangs up at once, every time, never hears anything.
            if tries == 4 {
                manner.hangs_up_after = None;
            }
            assert!(begun.elapsed() < PATIENCE, "{wish:?} never comes to rest: {}", self.heard_of(&wish.key));
            let answer = match undoing.as_mut() {
                None => self.ask(&wish, manner).await,
                Some(when) => tokio::select! {
                    answer = self.ask(&wish, manner) => answer,
                    // The call is dropped on the way, and the wish to undo it comes after it.
                    () = when => {
                        undoing = None;
                        match self.undo_for_good(&wish).await {
                            Answer::Silence => continue,
                            settled => return settled,
                        }
                    }
                },
            };
            match answer {
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

    /// Wants it undone until that is done.
    async fn undo_for_good(&self, wish: &Wish) -> Answer {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            match self.undo(wish).await {
                Answer::Pending if self.is_a_person_s(wish).await => return Answer::Pending,
                Answer::Pending | Answer::Silence => tokio::time::sleep(Duration::from_millis(100)).await,
                answer => return answer,
            }
        }
        panic!("the undo of {wish:?} never comes to rest: {}", self.heard_of(&wish.key))
    }

    /// Whether what is pending waits for a person.
    async fn is_a_person_s(&self, wish: &Wish) -> bool {
        let client = self.client();
        let headers = [("content-type", "application/json"), ("idempotency-key", wish.key.as_str())];
        let Ok(response) = client.send("POST", SETTLE, &headers, settlement(&wish.visit).to_string()).await
        else {
            return false;
        };
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let Some(exchange) = body["exchange"].as_str().filter(|_| response.status == 202) else {
            return false;
        };
        let looked = client.send("GET", &format!("/v1/exchanges/{exchange}"), &[], "").await;
        looked.is_ok_and(|response| {
            serde_json::from_slice::<Value>(&response.body).is_ok_and(|shown| shown["state"] == "unresolved")
        })
    }

    /// What is wrong, now that everything has come to rest.
    pub(crate) fn breaches(&self, wishes: &[Wish], books: &BooksSnapshot) -> Vec<Breach> {
        let ours = |visit: &str| wishes.iter().any(|wish| wish.visit == visit);
        let entries: Vec<_> = books
            .settlements
            .iter()
            .filter(|one| ours(&one.visit))
            .map(|one| Entry {
                act: Act(one.visit.clone()),
                number: Number(one.id.clone()),
                holds: one.state == SettlementState::Settled,
            })
            .collect();
        breaches(&self.history.lock().unwrap(), &entries)
    }

    /// What was heard of one command, for whoever has to find out why.
    pub(crate) fn heard_of(&self, key: &str) -> String {
        let history = self.history.lock().unwrap();
        let of_it = history.iter().filter(|event| match event {
            Event::Invoked(command, _) | Event::Told(command, _) => command.0 == key,
        });
        of_it.map(|event| format!("{event:?}")).collect::<Vec<_>>().join("\n")
    }

    /// How many heard something of this kind.
    pub(crate) fn count(&self, kind: fn(&Answer) -> bool) -> usize {
        let history = self.history.lock().unwrap();
        history.iter().filter(|event| matches!(event, Event::Told(_, answer) if kind(answer))).count()
    }
}

/// What an answer of the gateway says.
pub(crate) fn read(response: &Response) -> Answer {
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    match response.status {
        200 => Answer::Done(Number(body["settlement"]["id"].as_str().expect("a settlement").to_owned())),
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

/// The unified request to settle a visit (S-3 of the facts).
pub(crate) fn settlement(visit: &str) -> Value {
    json!({
        "context": {"purpose": "medicalTreatment", "institution": {"id": "H51010400001", "name": "成都某医院"},
            "operator": {"id": "0001", "name": "收费员", "kind": "clerk"},
            "insuredDivision": "510100", "careDivision": "510100", "businessTime": "2026-01-02T10:40:11+08:00"},
        "patient": {"identifier": {"kind": "person", "id": PERSON, "issuer": "510000"}},
        "credential": {"kind": "socialSecurityCard", "number": CARD},
        "insurance": "employeeBasic", "category": "outpatient",
        "visit": {"kind": "visit", "id": visit, "issuer": "510000"},
        "payMethod": "byItem", "useAccount": false, "batchNumber": "B1", "feeTotal": "10.00"})
}

/// Registers visits at the twin, each with a fee of ten yuan: as a hospital of Sichuan itself does, not through us.
pub(crate) async fn visits(house: &House, count: usize) -> Vec<Wish> {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let caller = house.plan.upstream.client(San::Uri("urn:yizhan:gateway")).unwrap();
    let client = Client::new(
        house.sichuan.address(),
        "localhost",
        &house.plan.servers.pem(),
        Some((caller.certificate_pem(), caller.key_pem())),
    )
    .unwrap();
    let mut wishes = Vec::new();
    for _ in 0..count {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let data = json!({"psn_no": PERSON, "insutype": "310", "begntime": "2026-01-02 10:30:00",
            "mdtrt_cert_type": "03", "mdtrt_cert_no": CARD, "ipt_otp_no": format!("MZ{number}"), "atddr_no": "1",
            "dr_name": "医师", "dept_code": "1", "dept_name": "内科", "caty": "A03"});
        let registered = native(&client, "2201", number * 2, json!({"data": data})).await;
        let visit = registered["output"]["data"]["mdtrt_id"].as_str().unwrap().to_owned();
        let row = json!({"feedetl_sn": "1", "mdtrt_id": visit, "psn_no": PERSON, "chrg_bchno": "B1",
            "fee_ocur_time": "2026-01-02 10:35:00", "med_list_codg": "XA1", "medins_list_codg": "Y1",
            "det_item_fee_sumamt": 10, "cnt": 1, "pric": 10, "bilg_dept_codg": "1", "bilg_dept_name": "内科"});
        native(&client, "2204", number * 2 + 1, json!({"feedetail": [row]})).await;
        wishes.push(Wish { key: format!("key-{number}"), visit });
    }
    wishes
}

async fn native(client: &Client, infno: &str, number: u64, input: Value) -> Value {
    let message = json!({"infno": infno, "msgid": format!("H5101040000120260102103045{number:04}"), "mdtrtarea_admvs": "510100",
        "insuplc_admdvs": "510199", "recer_sys_code": "01", "dev_no": "", "dev_safe_info": "", "cainfo": "",
        "signtype": "SM3", "infver": "1.0", "opter_type": "1", "opter": "0001", "opter_name": "测试员",
        "inf_time": "2026-01-02 10:30:45", "fixmedins_code": "H51010400001", "fixmedins_name": "测试医院",
        "sign_no": "", "input": input});
    let path = format!("/fsi/api/rsfComIfsService/callService/{infno}");
    let headers = [("content-type", "application/json;charset=UTF-8")];
    let response = client.send("POST", &path, &headers, message.to_string()).await.unwrap();
    let answer: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(answer["infcode"], 0, "{answer}");
    answer
}
