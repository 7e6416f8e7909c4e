//! What a call is answered: the inner document, its charset, the message around it, and their faults.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::escape::escape;

use super::acts::Done;
use super::identity::described;
use super::input::{Input, NOBODY};
use super::soap::{self, Call};
use super::{Charset, GuangdongService, Platform, Refusal};
use crate::twin::answer::Answer;
use crate::twin::books::Ledger;
use crate::twin::money::Fen;
use crate::twin::{Fault, clock};

impl Platform {
    pub(super) fn carry_out(&self, call: &Call, fault: Option<&Fault>) -> Answer {
        match fault {
            Some(Fault::TrailingComma | Fault::UnquotedKeys | Fault::SessionExpired) => {
                return Answer::not_shown();
            }
            Some(Fault::DoctypeBomb) => return Answer::soap(200, bomb(&self.respond("&lol9;"))),
            Some(Fault::DeepNesting(levels)) => {
                let nested = "<a>".repeat(*levels) + &"</a>".repeat(*levels);
                return Answer::soap(200, self.respond(&nested));
            }
            _ => {}
        }
        let charset = self.variant.charset;
        let inner = match self.variant.service {
            GuangdongService::JkService if charset.encode(&call.payload).is_some() => {
                Ok(call.payload.clone())
            }
            GuangdongService::JkService => Err("报文含有所声明编码之外的字符"),
            GuangdongService::DataExchangeEnc => match STANDARD.decode(call.payload.as_bytes()) {
                Ok(bytes) => charset.decode(&bytes).ok_or("报文字节与所声明编码不符"),
                Err(_) => Err("报文不是base64"),
            },
        };
        match (inner, self.variant.service) {
            (Ok(inner), _) => self.transact(&call.transaction, &inner, fault),
            (Err(why), GuangdongService::JkService) => {
                self.send(&self.refuse_unread(&Refusal::new(-900, why)), fault)
            }
            (Err(why), GuangdongService::DataExchangeEnc) => {
                Answer::soap(200, self.respond(&returned("", "-1", why)))
            }
        }
    }

    fn transact(&self, transaction: &str, inner: &str, fault: Option<&Fault>) -> Answer {
        let mut ledger = self.books.ledger();
        let sequence = ledger.issue();
        let read = Input::read(inner, self.variant.charset.label());
        let place = read.as_ref().ok().and_then(|input| input.place().ok());
        let transid = self.transid(place.as_deref().unwrap_or("000000"), sequence);
        let done = match fault {
            Some(Fault::BusinessError) => Err(Refusal::new(-999, "业务处理失败,请联系参保地经办机构")),
            Some(Fault::MissingPerson) => Err(Refusal::new(-201, NOBODY)),
            _ => read.and_then(|input| match transaction {
                "0211" => self.who(&input, fault == Some(&Fault::WrongPerson)),
                _ => self.act(&mut ledger, transaction, input, &transid),
            }),
        };
        let result = match done {
            Err(refusal) => self.result(&transid, refusal.code, &refusal.text, ""),
            Ok(Done { output, before, psn_no, deed }) => {
                if let Some(deed) = deed {
                    ledger.note(&transid, transaction, &psn_no, deed, "");
                }
                let transid = before.as_ref().unwrap_or(&transid);
                match fault {
                    Some(Fault::ErrorTextOnSuccess) => self.result(transid, 0, "系统繁忙,未取得参保信息", ""),
                    Some(Fault::CentTooMuch) => self.result(transid, 0, "", &cent_too_much(&output)),
                    Some(Fault::WrongVisit) => {
                        self.result(transid, 0, "", &wrong_visit(&ledger, &psn_no, &output))
                    }
                    Some(Fault::HugeAnswer(bytes)) => self.result(transid, 0, &"x".repeat(*bytes), &output),
                    _ => self.result(transid, 0, "", &output),
                }
            }
        };
        // Whom the charset has no characters for cannot be answered in it.
        match self.variant.charset.encode(&result) {
            Some(_) => self.send(&result, fault),
            None => {
                let why = Refusal::new(-901, "姓名含有所用编码之外的字符");
                self.send(&self.result(&transid, why.code, &why.text, ""), fault)
            }
        }
    }

    fn who(&self, input: &Input, wrong: bool) -> Result<Done, Refusal> {
        let asked = self.asked(input)?;
        let other = self.holders.iter().find(|one| wrong && one.psn_no != asked.psn_no);
        let output = described(other.unwrap_or(asked));
        Ok(Done { output, before: None, psn_no: asked.psn_no.clone(), deed: None })
    }

    /// A refusal of a message that was not read.
    fn refuse_unread(&self, refusal: &Refusal) -> String {
        let sequence = self.books.ledger().issue();
        self.result(&self.transid("000000", sequence), refusal.code, &refusal.text, "")
    }

    fn transid(&self, place: &str, sequence: u64) -> String {
        format!("{place}{}{sequence:010}", clock::local().strftime("%y%m%d"))
    }

    fn result(&self, transid: &str, code: i32, text: &str, output: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"{}\"?><result><sign>X</sign><transid>{transid}</transid>\
             <errorcode>{code}</errorcode><errormsg>{}</errormsg><output>{output}</output></result>",
            self.variant.charset.label(),
            escape(text),
        )
    }

    /// Puts the inner document into the message, in the wrong charset if told so.
    fn send(&self, result: &str, fault: Option<&Fault>) -> Answer {
        let wrong = fault == Some(&Fault::WrongCharset);
        let message = match self.variant.service {
            GuangdongService::JkService => self.respond(&escape(result)),
            GuangdongService::DataExchangeEnc => {
                let bytes = self.variant.charset.encode(result).filter(|_| !wrong);
                let bytes = bytes.unwrap_or_else(|| result.as_bytes().to_vec());
                self.respond(&returned(&STANDARD.encode(bytes), "0", ""))
            }
        };
        match self.variant.service {
            GuangdongService::JkService if wrong => {
                let bytes = Charset::Gb18030.encode(&message);
                Answer::soap(200, bytes.unwrap_or_else(|| message.into_bytes()))
            }
            _ => Answer::soap(200, message),
        }
    }

    fn respond(&self, returned: &str) -> String {
        soap::response(self.variant.service.operation(), returned)
    }
}

/// The output with one fen more in the fund's total, if it has one.
fn cent_too_much(output: &str) -> String {
    with(output, "akb068", |amount| (Fen::parse(amount).unwrap_or_default() + Fen(1)).to_string())
}

/// The output with the numbers of somebody else's visit and settlement, as far as it has them.
fn wrong_visit(ledger: &Ledger, psn_no: &str, output: &str) -> String {
    let Some(other) = ledger.another(psn_no) else { return output.to_owned() };
    let output = with(output, "ykc700", |_| other.id.clone());
    with(&output, "ykc618", |_| format!("J{}", other.id))
}

/// The output with another text in an element, the first of that name.
fn with(output: &str, name: &str, change: impl FnOnce(&str) -> String) -> String {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let parts = output.split_once(&open).and_then(|(before, rest)| Some((before, rest.split_once(&close)?)));
    match parts {
        Some((before, (text, after))) => format!("{before}{open}{}{close}{after}", change(text)),
        None => output.to_owned(),
    }
}

fn returned(outxml: &str, syscode: &str, sysmsg: &str) -> String {
    format!(
        "<ns:outxml>{outxml}</ns:outxml><ns:syscode>{syscode}</ns:syscode><ns:sysmsg>{}</ns:sysmsg>",
        escape(sysmsg)
    )
}

/// A billion laughs before the message.
fn bomb(message: &str) -> String {
    let mut entities = "<!ENTITY lol0 \"lol\">".to_owned();
    for level in 1..10 {
        let inner = format!("&lol{};", level - 1).repeat(10);
        entities += &format!("<!ENTITY lol{level} \"{inner}\">");
    }
    message.replacen("?>", &format!("?><!DOCTYPE lolz [{entities}]>"), 1)
}
