//! Steps one after the other, and where the time went.

use std::time::{Duration, Instant};

use anyhow::Context as _;

/// The steps taken so far; a failed one is the last.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    taken: Vec<(&'static str, Duration)>,
}

impl Steps {
    pub(crate) fn take(
        &mut self,
        name: &'static str,
        step: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        println!("\n=== {name}");
        let begin = Instant::now();
        let outcome = step();
        self.taken.push((name, begin.elapsed()));
        outcome.with_context(|| format!("step `{name}` failed"))
    }

    /// The table, and the verdict in the words of every test runner, as the last line.
    pub(crate) fn report(&self, passed: bool) -> String {
        let mut report = String::from("\n=== where the time went\n");
        for (name, time) in &self.taken {
            report += &format!("{name:<12} {:>8.1} s\n", time.as_secs_f64());
        }
        let total: Duration = self.taken.iter().map(|(_, time)| *time).sum();
        let (verdict, failed) = if passed { ("ok", 0) } else { ("FAILED", 1) };
        let good = self.taken.len().saturating_sub(failed);
        report += &format!(
            "\ntest result: {verdict}. {good} steps passed; {failed} failed; finished in {:.1}s",
            total.as_secs_f64()
        );
        report
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_failed_step_is_the_last_and_counted() {
        let mut steps = Steps::default();
        steps.take("one", || Ok(())).unwrap();
        let error = steps.take("two", || anyhow::bail!("no")).unwrap_err();
        assert_eq!(format!("{error:#}"), "step `two` failed: no");
        let report = steps.report(false);
        assert!(report.contains("\none ") && report.contains("\ntwo "), "{report}");
        assert!(report.lines().last().unwrap().starts_with("test result: FAILED. 1 steps passed; 1 failed;"));
    }
}
