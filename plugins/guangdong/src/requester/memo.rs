//! What `reply` must still know of a request: whether its envelope was readable, which transaction it was, and whom
//! it asked about.

use yizhan_adapter::contract::Recall;

use crate::soap::FaultCode;
use crate::transaction::Transaction;

/// Kept as one letter and a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Memo {
    /// The envelope was read: whatever happens is told in the dialect's own result. With its transaction and the
    /// number the request asked about, where those were read too.
    Read { transaction: Option<Transaction>, asked: String },
    /// There was no envelope to answer to: a soap:Fault.
    Unread(FaultCode),
}

impl Memo {
    pub(super) fn write(&self) -> Vec<u8> {
        match self {
            Self::Read { transaction: Some(transaction), asked } => {
                ["R", transaction.code(), asked].concat().into_bytes()
            }
            Self::Read { transaction: None, .. } => b"R".to_vec(),
            Self::Unread(FaultCode::Client) => b"C".to_vec(),
            Self::Unread(FaultCode::VersionMismatch) => b"V".to_vec(),
        }
    }

    pub(super) fn of(recall: &Recall) -> Self {
        match recall {
            Recall::Memo(bytes) => match bytes.split_first() {
                Some((b'C', _)) => Self::Unread(FaultCode::Client),
                Some((b'V', _)) => Self::Unread(FaultCode::VersionMismatch),
                Some((_, kept)) => Self::read(&String::from_utf8_lossy(kept)),
                None => Self::read(""),
            },
            // A GET is not a message; anything else may have been one.
            Recall::Head(head) if head.method == "GET" => Self::Unread(FaultCode::Client),
            Recall::Head(_) | Recall::Nothing => Self::read(""),
        }
    }

    fn read(kept: &str) -> Self {
        let (code, asked) = kept.split_at_checked(4).unwrap_or((kept, ""));
        Self::Read { transaction: Transaction::of_code(code), asked: asked.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;
    use crate::soap::FaultCode;
    use crate::transaction::Transaction;
    use yizhan_adapter::contract::Recall;

    #[test]
    fn a_memo_comes_back() {
        let read = |transaction, asked: &str| Memo::Read { transaction, asked: asked.to_owned() };
        for memo in [
            read(Some(Transaction::Identify), "510104199003071237"),
            read(Some(Transaction::Settle), ""),
            read(None, ""),
            Memo::Unread(FaultCode::Client),
            Memo::Unread(FaultCode::VersionMismatch),
        ] {
            assert_eq!(Memo::of(&Recall::Memo(memo.write())), memo);
        }
    }
}
