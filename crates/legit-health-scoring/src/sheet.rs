//! Answer sheets: every item is written once, and from it come the field, its bounds, its label and its reading.

use crate::answers::Answers;
use crate::item::Item;
use crate::refusal::Reason;

/// The answers of one instrument.
pub(crate) trait Sheet: Sized {
    const ITEMS: &'static [Item];

    fn read(answers: &Answers<'_>) -> Result<Self, Reason>;

    /// The answers added up.
    fn sum(&self) -> f64;

    /// Whether the answers, in the order of the items, are these.
    fn is(&self, answers: &[f64]) -> bool;
}

/// Declares an answer sheet. Each line is a field, its type (which is its bounds), its code and its label.
macro_rules! sheet {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($field:ident: $type:ty = ($code:literal, $label:literal)$(.$with:ident($($argument:expr),*))*;)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq)]
        pub struct $name {
            $(
                #[doc = concat!($label, " (`", $code, "`).")]
                pub $field: $type,
            )+
        }

        impl $crate::sheet::Sheet for $name {
            const ITEMS: &'static [$crate::item::Item] = &[
                $($crate::item::Item::new($code, $label, <$type as $crate::bounds::Answer>::BOUNDS)
                    $(.$with($($argument),*))*,)+
            ];

            fn read(answers: &$crate::answers::Answers<'_>) -> Result<Self, $crate::refusal::Reason> {
                Ok(Self { $($field: answers.answer($code)?,)+ })
            }

            fn sum(&self) -> f64 {
                [$($crate::bounds::Answer::number(self.$field)),+].iter().sum()
            }

            fn is(&self, answers: &[f64]) -> bool {
                answers == [$($crate::bounds::Answer::number(self.$field)),+]
            }
        }

        /// Shows no answer.
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use sheet;
