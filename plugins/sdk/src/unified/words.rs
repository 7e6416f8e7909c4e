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

        impl crate::unified::message::Part<'_> for $name {
            fn read_part(value: &crate::json::Value<'_>) -> Result<Option<Self>, crate::contract::Fault> {
                Ok(crate::unified::message::word(value))
            }

            fn write_part(&self, out: &mut crate::json::Writer) {
                out.text(self.as_str());
            }
        }
    };
}

pub(super) use words;

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

        impl crate::unified::message::Part<'_> for $name {
            fn read_part(value: &crate::json::Value<'_>) -> Result<Option<Self>, crate::contract::Fault> {
                Ok(crate::unified::message::word(value))
            }

            fn write_part(&self, out: &mut crate::json::Writer) {
                out.text(self.as_str());
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

words! {
    /// Kind of care; what dialects have finer codes for stands beside it as a text.
    MedicalCategory {
        Outpatient = "outpatient",
        Registration = "registration",
        Emergency = "emergency",
        OutpatientChronic = "outpatientChronic",
        OutpatientSpecialDrug = "outpatientSpecialDrug",
        OutpatientTraditional = "outpatientTraditional",
        Inpatient = "inpatient",
        InpatientTrauma = "inpatientTrauma",
        InpatientReferred = "inpatientReferred",
        InpatientFromEmergency = "inpatientFromEmergency",
        InpatientElsewhere = "inpatientElsewhere",
        InpatientSingleDisease = "inpatientSingleDisease",
        InpatientSelfChosen = "inpatientSelfChosen",
        DaySurgery = "daySurgery",
        Pharmacy = "pharmacy",
        MaternityOutpatient = "maternityOutpatient",
        MaternityInpatient = "maternityInpatient",
        LongTermCare = "longTermCare",
        AccidentOutpatient = "accidentOutpatient",
        WorkInjuryOutpatient = "workInjuryOutpatient",
        WorkInjuryInpatient = "workInjuryInpatient",
        Other = "other",
    }
}

words! {
    /// Which medicine a diagnosis is of.
    DiagnosisKind {
        Western = "western",
        TraditionalDisease = "traditionalDisease",
        TraditionalSyndrome = "traditionalSyndrome",
    }
}

words! {
    /// How a patient left.
    DischargeManner {
        Ordered = "ordered",
        Transferred = "transferred",
        TransferredToCommunity = "transferredToCommunity",
        AgainstAdvice = "againstAdvice",
        Died = "died",
        Other = "other",
    }
}

words! {
    /// How a patient was on leaving.
    DischargeResult { Cured = "cured", Improved = "improved", NotImproved = "notImproved", Other = "other" }
}

words! {
    /// What sort of item a fee row is of.
    ItemCategory {
        WesternMedicine = "westernMedicine",
        ChinesePatentMedicine = "chinesePatentMedicine",
        ChineseHerb = "chineseHerb",
        SelfMadePreparation = "selfMadePreparation",
        EthnicMedicine = "ethnicMedicine",
        Service = "service",
        Consumable = "consumable",
        Other = "other",
    }
}

words! {
    /// Whether an item needs and has the hospital's approval.
    Approval { None = "none", Approved = "approved", Refused = "refused" }
}

words! {
    /// How far the insurance pays for an item.
    ItemLevel { ClassA = "classA", ClassB = "classB", ClassC = "classC", Unknown = "unknown" }
}

words! {
    /// How much of a visit's fees is taken back.
    FeeScope { All = "all", Batch = "batch", Rows = "rows" }
}

words! {
    /// Whether amounts are paid or taken back.
    AmountsKind { Settlement = "settlement", Reversal = "reversal" }
}

words! {
    /// Funds that may pay a part.
    Fund {
        BasicPool = "basicPool",
        CivilServantSubsidy = "civilServantSubsidy",
        EnterpriseSupplement = "enterpriseSupplement",
        ResidentCriticalIllness = "residentCriticalIllness",
        LargeMedicalExpense = "largeMedicalExpense",
        DisabledServiceman = "disabledServiceman",
        MedicalAssistance = "medicalAssistance",
        Maternity = "maternity",
        WorkInjury = "workInjury",
        LongTermCare = "longTermCare",
        PersonalAccount = "personalAccount",
        HospitalAdvance = "hospitalAdvance",
        Other = "other",
    }
}

words! {
    /// How a settlement is reckoned.
    PayMethod { ByItem = "byItem", Fixed = "fixed" }
}

words! {
    /// Where in the stay a settlement stands.
    SettlementStage { Final = "final", Interim = "interim", Late = "late" }
}
