//! The table of faults: what a requester may be told when its purpose failed. Status, side, whether to come again,
//! and one sentence for people. The gateway answers with it and the OpenAPI document is made of it, so neither can
//! say what the other does not.

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultSide {
    /// Whoever asked.
    Requester,
    /// This gateway, its adapters or its configuration.
    Gateway,
    /// Whoever was asked.
    Partner,
}

impl FaultSide {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Requester, Self::Gateway, Self::Partner];

    /// As a problem document writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::Gateway => "gateway",
            Self::Partner => "partner",
        }
    }
}

/// What became of the requester's purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultEffect {
    /// Nothing was changed anywhere.
    Nothing,
    /// What was changed is changed back.
    Reversed,
    /// Nobody knows yet.
    Unknown,
}

impl FaultEffect {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Reversed, Self::Unknown];

    /// As a problem document writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Reversed => "reversed",
            Self::Unknown => "unknown",
        }
    }
}

/// Where a problem's page is found; the code is its last part.
const PROBLEM_BASE: &str = "https://yizhan.example/problems/";

macro_rules! codes {
    ($($variant:ident $code:literal $status:literal $side:ident $retryable:literal $en:literal $zh:literal;)*) => {
        /// Every code there is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FaultCode { $(
            #[doc = $en]
            $variant,
        )* }

        impl FaultCode {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable code.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The one of this name; where two share it, the first.
            #[must_use]
            pub fn named(code: &str) -> Option<Self> {
                [$(Self::$variant),*].into_iter().find(|one| one.as_str() == code)
            }

            /// The HTTP status it goes out with.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// Whose fault it is.
            #[must_use]
            pub const fn side(self) -> FaultSide {
                match self { $(Self::$variant => FaultSide::$side,)* }
            }

            /// Whether the same request may succeed later.
            #[must_use]
            pub const fn retryable(self) -> bool {
                match self { $(Self::$variant => $retryable,)* }
            }

            /// One English sentence for people.
            #[must_use]
            pub const fn title_en(self) -> &'static str {
                match self { $(Self::$variant => $en,)* }
            }

            /// The same in Chinese.
            #[must_use]
            pub const fn title_zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)* }
            }
        }
    };
}

codes! {
    UnknownPartner "unknown-partner" 403 Requester false "This certificate belongs to no partner." "该证书不属于任何接入方。";
    InstitutionMismatch "institution-mismatch" 403 Requester false "The message speaks for another institution than the certificate." "报文所称机构与证书不一致。";
    NotGranted "not-granted" 403 Requester false "No grant allows this." "没有相应的授权。";
    NotSignedIn "not-signed-in" 403 Requester false "This client must sign in first." "请先签到。";
    NoSuchOperation "no-such-operation" 404 Requester false "There is no such operation." "没有这个服务。";
    MethodNotAllowed "no-such-operation" 405 Requester false "This path does not take this method." "该地址不支持此请求方法。";
    Malformed "malformed" 400 Requester false "The message cannot be read." "报文无法解析。";
    TooLarge "too-large" 413 Requester false "The message is too large." "报文过大。";
    UnsupportedCharset "unsupported-charset" 415 Requester false "This charset is not spoken here." "不支持该字符集。";
    TooManyRequests "too-many-requests" 429 Requester true "Too many requests of this requester." "请求过于频繁。";
    SchemaViolation "schema-violation" 422 Requester false "The message breaks the unified standard." "报文不符合统一标准。";
    KeyConflict "key-conflict" 409 Requester false "This key belongs to another message." "该幂等键已用于其他报文。";
    NoRoute "no-route" 404 Gateway false "No partner answers for this message." "找不到可受理该报文的接入方。";
    NotOffered "not-offered" 501 Gateway false "The partner does not offer this operation." "对方不提供该服务。";
    Inexpressible "inexpressible" 422 Gateway false "The partner's dialect cannot carry this message." "对方的接口无法表达该报文。";
    Rejected "rejected" 422 Partner false "The partner said no." "对方拒绝了请求。";
    NotFound "not-found" 404 Partner false "The partner does not know what was asked for." "对方查无此项。";
    Unavailable "unavailable" 503 Partner true "The partner is not available." "对方暂不可用。";
    Timeout "timeout" 504 Partner true "The partner did not answer in time." "对方未在规定时间内应答。";
    UnreadableAnswer "unreadable-answer" 502 Partner false "The partner's answer cannot be read." "对方的应答无法解析。";
    AnswerViolatesStandard "answer-violates-standard" 502 Partner false "The partner's answer breaks the unified standard." "对方的应答不符合统一标准。";
    NoTrust "no-trust" 502 Gateway false "There is no trust between this gateway and the partner." "与对方未能建立信任。";
    AdapterFault "adapter-fault" 502 Gateway false "The partner's adapter failed." "适配器发生故障。";
    Overloaded "overloaded" 503 Gateway true "This gateway is overloaded." "本网关负载过高。";
    Internal "internal" 500 Gateway false "This gateway has a fault of its own." "本网关内部错误。";
}

impl FaultCode {
    /// The `type` of its problem documents.
    #[must_use]
    pub fn type_uri(self) -> String {
        format!("{PROBLEM_BASE}{}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_four_codes_are_worth_repeating() {
        let retryable: Vec<_> =
            FaultCode::ALL.iter().filter(|code| code.retryable()).map(|code| code.as_str()).collect();
        assert_eq!(retryable, ["too-many-requests", "unavailable", "timeout", "overloaded"]);
    }
}
