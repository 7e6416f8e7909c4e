//! What a visitor may try alone: the tour's questions as files, and the commands that send them.

use yizhan_conformance::holders;

use crate::house::{ADMIN_PORT, Asker, GATEWAY_PORT, House};
use crate::messages::{self, Message};
use crate::show::Show;

/// Other keys than the tour's: what was taken back there is never done again under its own.
const SETTLEMENT: &[(&str, &str)] =
    &[("content-type", "application/json"), ("idempotency-key", "paste-settlement-1")];
const CLAIM: &[(&str, &str)] = &[("content-type", "application/json"), ("idempotency-key", "paste-claim-1")];

/// Writes the files into `requests/` and prints the commands.
pub(crate) fn print(house: &House, show: &Show) -> anyhow::Result<()> {
    show.line("");
    show.line(
        "驿站仍在运行, Ctrl-C 结束; 可直接粘贴: · the house stays open, Ctrl-C ends it; ready to paste:",
    );
    for (asker, file, message) in questions() {
        let inside = format!("requests/{file}");
        house.write(&inside, &message.body)?;
        show.line("");
        show.line(&curl(house, asker, &inside, &message));
    }
    show.line("");
    for path in ["readyz?verbose", "metrics"] {
        show.line(&format!("curl -s 'http://localhost:{ADMIN_PORT}/{path}'"));
    }
    show.line("");
    show.line(&format!("日志 log: {}", shown(house, "gateway.log")));
    Ok(())
}

fn questions() -> Vec<(Asker, &'static str, Message)> {
    let mut questions = vec![(Asker::Sichuan, "9001.json", messages::sign_in())];
    if let Some(holder) = holders::guangdong().first() {
        questions.push((Asker::Sichuan, "1101.json", messages::person_by_card(holder)));
        questions.push((Asker::Unified, "card.lookup.json", messages::unified_by_card(holder)));
    }
    if let Some(holder) = holders::guangdong().first() {
        // Sent twice it is one settlement: its headers name a key.
        let settle = messages::settlement_at_guangdong("settlement.commit", holder).under(SETTLEMENT);
        questions.push((Asker::Unified, "settlement.commit.json", settle));
    }
    if let Some(holder) = holders::sichuan().first() {
        questions.push((Asker::Insurer, "claim.json", messages::claim_bundle(holder, "DEMO20260110000003")));
        questions.push((
            Asker::Unified,
            "claim.submit.json",
            messages::unified_claim(holder, "DEMO20260110000004").under(CLAIM),
        ));
        questions.push((Asker::Guangdong, "0211.xml", messages::identity_check(holder, "510100")));
        let query = messages::unified_by_document("insurance.query", holder, "510100");
        questions.push((Asker::Unified, "insurance.query.json", query));
    }
    questions
}

fn curl(house: &House, asker: Asker, inside: &str, message: &Message) -> String {
    let name = asker.name();
    let headers: String =
        message.headers.iter().map(|(header, value)| format!(" -H '{header}: {value}'")).collect();
    format!(
        "curl -s -w '\\n' --cacert {} --cert {} --key {} \\\n {headers} --data-binary @{} \\\n  'https://localhost:{GATEWAY_PORT}{}'",
        shown(house, "pki/ca.pem"),
        shown(house, &format!("pki/clients/{name}.pem")),
        shown(house, &format!("pki/clients/{name}.key")),
        shown(house, inside),
        message.path,
    )
}

/// A path as a shell takes it, from where the demo was started if it lies below.
fn shown(house: &House, inside: &str) -> String {
    let path = house.path(inside);
    let here = std::env::current_dir().ok();
    let short = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(&path);
    let text = short.display().to_string();
    let plain = text.chars().all(|c| c.is_alphanumeric() || "/._-".contains(c));
    if plain { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}
