//! What a call is answered: the inner document, its charset, the message around it, and their faults.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::escape::escape;

use super::identity::{NOBODY, Question};
use super::soap::{self, Call};
use super::{Charset, GuangdongService, Platform, Refusal};
use crate::holders::Holder;
use crate::twin::answer::Answer;
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
                self.send(&self.refuse("000000", &Refusal::new(-900, why)), fault)
            }
            (Err(why), GuangdongService::DataExchangeEnc) => {
                Answer::soap(200, self.respond(&returned("", "-1", why)))
            }
        }
    }

    fn transact(&self, transaction: &str, inner: &str, fault: Option<&Fault>) -> Answer {
        if transaction != "0211" {
            return self.send(&self.refuse("000000", &Refusal::new(-104, "交易未开通")), fault);
        }
        let question = match Question::read(inner, self.variant.charset.label()) {
            Ok(question) => question,
            Err(refusal) => return self.send(&self.refuse("000000", &refusal), fault),
        };
        let place = &question.place;
        let found = match fault {
            Some(Fault::BusinessError) => Err(Refusal::new(-999, "业务处理失败,请联系参保地经办机构")),
            Some(Fault::MissingPerson) => Err(Refusal::new(-201, NOBODY)),
            _ => self.identify(&question),
        };
        let result = match (found, fault) {
            (Err(refusal), _) => self.refuse(place, &refusal),
            (Ok(_), Some(Fault::ErrorTextOnSuccess)) => self.result(place, 0, "系统繁忙,未取得参保信息", ""),
            (Ok(asked), Some(Fault::WrongPerson)) => {
                let other = self.holders.iter().find(|one| one.psn_no != asked.psn_no);
                self.result(place, 0, "", &output(other.unwrap_or(asked)))
            }
            (Ok(asked), Some(Fault::HugeAnswer(bytes))) => {
                self.result(place, 0, &"x".repeat(*bytes), &output(asked))
            }
            (Ok(asked), _) => self.result(place, 0, "", &output(asked)),
        };
        // Whom the charset has no characters for cannot be answered in it.
        match self.variant.charset.encode(&result) {
            Some(_) => self.send(&result, fault),
            None => {
                let why = Refusal::new(-901, "姓名含有所用编码之外的字符");
                self.send(&self.refuse(place, &why), fault)
            }
        }
    }

    fn refuse(&self, place: &str, refusal: &Refusal) -> String {
        self.result(place, refusal.code, &refusal.text, "")
    }

    fn result(&self, place: &str, code: i32, text: &str, output: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"{}\"?><result><sign>X</sign><transid>{place}{}{:010}</transid>\
             <errorcode>{code}</errorcode><errormsg>{}</errormsg><output>{output}</output></result>",
            self.variant.charset.label(),
            clock::local().strftime("%y%m%d"),
            self.next(),
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

fn output(holder: &Holder) -> String {
    let city = holder.insured_division.strip_suffix("99").map(|city| format!("{city}00"));
    let mut written = String::new();
    for (name, value) in [
        ("aab301", city.as_ref().unwrap_or(&holder.insured_division)),
        ("aac002", &holder.document_number),
        ("aac003", &holder.name),
        ("aac004", &holder.sex),
        ("aac006", &holder.birth_date.replace('-', "")),
        ("ykc021", &holder.ykc021),
        ("ykc300", &holder.ykc300),
    ] {
        written += &format!("<{name}>{}</{name}>", escape(value));
    }
    written
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
