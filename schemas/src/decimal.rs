//! Decimal texts as whole numbers: unit prices, quantities and ratios.
//!
//! Like [`Fen`], they read and write the standard's form alone and never pass through binary floating point.
//! What has more places than its result is rounded half up.

use std::fmt;
use std::str::FromStr;

use crate::money::Fen;

/// The text is not written in the standard's form. It does not say which text: prices and amounts are personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal of {places} places")]
pub struct DecimalError {
    places: usize,
}

/// A price of one unit, in millionths of a yuan: six places.
///
/// ```
/// use yizhan_schemas::{Fen, Quantity, UnitPrice};
///
/// let price: UnitPrice = "13.602400".parse()?;
/// let quantity: Quantity = "3.0000".parse()?;
/// assert_eq!(price.times(quantity), Some(Fen(4_081)));
/// # Ok::<(), yizhan_schemas::DecimalError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitPrice(pub u64);

/// How much of something, in ten-thousandths of its unit: four places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity(pub u64);

/// A share between nothing and all, in ten-thousandths: four places.
///
/// ```
/// use yizhan_schemas::{Fen, Ratio};
///
/// let ratio: Ratio = "0.3500".parse()?;
/// assert_eq!(ratio.of(Fen(101)), Fen(35));
/// assert!("1.0001".parse::<Ratio>().is_err());
/// # Ok::<(), yizhan_schemas::DecimalError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio(u16);

impl UnitPrice {
    /// Digits before the point that the standard allows (`common/types.schema.json`, `unitPrice`).
    const DIGITS: usize = 10;
    const PLACES: usize = 6;

    /// What so much of it costs, rounded half up to a fen; nothing if that is more than any amount can be.
    pub fn times(self, quantity: Quantity) -> Option<Fen> {
        // Millionths times ten-thousandths are 10^-10 of a yuan, and a fen is 10^8 of those.
        let product = u128::from(self.0) * u128::from(quantity.0);
        i64::try_from(half_up(product, 100_000_000)).ok().map(Fen)
    }
}

impl Quantity {
    const DIGITS: usize = 12;
    const PLACES: usize = 4;
}

impl Ratio {
    const PLACES: usize = 4;
    const ALL: u16 = 10_000;

    /// A share in ten-thousandths; nothing if it is more than all.
    pub const fn new(ten_thousandths: u16) -> Option<Self> {
        if ten_thousandths > Self::ALL { None } else { Some(Self(ten_thousandths)) }
    }

    /// This share of an amount, rounded half up to a fen; of a negative amount, as of the positive one.
    pub fn of(self, amount: Fen) -> Fen {
        let share = half_up(u128::from(amount.0.unsigned_abs()) * u128::from(self.0), u128::from(Self::ALL));
        // A share is not more than the whole, so it fits but for the one amount that has no opposite.
        let share = i64::try_from(share).unwrap_or(i64::MAX);
        Fen(if amount.0 < 0 { -share } else { share })
    }
}

impl FromStr for UnitPrice {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        read(text, Self::DIGITS, Self::PLACES).map(Self)
    }
}

impl FromStr for Quantity {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        read(text, Self::DIGITS, Self::PLACES).map(Self)
    }
}

impl FromStr for Ratio {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let read = read(text, 1, Self::PLACES)?;
        u16::try_from(read).ok().and_then(Self::new).ok_or(DecimalError { places: Self::PLACES })
    }
}

impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:04}", self.0 / 10_000, self.0 % 10_000)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:04}", self.0 / Self::ALL, self.0 % Self::ALL)
    }
}

const fn half_up(number: u128, by: u128) -> u128 {
    (number + by / 2) / by
}

/// At most so many digits without leading zeros, a point, and exactly so many places.
fn read(text: &str, digits: usize, places: usize) -> Result<u64, DecimalError> {
    let error = DecimalError { places };
    let (whole, rest) = text.split_once('.').ok_or(error)?;
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if whole.is_empty() || whole.len() > digits || leading_zero || rest.len() != places {
        return Err(error);
    }
    whole.bytes().chain(rest.bytes()).try_fold(0_u64, |sum, byte| {
        byte.is_ascii_digit().then(|| sum * 10 + u64::from(byte - b'0')).ok_or(error)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_standards_form_is_read() {
        assert_eq!("0.000000".parse(), Ok(UnitPrice(0)));
        assert_eq!("9999999999.999999".parse(), Ok(UnitPrice(9_999_999_999_999_999)));
        assert_eq!("999999999999.9999".parse(), Ok(Quantity(9_999_999_999_999_999)));
        assert_eq!("1.0000".parse(), Ok(Ratio(10_000)));
        for text in
            ["", ".", "1", "1.", "1.00", "01.000000", "-1.000000", "+1.000000", "1.00000٣", "1e0.000000"]
        {
            assert!(text.parse::<UnitPrice>().is_err(), "{text}");
            assert!(text.parse::<Quantity>().is_err(), "{text}");
            assert!(text.parse::<Ratio>().is_err(), "{text}");
        }
        for text in ["1.0001", "2.0000", "10.0000"] {
            assert!(text.parse::<Ratio>().is_err(), "{text}");
        }
        assert!("10000000000.000000".parse::<UnitPrice>().is_err());
        assert!("1000000000000.0000".parse::<Quantity>().is_err());
    }

    #[test]
    fn half_a_fen_is_a_fen() {
        let product = |price: &str, quantity: &str| {
            price.parse::<UnitPrice>().unwrap().times(quantity.parse().unwrap()).map(|fen| fen.0)
        };
        assert_eq!(product("0.005000", "1.0000"), Some(1));
        assert_eq!(product("0.004999", "1.0000"), Some(0));
        assert_eq!(product("12.500000", "1.0000"), Some(1_250));
        assert_eq!(product("0.333333", "3.0000"), Some(100));
        assert_eq!(product("9999999999.999999", "999999999999.9999"), None);
        let share = |ratio, fen| Ratio::new(ratio).unwrap().of(Fen(fen)).0;
        assert_eq!((share(5_000, 1), share(4_999, 1), share(10_000, 7), share(0, 7)), (1, 0, 7, 0));
        assert_eq!(share(5_000, -1), -1);
        assert_eq!(Ratio::new(10_001), None);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(number in 0_u64..=9_999_999_999_999_999, ratio in 0_u16..=10_000) {
            prop_assert_eq!(UnitPrice(number).to_string().parse(), Ok(UnitPrice(number)));
            prop_assert_eq!(Quantity(number).to_string().parse(), Ok(Quantity(number)));
            prop_assert_eq!(Ratio(ratio).to_string().parse(), Ok(Ratio(ratio)));
        }

        #[test]
        fn a_share_and_its_rest_are_the_whole_within_a_fen(ratio in 0_u16..=10_000, fen in any::<i32>()) {
            let fen = i64::from(fen);
            let rest = Ratio(10_000 - ratio).of(Fen(fen)).0;
            prop_assert!((Ratio(ratio).of(Fen(fen)).0 + rest - fen).abs() <= 1);
        }

        #[test]
        fn any_text_is_answered(text in ".*") {
            let _ = (text.parse::<UnitPrice>(), text.parse::<Quantity>(), text.parse::<Ratio>());
        }
    }
}
