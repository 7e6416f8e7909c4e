//! Files that nobody wrote on purpose.

use std::fs;

use proptest::prelude::*;
use yizhan::config::load;

use crate::house::*;

/// Whether every line with a piece of [`LITERAL`] begins with a piece of `secret` or `key`, or with one of them.
fn secrets_are_beside_their_keys(text: &str) -> bool {
    let is_beside = |line: &str| {
        let word = line.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        ["secret", "key"].iter().any(|key| key.contains(word) || word.contains(key))
    };
    text.lines().filter(|line| line.contains("hunter2") || line.contains("Zx81")).all(is_beside)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a file holds, there is an answer.
    #[test]
    fn any_bytes_are_refused_without_a_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        which in 0..4usize,
    ) {
        let directory = write(&FILES);
        let path = directory.path().join([MAIN, GUANGDONG, CHONGQING, HOSPITAL][which]);
        fs::write(path, &bytes).unwrap();
        if let Err(problems) = load(directory.path()) {
            prop_assert!(!problems.is_empty());
            problems.render(true);
        }
    }

    /// Nor does a file that was good until it was cut and stitched, and no secret that stood in it is shown.
    #[test]
    fn spoilt_files_are_refused_without_a_panic_and_keep_their_secrets(
        cut in 0..2000usize,
        length in 0..60usize,
        stitch in "[\\[\\]{}=\"'#,.\\n a中]{0,6}",
        which in 0..4usize,
    ) {
        let name = [MAIN, GUANGDONG, CHONGQING, HOSPITAL][which];
        let mut files = edited(&[
            (GUANGDONG, "secret:tif-token", LITERAL),
            (GUANGDONG, "secret:client-key", LITERAL),
            (MAIN, "secret:tls-key", LITERAL),
        ]);
        let text: Vec<char> = files[name].chars().collect();
        let cut = cut % (text.len() + 1);
        let rest = text.iter().skip(cut + length);
        let spoilt: String = text.iter().take(cut).copied().chain(stitch.chars()).chain(rest.copied()).collect();
        // A cut may leave a secret as the value of a field that is known and none, such as a path.
        prop_assume!(secrets_are_beside_their_keys(&spoilt));
        files.insert(name.to_owned(), spoilt);
        let directory = write(&files);
        let problems = load(directory.path()).unwrap_err();
        prop_assert!(!problems.is_empty());
        let shown = problems.render(false);
        // Of a cut secret, no half is shown either.
        prop_assert!(!shown.contains("hunter2") && !shown.contains("Zx81"), "{}", shown);
    }
}
