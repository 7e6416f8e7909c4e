//! What the gateway wrote into its log meanwhile: which exchanges, and nobody's name or number.

use std::fs;

use anyhow::Context as _;
use yizhan_conformance::holders;

use super::Checks;
use crate::house::House;
use crate::show::Show;

/// How many log lines are shown.
const SHOWN: usize = 2;

pub(super) fn log_names_nobody(house: &House, show: &Show) -> anyhow::Result<bool> {
    show.title('i', "日志中没有个人信息", "the log names nobody");
    let text = fs::read_to_string(house.path("gateway.log")).context("failed to read the gateway's log")?;
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("\"exchange\"")).collect();
    for line in lines.iter().rev().take(SHOWN) {
        show.message("gateway.log", line.as_bytes());
    }
    let mut checks = Checks::default();
    checks.holds(lines.len() >= 10, || {
        format!("lines of exchanges: expected 10 at least, found {}", lines.len())
    });
    for personal in holders::personal_strings() {
        checks.holds(!text.contains(&personal), || format!("the log has {personal}"));
    }
    Ok(checks.close(show))
}
