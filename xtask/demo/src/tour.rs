//! The tour: exchanges as a real day has them, each checked strictly.
//!
//! What is shown was observed: what the client sent and got, and what the partner's system got and answered. The
//! unified message of a native exchange stays inside the gateway, so the same question is asked once more through
//! `/v1`, and that is shown.

mod answers;
mod checks;
mod claims;
mod privacy;
mod refusals;
mod settlements;
mod visitor;

use crate::house::House;
use crate::neighbours::Neighbours;
use crate::show::Show;
use checks::Checks;
use visitor::Visitor;

/// Runs every step; whether all came out as expected.
pub(crate) async fn run(house: &House, neighbours: &Neighbours, show: &Show) -> anyhow::Result<bool> {
    let visitor = Visitor::new(house, neighbours, show)?;
    let steps = [
        answers::chengdu_asks_guangdong(&visitor).await?,
        answers::guangdong_asks_sichuan(&visitor).await?,
        answers::unified_asks_sichuan(&visitor).await?,
        answers::chengdu_asks_chongqing(&visitor).await?,
        refusals::not_granted(&visitor).await?,
        refusals::invalid(&visitor).await?,
        refusals::down(&visitor).await?,
        answers::chengdu_signs_in(&visitor).await?,
        settlements::settled_once_and_taken_back(&visitor).await?,
        settlements::lost_and_taken_back(&visitor).await?,
        claims::decided_later(&visitor).await?,
        claims::claimed_of_the_insurer(&visitor).await?,
        claims::covered(&visitor).await?,
        privacy::log_names_nobody(house, show).await?,
    ];
    let failed = steps.iter().filter(|expected| !**expected).count();
    show.line("");
    show.line(&if failed == 0 {
        format!("✓ 全部 {} 步符合预期 · all steps came out as expected", steps.len())
    } else {
        format!("✗ {failed} / {} 步不符预期 · steps came out otherwise", steps.len())
    });
    Ok(failed == 0)
}
