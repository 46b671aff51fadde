//! The numbers people say on the telephone: `SUP-7K3M9QXA`.

use crate::Entropy;

/// What a number is for; the prefix tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbered {
    /// `SUP-`
    Supplier,
    /// `AIC-`
    Contract,
    /// `FWI-`
    WorkItem,
}

/// Digits and capitals that are not taken for one another (Crockford's base 32: no I, L, O, U).
const ALPHABET: [char; 32] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'M', 'N', 'P', 'Q', 'R', 'S', 'T',
    'V', 'W', 'X', 'Y', 'Z',
];

impl Numbered {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Supplier => "SUP-",
            Self::Contract => "AIC-",
            Self::WorkItem => "FWI-",
        }
    }

    /// A new number: the prefix and eight random characters. The store keeps it unique; forty random bits make a second
    /// try as good as never needed.
    pub fn draw(self, entropy: &dyn Entropy) -> String {
        let random = entropy.bytes::<8>().map(|byte| ALPHABET[usize::from(byte % 32)]);
        std::iter::once(self.prefix().to_owned()).chain(random.into_iter().map(String::from)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for (at, byte) in (30..).zip(buffer) {
                *byte = at;
            }
        }
    }

    #[test]
    fn a_number_is_a_prefix_and_eight_plain_characters() {
        assert_eq!(Numbered::Supplier.draw(&Counting), "SUP-YZ012345");
        assert_eq!(Numbered::Contract.draw(&Counting), "AIC-YZ012345");
        assert_eq!(Numbered::WorkItem.draw(&Counting), "FWI-YZ012345");
    }
}
