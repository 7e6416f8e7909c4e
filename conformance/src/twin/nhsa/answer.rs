//! The response envelope, and the faults that lie in it.

use serde::Serialize;
use serde_json::value::RawValue;

use super::variant::Code;
use super::{Platform, Refusal};
use crate::twin::answer::Answer;
use crate::twin::money::Fen;
use crate::twin::{Fault, clock};

impl Platform {
    pub(super) fn reply(&self, outcome: Result<String, Refusal>, fault: Option<&Fault>) -> Answer {
        let trace = format!("(traceid:{:016x})", self.next().wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let variant = &self.variant;
        let (code, error, output) = match outcome {
            Err(Refusal::Broken(text)) => (&variant.failure_code, Some(text + &trace), None),
            Err(Refusal::NotFound) => {
                (&variant.not_found_code, Some(variant.not_found_message.clone() + &trace), None)
            }
            Err(Refusal::Missing(text)) => (&variant.not_found_code, Some(text.to_owned() + &trace), None),
            Ok(_) if fault == Some(&Fault::ErrorTextOnSuccess) => {
                let text = format!("FSI-文件查询号不能为空[fileBO_156]{trace}");
                (&variant.success_code, Some(text), None)
            }
            Ok(output) => (&variant.success_code, None, Some(output)),
        };
        let output = match fault {
            Some(Fault::CentTooMuch) => output.map(|output| cent_too_much(&output)),
            Some(Fault::WrongVisit) => output.map(|output| self.wrong_visit(&output)),
            Some(Fault::DeepNesting(levels)) => Some("[".repeat(*levels) + &"]".repeat(*levels)),
            _ => output,
        };
        let padding = match fault {
            Some(Fault::HugeAnswer(bytes)) => Some("x".repeat(*bytes)),
            _ => None,
        };
        match self.write(code, error.as_deref(), padding.as_deref(), output) {
            Ok(text) => Answer::json(200, distort(text, fault)),
            Err(_) => Answer::html(500),
        }
    }

    /// The output with the numbers of somebody else's visit, if it has a visit's number.
    fn wrong_visit(&self, output: &str) -> String {
        let Some((_, id, _)) = around(output, "mdtrt_id") else { return output.to_owned() };
        let ledger = self.books.ledger();
        let theirs = ledger.visit_numbered(id.trim_matches('"')).map_or("", |visit| &visit.psn_no);
        let Some(other) = ledger.another(theirs) else { return output.to_owned() };
        let settlement = format!("{}S0", other.id);
        [("mdtrt_id", &other.id), ("setl_id", &settlement), ("psn_no", &other.psn_no)].into_iter().fold(
            output.to_owned(),
            |output, (name, value)| match around(&output, name) {
                Some((before, _, after)) => format!("{before}\"{value}\"{after}"),
                None => output,
            },
        )
    }

    fn write(
        &self,
        infcode: &Code,
        err_msg: Option<&str>,
        warn_msg: Option<&str>,
        output: Option<String>,
    ) -> Result<String, serde_json::Error> {
        let now = clock::local();
        let respond_time = now.strftime("%Y%m%d%H%M%S%3f").to_string();
        serde_json::to_string(&Reply {
            infcode,
            inf_refmsgid: format!(
                "{}{}{:010}",
                self.variant.division,
                now.strftime("%Y%m%d%H%M%S"),
                self.next()
            ),
            refmsg_time: &respond_time,
            respond_time: &respond_time,
            err_msg,
            warn_msg,
            cainfo: None,
            signtype: None,
            output: output.map(RawValue::from_string).transpose()?,
        })
    }
}

#[derive(Serialize)]
struct Reply<'a> {
    infcode: &'a Code,
    inf_refmsgid: String,
    refmsg_time: &'a str,
    respond_time: &'a str,
    err_msg: Option<&'a str>,
    warn_msg: Option<&'a str>,
    cainfo: Option<&'a str>,
    signtype: Option<&'a str>,
    output: Option<Box<RawValue>>,
}

/// The output with one fen more in the fund's total, if it has one.
fn cent_too_much(output: &str) -> String {
    let Some((before, amount, after)) = around(output, "fund_pay_sumamt") else { return output.to_owned() };
    let more = Fen::parse(amount.trim_matches('"')).unwrap_or_default() + Fen(1);
    let more = if amount.starts_with('"') { format!("\"{more}\"") } else { more.to_string() };
    format!("{before}{more}{after}")
}

/// What stands before, in and behind the value of a field, the first of that name. No value of ours that is
/// looked for has a comma or a brace in it.
fn around<'a>(output: &'a str, name: &str) -> Option<(&'a str, &'a str, &'a str)> {
    let mark = format!("\"{name}\":");
    let begin = output.find(&mark)? + mark.len();
    let (before, rest) = output.split_at_checked(begin)?;
    let (value, after) = rest.split_at_checked(rest.find([',', '}'])?)?;
    Some((before, value, after))
}

fn distort(text: String, fault: Option<&Fault>) -> Vec<u8> {
    match fault {
        Some(Fault::TrailingComma) => trailing_comma(&text).into_bytes(),
        Some(Fault::UnquotedKeys) => unquoted_keys(&text).into_bytes(),
        Some(Fault::WrongCharset) => encoding_rs::GB18030.encode(&text).0.into_owned(),
        _ => text.into_bytes(),
    }
}

/// Moves `err_msg` to the end and leaves a comma behind it.
fn trailing_comma(text: &str) -> String {
    let moved = text.replacen("\"err_msg\":null,", "", 1);
    moved.strip_suffix('}').map_or_else(|| text.to_owned(), |open| format!("{open},\"err_msg\":null,}}"))
}

/// Takes the quotes off every key.
fn unquoted_keys(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, opened)) = rest.split_once('"') {
        let end = string_end(opened);
        let (string, after) = opened.split_at(end);
        let after = after.strip_prefix('"').unwrap_or(after);
        written.push_str(before);
        if after.starts_with(':') {
            written.push_str(string);
        } else {
            written.extend(["\"", string, "\""]);
        }
        rest = after;
    }
    written + rest
}

/// Where the string that begins here ends: the first quote that no backslash escapes.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return at,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_lose_their_quotes() {
        assert_eq!(
            unquoted_keys(r#"{"a":"b:\"c\":","d":[null,{"e":1}]}"#),
            r#"{a:"b:\"c\":",d:[null,{e:1}]}"#
        );
    }

    #[test]
    fn the_comma_trails() {
        assert_eq!(
            trailing_comma(r#"{"infcode":0,"err_msg":null,"output":1}"#),
            r#"{"infcode":0,"output":1,"err_msg":null,}"#
        );
    }
}
