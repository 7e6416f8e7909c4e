//! What the gateway wrote into its log meanwhile: which exchanges, and nobody's name or number.

use std::fs;
use std::time::Duration;

use anyhow::Context as _;
use tokio::time::{Instant, sleep};
use yizhan_conformance::holders;

use super::Checks;
use crate::house::House;
use crate::show::Show;

/// How many log lines are shown.
const SHOWN: usize = 2;
/// How many exchanges the tour has made by now, at least.
const EXCHANGES: usize = 20;
/// The log is written beside the road: its last lines may come a little later.
const PATIENCE: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

pub(super) async fn log_names_nobody(house: &House, show: &Show) -> anyhow::Result<bool> {
    show.title('n', "日志中没有个人信息", "the log names nobody");
    let text = settled_log(house).await?;
    let lines = exchanges(&text);
    for line in lines.iter().rev().take(SHOWN) {
        show.message("gateway.log", line.as_bytes());
    }
    let mut checks = Checks::default();
    checks.holds(lines.len() >= EXCHANGES, || {
        format!("lines of exchanges: expected {EXCHANGES} at least, found {}", lines.len())
    });
    for personal in holders::personal_strings() {
        checks.holds(!text.contains(&personal), || format!("the log has {personal}"));
    }
    Ok(checks.close(show))
}

async fn settled_log(house: &House) -> anyhow::Result<String> {
    let begin = Instant::now();
    loop {
        let text =
            fs::read_to_string(house.path("gateway.log")).context("failed to read the gateway's log")?;
        if exchanges(&text).len() >= EXCHANGES || begin.elapsed() > PATIENCE {
            return Ok(text);
        }
        sleep(BETWEEN_LOOKS).await;
    }
}

fn exchanges(log: &str) -> Vec<&str> {
    log.lines().filter(|line| line.contains("\"exchange\"")).collect()
}
