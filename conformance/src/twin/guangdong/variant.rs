//! What differs between installations of the platform.

use super::Charset;

/// The options of one installation. Start from [`GuangdongVariant::jk_service`] or
/// [`GuangdongVariant::data_exchange`].
#[derive(Clone, Debug)]
pub struct GuangdongVariant {
    /// The path of the service; with `?wsdl` behind it, of its description.
    pub path: String,
    /// Which of the two operations it offers.
    pub service: GuangdongService,
    /// The charset of the inner document, in the bytes or by its declaration alone.
    pub charset: Charset,
    /// What 0212 gets when a visit under the institution's number is open.
    pub repeated_visit: Repeated,
    /// What 0304 gets when the visit is settled. The facts leave it open.
    pub repeated_settlement: Repeated,
}

impl GuangdongVariant {
    /// The older installation: text in GBK inside a SOAP string.
    pub fn jk_service() -> Self {
        Self {
            path: "/STYDJY/services/STYDJKService".to_owned(),
            service: GuangdongService::JkService,
            charset: Charset::Gbk,
            repeated_visit: Repeated::SameResult,
            repeated_settlement: Repeated::SameResult,
        }
    }

    /// The newer one: bytes in GB18030 as base64.
    pub fn data_exchange() -> Self {
        Self {
            path: "/STYDJY/services/DataExchangeService".to_owned(),
            service: GuangdongService::DataExchangeEnc,
            charset: Charset::Gb18030,
            repeated_visit: Repeated::Refused,
            repeated_settlement: Repeated::Refused,
        }
    }
}

/// What an act gets that was done before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeated {
    /// The first one's result, its `transid` too.
    SameResult,
    /// A negative code.
    Refused,
    /// It is done again: the books show both.
    Again,
}

/// The operation an installation offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuangdongService {
    /// `STYDJKService(TransNo, Inxml)`: a document as a string that declares another charset.
    JkService,
    /// `DataExchangeServiceEnc(TransNo, inBytes)`: real bytes as base64.
    DataExchangeEnc,
}

impl GuangdongService {
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::JkService => "STYDJKService",
            Self::DataExchangeEnc => "DataExchangeServiceEnc",
        }
    }
}
