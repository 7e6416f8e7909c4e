//! Texts of which an expectation knows a part: `{"$like": "5100########"}` in a message or a body. A number that the
//! adapter makes from what it is given at random has a shape in the dialect, and no value anybody could know.

use super::node::Node;

/// Whether the expectation is a shape and the text has it: `#` is a digit, `?` any character, `*` any number of them.
pub(super) fn like(expected: &[(String, Node)], text: &str) -> bool {
    match expected {
        [(name, Node::Text(shape))] if name == "$like" => has_shape(text, shape),
        _ => false,
    }
}

/// Whether the text has this shape.
pub(super) fn has_shape(text: &str, shape: &str) -> bool {
    let (shape, text): (Vec<char>, Vec<char>) = (shape.chars().collect(), text.chars().collect());
    fits(&shape, &text)
}

fn fits(shape: &[char], text: &[char]) -> bool {
    match (shape, text) {
        ([], []) => true,
        (['*', rest @ ..], text) => {
            fits(rest, text) || text.split_first().is_some_and(|(_, text)| fits(shape, text))
        }
        (['#', shape @ ..], [first, text @ ..]) => first.is_ascii_digit() && fits(shape, text),
        (['?', shape @ ..], [_, text @ ..]) => fits(shape, text),
        ([wanted, shape @ ..], [first, text @ ..]) => wanted == first && fits(shape, text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_knows_digits_characters_and_the_rest() {
        for (shape, text, fit) in [
            ("51##", "5109", true),
            ("51##", "510", false),
            ("51##", "51090", false),
            ("a?c*", "a·c", true),
            ("a?c*", "abcdef", true),
            ("?*", "", false),
            ("*", "", true),
            ("*c*e", "abcde", true),
            ("*c*e", "abcd", false),
        ] {
            assert_eq!(
                like(&[("$like".to_owned(), Node::Text(shape.to_owned()))], text),
                fit,
                "{shape} {text}"
            );
        }
        assert!(!like(&[("like".to_owned(), Node::Text("*".to_owned()))], "x"));
    }
}
