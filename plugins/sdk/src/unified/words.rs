//! The closed lists of the standard.

use std::str::FromStr;

/// Not a word of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownWord;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each variant is the standard's word for itself")]
        pub enum $name { $($variant),* }

        impl $name {
            /// Every word of the list, in its order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The standard's word.
            #[must_use]
            pub fn as_str(&self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                match word { $($word => Ok(Self::$variant),)* _ => Err(UnknownWord) }
            }
        }
    };
}

/// A list that may grow: what it has no word for is `other`, with the dialect's own code as `kindText`.
macro_rules! growing_words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each variant is the standard's word for itself")]
        pub enum $name {
            $($variant,)*
            /// `other`, with the dialect's own code as `kindText`; empty where there is none.
            Other(String),
        }

        impl $name {
            /// Every word of the list but `other`, in its order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The standard's word.
            #[must_use]
            pub fn as_str(&self) -> &'static str {
                match self { $(Self::$variant => $word,)* Self::Other(_) => "other" }
            }

            /// The dialect's own code, with `other` alone.
            #[must_use]
            pub fn text(&self) -> Option<&str> {
                match self {
                    Self::Other(text) if !text.is_empty() => Some(text),
                    _ => None,
                }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                match word {
                    $($word => Ok(Self::$variant),)*
                    "other" => Ok(Self::Other(String::new())),
                    _ => Err(UnknownWord),
                }
            }
        }
    };
}

growing_words! {
    /// Kind of an identity document.
    DocumentKind {
        ResidentIdentityCard = "residentIdentityCard",
        MilitaryOfficerCard = "militaryOfficerCard",
        ArmedPoliceOfficerCard = "armedPoliceOfficerCard",
        HongKongMacauTravelPermit = "hongKongMacauTravelPermit",
        MacauTravelPermit = "macauTravelPermit",
        TaiwanTravelPermit = "taiwanTravelPermit",
        ForeignerPermanentResidenceCard = "foreignerPermanentResidenceCard",
        ForeignPassport = "foreignPassport",
        DisabledPersonCard = "disabledPersonCard",
        MartyrFamilyCertificate = "martyrFamilyCertificate",
        ForeignerWorkPermit = "foreignerWorkPermit",
        ExpertCertificate = "expertCertificate",
        JournalistCard = "journalistCard",
        HongKongMacauTaiwanWorkPermit = "hongKongMacauTaiwanWorkPermit",
        ReturnedExpertCertificate = "returnedExpertCertificate",
        SocialSecurityCard = "socialSecurityCard",
    }
}

growing_words! {
    /// Kind of an insurance.
    InsuranceKind {
        EmployeeBasic = "employeeBasic",
        CivilServantSubsidy = "civilServantSubsidy",
        LargeMedicalExpense = "largeMedicalExpense",
        RetiredCadre = "retiredCadre",
        DisabledServiceman = "disabledServiceman",
        VeteranRedArmy = "veteranRedArmy",
        EnterpriseSupplement = "enterpriseSupplement",
        NewRuralCooperative = "newRuralCooperative",
        ResidentBasic = "residentBasic",
        UrbanResident = "urbanResident",
        ResidentCriticalIllness = "residentCriticalIllness",
        OtherSpecial = "otherSpecial",
        LongTermCare = "longTermCare",
        Maternity = "maternity",
    }
}

words! {
    /// State of an insurance.
    InsuranceStatus { Active = "active", Paused = "paused", Ended = "ended", Unknown = "unknown" }
}

words! {
    /// Sex as on record.
    Sex { Male = "male", Female = "female", Unknown = "unknown", Unspecified = "unspecified" }
}

words! {
    /// What the person presented.
    CredentialKind {
        ElectronicCredential = "electronicCredential",
        IdentityDocument = "identityDocument",
        SocialSecurityCard = "socialSecurityCard",
    }
}

words! {
    /// Who works the asking system.
    OperatorKind { Clerk = "clerk", Kiosk = "kiosk", Mobile = "mobile" }
}
