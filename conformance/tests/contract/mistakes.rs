//! The mistakes: each with the test that must see it, and the others that may.

/// Books with something in them twice, or told otherwise, are seen by whoever looks into them.
pub(crate) type Mistake = (&'static str, &'static str, &'static [&'static str]);

pub(crate) const MISTAKES: [Mistake; 46] = [
    ("no-exchange-header", "0101", &["0141"]),
    ("takes-no-key", "0102", &["0143", "0144", "0172"]),
    (
        "runs-again",
        "0103",
        &["0104", "0105", "0106", "0109", "0110", "0122", "0125", "0136", "0162", "0171", "0172"],
    ),
    ("new-bytes", "0103", &["0104", "0105", "0106", "0109", "0110", "0125", "0136"]),
    ("new-number", "0103", &["0104", "0105", "0106", "0109", "0110", "0122", "0125"]),
    ("ignores-conflict", "0104", &[]),
    ("digest-of-bytes", "0105", &["0106", "0171", "0172"]),
    ("digest-with-time", "0106", &["0171", "0172"]),
    ("invalid-takes-key", "0107", &["0171", "0172"]),
    ("unroutable-takes-key", "0108", &[]),
    ("runs-at-once", "0109", &["0171", "0172"]),
    ("keys-of-everybody", "0110", &[]),
    ("ignores-prefer", "0121", &["0126", "0145", "0161"]),
    ("no-location", "0121", &[]),
    ("looks-up-another", "0122", &[]),
    ("tells-others", "0123", &[]),
    ("forbids-others", "0123", &[]),
    ("unknown-is-500", "0124", &["0123", "0141"]),
    ("others-undo", "0125", &[]),
    ("no-retry-after-202", "0126", &[]),
    ("undoes-on-paper", "0131", &["0132", "0134", "0136", "0137", "0171", "0172"]),
    ("number-undoes-nothing", "0132", &["0133", "0171", "0172"]),
    ("undo-again-differs", "0133", &["0132", "0137", "0171", "0172"]),
    ("forgets-undone", "0134", &["0132", "0133", "0135", "0136", "0137", "0171", "0172"]),
    ("does-not-bar", "0135", &["0171", "0172"]),
    ("says-undone-anyway", "0136", &["0172"]),
    ("finishes-after-undo", "0137", &["0172"]),
    ("plain-text", "0141", &["0143"]),
    ("wrong-side", "0141", &["0143"]),
    ("no-retryable", "0141", &["0143"]),
    ("first-violation-only", "0142", &[]),
    ("cut-command-is-500", "0143", &[]),
    ("quotes-value", "0144", &[]),
    ("quotes-in-header", "0144", &[]),
    ("quotes-partner", "0145", &[]),
    ("no-retry-after-503", "0146", &[]),
    ("certificate-optional", "0151", &[]),
    ("keys-for-queries", "0152", &[]),
    ("no-version", "0153", &["0154"]),
    ("ignores-older", "0153", &[]),
    ("takes-any-version", "0154", &[]),
    ("query-breaks-standard", "0155", &[]),
    ("reply-breaks-standard", "0156", &[]),
    ("pending-is-500", "0161", &["0109", "0121", "0122", "0126", "0145", "0172"]),
    ("lost-is-nothing", "0162", &["0161", "0171", "0172"]),
    ("forgets-after-three", "0171", &["0109", "0122", "0161", "0172"]),
];

/// Those whose test is not among the quick ones, and what only comes to light at the end.
pub(crate) const MISTAKES_IN_FULL: [Mistake; 2] =
    [("unknown-reads-nothing", "0138", &["0172"]), ("acts-again-when-lost", "0172", &["0161", "0162"])];
