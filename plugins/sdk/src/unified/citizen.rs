//! Citizen numbers as clients and platforms write them.

use std::borrow::Cow;

/// The number of a document as the standard has it: a citizen's ends with a capital X (GB 11643), and some write a
/// small one. Any other text is as it was.
#[must_use]
pub fn citizen_number(number: Cow<'_, str>) -> Cow<'_, str> {
    match number.as_bytes() {
        [digits @ .., b'x'] if digits.len() == 17 && digits.iter().all(u8::is_ascii_digit) => {
            Cow::Owned(number.to_ascii_uppercase())
        }
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::citizen_number;

    #[test]
    fn only_a_citizens_small_x_is_made_large() {
        for (written, read) in [
            ("51010419900307004x", "51010419900307004X"),
            ("51010419900307004X", "51010419900307004X"),
            ("510104199003071237", "510104199003071237"),
            ("1010419900307004x", "1010419900307004x"),
            ("E1010419900307004x", "E1010419900307004x"),
            ("", ""),
        ] {
            assert_eq!(citizen_number(written.into()), read);
        }
    }
}
