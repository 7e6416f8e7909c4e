//! Every code a configuration problem can have: the one table behind diagnostics and `yizhan explain`.

use std::fmt;

use serde::{Serialize, Serializer};

/// What `yizhan explain` says about a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The code as it is printed, `CFG` and four digits; it never changes its meaning.
    pub id: &'static str,
    /// What is wrong, in English.
    pub title: &'static str,
    /// The same in Chinese.
    pub title_zh: &'static str,
    /// Why that is refused, and what to do.
    pub text: &'static str,
}

macro_rules! codes {
    ($($name:ident $id:literal $title:literal $title_zh:literal $text:literal)*) => {
        /// What is wrong with a configuration, as a stable code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code { $(#[doc = $title] $name,)* }

        impl Code {
            /// Every code, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What the code means.
            pub const fn explanation(self) -> Explanation {
                match self {
                    $(Self::$name => Explanation { id: $id, title: $title, title_zh: $title_zh, text: $text },)*
                }
            }
        }
    };
}

codes! {
    Unreadable "CFG0001" "a file or directory cannot be read" "文件或目录无法读取"
        "yizhan.toml, the directory partners beside it and every *.toml in that must be readable regular files of at most 1 MiB."
    NotUtf8 "CFG0002" "a file is not UTF-8" "文件不是 UTF-8 编码"
        "Configuration is written in UTF-8. Editors on Chinese systems may save GBK; convert with `iconv -f GBK -t UTF-8`."
    Syntax "CFG0003" "a file is not TOML" "不符合 TOML 语法"
        "Only the first syntax error of a file is reported, and nothing else in that file is looked at until it is repaired."
    WrongType "CFG0004" "a value has another type than the key wants" "值的类型不对"
        "Durations and sizes are texts with a unit (\"8s\", \"1MiB\"), counts are plain integers, dates stand without quotes."
    Missing "CFG0005" "a required key is missing" "缺少必填字段"
        "The key has no sensible default, so it has to be written."
    Malformed "CFG0006" "a value has the wrong form" "值的格式不对"
        "The value has the right type, but cannot be read as what the key wants."
    UnknownKey "CFG0007" "unknown key" "未知字段"
        "Unknown keys are refused, because a misspelt one would silently leave its default in force."
    OutOfRange "CFG0008" "a number, duration or size is out of range" "数值超出范围"
        "Every bound of the gateway is itself bounded, so that a slip of the pen cannot switch a protection off."
    PartnerName "CFG0009" "a partner's file has a name that cannot be used" "合作方文件名不可用"
        "A partner is named by its file: a lower-case letter or digit, then at most 62 of a-z, 0-9 and -. `gateway` is reserved for the gateway's own secrets."
    AdminNotLoopback "CFG0010" "the admin listener would be reachable from outside" "管理端口不在回环地址上"
        "The admin listener has no access control of its own; it listens on 127.0.0.1 or [::1] only."
    File "CFG0011" "a file that is referred to cannot be used" "所引用的文件不可用"
        "The path is relative to the directory of yizhan.toml, and must lead to a regular file of at most 1 MiB."
    Pem "CFG0012" "a PEM file does not hold what is wanted" "PEM 文件内容不符"
        "Certificates, revocation lists and keys are PEM; what they hold is parsed when the configuration is read, not at the first connection."
    KeyMismatch "CFG0013" "a private key does not belong to its certificate" "私钥与证书不匹配"
        "The first certificate of the file must carry the public key of the private key beside it."
    LiteralSecret "CFG0014" "a secret stands in the file itself" "配置文件中直接写了密钥"
        "Configuration is read by many and copied about. Put the value into secrets/<partner>/NAME (secrets/gateway/NAME for the gateway's own) and write `secret:NAME`. The value is never printed; consider it spent if the file was shared."
    Secret "CFG0015" "a secret cannot be used" "密钥文件不可用"
        "A secret is a regular file of at most 64 KiB, not empty, under secrets/. Symbolic links are followed, but not out of that directory."
    Contradiction "CFG0016" "keys that exclude or require each other" "字段互相矛盾或缺少搭配"
        "An identity is either anchors and san, or pinned keys; a revocation list belongs to anchors; a client certificate needs its key, and a key its certificate."
    UnknownPartner "CFG0017" "no such partner" "没有这个合作方"
        "A partner is a file partners/<name>.toml."
    NoRequester "CFG0018" "a grant for a partner that can never ask" "被授权方没有身份信息"
        "Without [identity] no certificate is ever taken for this partner's, so the grant could never apply."
    NoTarget "CFG0019" "a target that serves nothing" "目标合作方不提供服务"
        "A target needs [serve]: where it is and how it is called."
    UnknownOperation "CFG0020" "no such operation" "没有这个业务操作"
        "Operations are those of the unified standard that is built into this gateway."
    Purpose "CFG0021" "a purpose the operation does not have" "该操作没有这个用途"
        "A grant's purposes must be purposes of every operation it names; write a second grant where they differ."
    BaseUrl "CFG0022" "a base URL that cannot be used" "服务地址不可用"
        "A base URL is https, a host, perhaps a port and a path; no user, query, fragment, dot segments or encoded characters."
    HostNotAllowed "CFG0023" "a base URL leads to a host that is not allowed" "服务地址不在允许列表中"
        "[upstream].hosts in yizhan.toml lists the hosts the gateway may call, as host:port, or *.domain:port for one label more."
    RouteClash "CFG0024" "two partners claim the same route" "路由前缀重复"
        "Of two equal prefixes neither is the longer, so it would be chance which partner is asked."
    NoAdapter "CFG0025" "an adapter is not there" "适配器文件不存在"
        "Adapters are <name>.wasm in the directory named by [adapters].directory."
    ServesNatively "CFG0026" "a partner without an adapter cannot be called" "没有适配器的合作方不能作为目标"
        "A partner that only speaks /v1 asks, but is not asked. Name its adapter, or leave [serve] out."
    AdapterSetting "CFG0027" "a setting the adapter does not accept" "适配器不接受该设置"
        "[settings] is checked against the schema that the adapter itself declares, and then by the adapter."
    AdapterRefused "CFG0028" "an adapter that is not admitted" "适配器未被接纳"
        "Before an adapter may carry anything it is compiled, asked what it is and needs, and tried; one that fails is refused as a whole."
}

impl Code {
    /// The code as it is printed.
    pub const fn id(self) -> &'static str {
        self.explanation().id
    }

    /// The code with this id, in any case of letters.
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_numbered_without_gaps_and_found_again() {
        for (index, code) in Code::ALL.iter().enumerate() {
            assert_eq!(code.id(), format!("CFG{:04}", index + 1));
            assert_eq!(Code::find(&code.id().to_lowercase()), Some(*code));
            let explanation = code.explanation();
            assert!(!explanation.title_zh.is_ascii() && explanation.text.ends_with('.'), "{explanation:?}");
        }
        assert_eq!(Code::find("CFG9999"), None);
    }
}
