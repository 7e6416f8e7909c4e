//! The tests that follow chance, made for longer and from a seed of their own: power cuts under the journal, and a
//! gateway that is killed, cut off and lied to under many settlements.

use crate::{process, workspace};

/// Rounds of each; the tests themselves make forty.
const ROUNDS: u64 = 400;

/// Runs them from this seed.
pub(crate) fn run(seed: u64) -> anyhow::Result<()> {
    println!("{ROUNDS} rounds of each test, seed {seed}");
    for test in ["powercut", "ends_once"] {
        // The same features as every other build of the tests, or half of the dependencies are built anew.
        let mut tests = process::cargo()?;
        tests.args(["test", "--workspace", "--all-features", "--test", test, "--", "--nocapture"]);
        tests.env("YIZHAN_ROUNDS", ROUNDS.to_string()).env("YIZHAN_SEED", seed.to_string());
        process::run(tests.env("YIZHAN_ADAPTERS", workspace::adapters_dir()?))?;
    }
    Ok(())
}
