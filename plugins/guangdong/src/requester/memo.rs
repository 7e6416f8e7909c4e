//! What `reply` must still know of a request: whether its envelope was readable, and whom it asked about.

use yizhan_adapter::contract::Recall;

use crate::soap::FaultCode;

/// Kept as one letter and a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Memo {
    /// The envelope was read: whatever happens is told in the dialect's own result. With the number the request
    /// asked about, where that was read too.
    Read(String),
    /// There was no envelope to answer to: a soap:Fault.
    Unread(FaultCode),
}

impl Memo {
    pub(super) fn write(&self) -> Vec<u8> {
        match self {
            Self::Read(asked) => ["R", asked].concat().into_bytes(),
            Self::Unread(FaultCode::Client) => b"C".to_vec(),
            Self::Unread(FaultCode::VersionMismatch) => b"V".to_vec(),
        }
    }

    pub(super) fn of(recall: &Recall) -> Self {
        match recall {
            Recall::Memo(bytes) => match bytes.split_first() {
                Some((b'C', _)) => Self::Unread(FaultCode::Client),
                Some((b'V', _)) => Self::Unread(FaultCode::VersionMismatch),
                Some((_, asked)) => Self::Read(String::from_utf8_lossy(asked).into_owned()),
                None => Self::Read(String::new()),
            },
            // A GET is not a message; anything else may have been one.
            Recall::Head(head) if head.method == "GET" => Self::Unread(FaultCode::Client),
            Recall::Head(_) | Recall::Nothing => Self::Read(String::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;
    use crate::soap::FaultCode;
    use yizhan_adapter::contract::Recall;

    #[test]
    fn a_memo_comes_back() {
        for memo in [
            Memo::Read("510104199003071237".to_owned()),
            Memo::Read(String::new()),
            Memo::Unread(FaultCode::Client),
            Memo::Unread(FaultCode::VersionMismatch),
        ] {
            assert_eq!(Memo::of(&Recall::Memo(memo.write())), memo);
        }
    }
}
