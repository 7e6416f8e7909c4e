//! What the road, a command, a single call and the validator cost. The benches write their results to `target/bench`.

use crate::{adapters, apt, process, workspace};

/// Runs all benches; `quick` asks them for fewer samples.
pub(crate) fn run(quick: bool) -> anyhow::Result<()> {
    // The road is measured next to a plain reverse proxy, so that the number means something.
    if workspace::find_program("nginx").is_none() {
        println!("nginx is missing; the benches start their own, and Debian's package may start another one");
        apt::ensure(&["nginx-light"])?;
    }
    adapters::run(None)?;
    bench(&["-p", "yizhan", "--bench", "road"], quick)?;
    bench(&["-p", "yizhan", "--bench", "commands"], quick)?;
    bench(&["-p", "yizhan-host", "--bench", "call", "--features", "native"], quick)?;
    bench(&["-p", "yizhan-schemas", "--bench", "validate"], quick)
}

fn bench(which: &[&str], quick: bool) -> anyhow::Result<()> {
    let mut bench = process::cargo()?;
    bench.arg("bench").args(which).env("YIZHAN_ADAPTERS", workspace::adapters_dir()?);
    if quick {
        bench.args(["--", "--quick"]);
    }
    process::run(&mut bench)
}
