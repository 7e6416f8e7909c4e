//! A house: the real binary as a child, its partners as twins, and everything it said, kept.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use yizhan_conformance::client::Client;
use yizhan_conformance::pki::Identity;
use yizhan_conformance::twin::{Callback, FhirTwin, GuangdongTwin, NhsaTwin, TwinOptions};

use crate::ground::{lay_out, personal};
use crate::plan::{Plan, TWINS};

/// Longest wait for anything that should happen at once.
pub(crate) const SOON: Duration = Duration::from_secs(20);
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_yizhan");

/// A gateway, running, and its partners.
pub(crate) struct House {
    pub(crate) plan: Plan,
    pub(crate) partners: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) sichuan: NhsaTwin,
    pub(crate) chongqing: NhsaTwin,
    pub(crate) guangdong: GuangdongTwin,
    pub(crate) guangdong_enc: GuangdongTwin,
    offices: Option<Offices>,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    root: TempDir,
}

/// Those who are claimed from.
pub(crate) struct Offices {
    /// `sichuan-claims`, which decides later and tells the gateway.
    pub(crate) province: FhirTwin,
    /// `insurer`.
    pub(crate) company: FhirTwin,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::build(Plan::new()).await
    }

    /// Builds what a changed plan says.
    pub(crate) async fn with(change: impl FnOnce(&mut Plan)) -> Self {
        let mut plan = Plan::new();
        change(&mut plan);
        Self::build(plan).await
    }

    pub(crate) async fn build(plan: Plan) -> Self {
        Self::build_over(plan, |_| Vec::new()).await
    }

    /// The same, where the binary runs in an environment that depends on where its files are.
    pub(crate) async fn build_over(
        plan: Plan,
        environment: impl FnOnce(&Path) -> Vec<(&'static str, OsString)>,
    ) -> Self {
        let sichuan = NhsaTwin::start(options(&plan, "sichuan"), plan.sichuan.clone()).await.unwrap();
        let chongqing = NhsaTwin::start(options(&plan, "chongqing"), plan.chongqing.clone()).await.unwrap();
        let guangdong =
            GuangdongTwin::start(options(&plan, "guangdong"), plan.guangdong.clone()).await.unwrap();
        let enc =
            GuangdongTwin::start(options(&plan, "guangdong-enc"), plan.guangdong_enc.clone()).await.unwrap();
        let addresses = [sichuan.address(), chongqing.address(), guangdong.address(), enc.address()];
        let mut ports: HashMap<_, _> =
            TWINS.into_iter().zip(addresses.map(|address| address.port())).collect();
        let offices = match plan.offices.clone() {
            None => None,
            Some((province, company)) => Some(Offices {
                province: FhirTwin::start(options(&plan, "sichuan-claims"), province).await.unwrap(),
                company: FhirTwin::start(options(&plan, "insurer"), company).await.unwrap(),
            }),
        };
        if let Some(Offices { province, company }) = &offices {
            ports.insert("sichuan-claims", province.address().port());
            ports.insert("insurer", company.address().port());
        }
        let root = lay_out(&plan, &ports);
        let log = Arc::<Mutex<Vec<String>>>::default();
        let environment = environment(root.path());
        let (child, partners, admin) = serves(start(root.path(), &environment, &log));
        let guangdong_enc = enc;
        let house = Self {
            plan,
            partners,
            admin,
            sichuan,
            chongqing,
            guangdong,
            guangdong_enc,
            offices,
            child,
            log,
            root,
        };
        house.say_where();
        house
    }

    /// Those who are claimed from; the plan has them.
    pub(crate) fn offices(&self) -> &Offices {
        self.offices.as_ref().expect("the plan has claims")
    }

    /// Tells the province's office where the gateway is, and who the office is there.
    fn say_where(&self) {
        let Some(offices) = &self.offices else { return };
        let identity = self.plan.identity("sichuan-claims", "");
        offices.province.tell(Callback {
            address: self.partners,
            server_name: "localhost".to_owned(),
            path: "/fhir/ClaimResponse".to_owned(),
            anchor: self.plan.gateway.pem(),
            identity: (identity.certificate_pem().to_owned(), identity.key_pem().to_owned()),
            pause: Duration::from_millis(800),
        });
    }

    /// A client with a certificate of the requester's own authority.
    pub(crate) fn client(&self, requester: &str, institution: &str) -> Client {
        self.client_as(Some(&self.plan.identity(requester, institution)))
    }

    pub(crate) fn client_as(&self, identity: Option<&Identity>) -> Client {
        let identity = identity.map(|one| (one.certificate_pem(), one.key_pem()));
        Client::new(self.partners, "localhost", &self.plan.gateway.pem(), identity).unwrap()
    }

    /// A Guangdong that nobody was told of.
    pub(crate) async fn replacement(&self) -> GuangdongTwin {
        GuangdongTwin::start(options(&self.plan, "guangdong"), self.plan.guangdong.clone()).await.unwrap()
    }

    /// A file or folder of its own.
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.root.path().join(file)
    }

    /// Stops as it should, and starts anew on the same files. Ports change.
    pub(crate) async fn restart(&mut self) {
        self.signal("TERM");
        assert!(self.ended(SOON).await.expect("it ends").success());
        self.reopen(&[]);
    }

    /// Kills the gateway; what it has in memory is gone.
    #[allow(dead_code, reason = "the proofs that commands end once kill it")]
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.bury();
    }

    /// Opens again where the last gateway has ended, in an environment; its addresses are others.
    pub(crate) fn reopen(&mut self, environment: &[(&str, OsString)]) {
        if let Err(why) = self.try_reopen(environment) {
            panic!("{why}");
        }
    }

    /// The same; why not, where it does not come to serve.
    pub(crate) fn try_reopen(&mut self, environment: &[(&str, OsString)]) -> Result<(), String> {
        (self.child, self.partners, self.admin) = start(self.root.path(), environment, &self.log)?;
        self.say_where();
        Ok(())
    }

    fn bury(&mut self) -> String {
        let _ = self.child.wait();
        let mut said = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            let _ = stderr.read_to_string(&mut said);
        }
        // Nor does a disk that was told of something it does not model stay quiet.
        let wrong = ["panicked", "powercut"].iter().any(|word| said.contains(word));
        assert!(std::thread::panicking() || !wrong, "{said}");
        said
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self, within: Duration) -> Option<ExitStatus> {
        let begun = Instant::now();
        while begun.elapsed() < within {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        None
    }

    /// Sends a signal by the name `kill` knows.
    pub(crate) fn signal(&self, name: &str) {
        let killed = Command::new("kill").args(["-s", name, &self.pid().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    /// Status and body of an operator's request.
    pub(crate) async fn operator(&self, path: &str) -> (u16, String) {
        operator(self.admin, path).await
    }

    /// A figure: the sum of all samples of this name whose labels contain the words.
    pub(crate) async fn figure(&self, name: &str, labels: &[&str]) -> f64 {
        let (_, text) = self.operator("/metrics").await;
        text.lines()
            .filter(|line| line.split(['{', ' ']).next() == Some(name))
            .filter(|line| labels.iter().all(|label| line.contains(label)))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum()
    }

    /// Places taken in the sandbox; always told, even when it is none.
    pub(crate) async fn in_use(&self) -> u64 {
        let (_, text) = self.operator("/metrics").await;
        let line = text.lines().find_map(|line| line.strip_prefix("yizhan_adapter_instances_in_use "));
        line.expect("the figure is there").parse().unwrap()
    }

    /// The log line of an exchange, which may come a little after its response.
    pub(crate) async fn line_of(&self, exchange: &str) -> Value {
        let begun = Instant::now();
        while begun.elapsed() < SOON {
            // Other lines may name it as the one in which the partner was asked.
            let own = format!("\"exchange\":\"{exchange}\"");
            let found = self.log().into_iter().find(|line| line.contains(&own));
            if let Some(line) = found {
                return serde_json::from_str(&line).unwrap();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("no log line of {exchange}");
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // It may have ended already, which is what was wanted.
        let _ = self.child.kill();
        let said = self.bury();
        if std::thread::panicking() {
            eprint!("{said}");
        } else {
            let leaks = personal(&(self.log().join("\n") + &said));
            assert!(leaks.is_empty(), "the log holds {leaks:?}");
        }
    }
}

/// Starts the binary, and waits until it says where it serves.
fn start(
    root: &Path,
    environment: &[(&str, OsString)],
    log: &Arc<Mutex<Vec<String>>>,
) -> Result<(Child, SocketAddr, SocketAddr), String> {
    let mut child = Command::new(BINARY)
        .args(["serve", "--config"])
        .arg(root.join("yizhan.toml"))
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = listen(&mut child, log);
    let Some((partners, admin)) = serving(&lines) else {
        child.kill().unwrap();
        child.wait().unwrap();
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        return Err(format!("the gateway does not serve: {said}\n{}", log.lock().unwrap().join("\n")));
    };
    Ok((child, partners, admin))
}

fn serves(started: Result<(Child, SocketAddr, SocketAddr), String>) -> (Child, SocketAddr, SocketAddr) {
    started.unwrap_or_else(|why| panic!("{why}"))
}

pub(crate) fn options(plan: &Plan, twin: &str) -> TwinOptions {
    let impostor = yizhan_conformance::pki::Authority::new("impostor").unwrap();
    let authority = if plan.impostor == Some(twin) { &impostor } else { &plan.servers };
    let server = authority.server(&["localhost"]).unwrap();
    TwinOptions {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        server: (server.certificate_pem().to_owned(), server.key_pem().to_owned()),
        client_anchor: plan.upstream.pem(),
        holders: plan.holders.clone(),
        seed: plan.seed,
    }
}

/// Keeps every line of the child's log, and hands each on.
fn listen(child: &mut Child, log: &Arc<Mutex<Vec<String>>>) -> Receiver<String> {
    let (sender, lines) = channel();
    let (stdout, log) = (child.stdout.take().unwrap(), Arc::clone(log));
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            log.lock().unwrap().push(line.clone());
            // Nobody listens any more once the ports are known.
            let _ = sender.send(line);
        }
    });
    lines
}

/// The two addresses, out of the line that says them.
fn serving(lines: &Receiver<String>) -> Option<(SocketAddr, SocketAddr)> {
    loop {
        let line = lines.recv_timeout(Duration::from_secs(60)).ok()?;
        let line: Value = serde_json::from_str(&line).ok()?;
        if line["event"] == "serving" {
            let (partners, admin) = line["message"].as_str()?.split_once(", ")?;
            let address = |text: &str, name| text.strip_prefix(name)?.parse().ok();
            return Some((address(partners, "partners ")?, address(admin, "admin ")?));
        }
    }
}

async fn operator(admin: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(admin).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.get(9..12).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}
