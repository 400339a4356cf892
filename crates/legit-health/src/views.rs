//! The seventeen views that show a whole body.

mod folder;
mod some;

pub use folder::ViewsError;
pub use some::{IntoViews, NoViews, SomeViews};

use crate::GlobalView;
use std::fmt;
use std::ops::Index;

macro_rules! views {
    ($($field:ident $view:ident $code:literal),* $(,)?) => {
        /// One of the seventeen views that show a whole body.
        ///
        /// This is what a request is made of. A result is keyed by [`GlobalView`], which keeps views that this version
        /// does not know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum View {
            $(
                #[doc = concat!("`", $code, "`.")]
                $view,
            )*
        }

        impl View {
            /// All of them.
            pub const ALL: [Self; 17] = [$(Self::$view),*];

            /// The code in requests, reports and names of files.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$view => $code,)*
                }
            }
        }

        /// Something for each of the seventeen views, such as a photo. One that lacks a view does not compile.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub struct BodyViews<T> {
            $(
                #[doc = concat!("[`View::", stringify!($view), "`].")]
                pub $field: T,
            )*
        }

        impl<T> BodyViews<T> {
            /// Asks for each view in turn.
            ///
            /// # Errors
            ///
            /// The first error that `of` gives.
            pub fn try_from_fn<E>(mut of: impl FnMut(View) -> Result<T, E>) -> Result<Self, E> {
                Ok(Self { $($field: of(View::$view)?),* })
            }

            /// Something else for each view.
            pub fn map<U>(self, mut change: impl FnMut(View, T) -> U) -> BodyViews<U> {
                BodyViews { $($field: change(View::$view, self.$field)),* }
            }
        }

        impl<T> Index<View> for BodyViews<T> {
            type Output = T;

            fn index(&self, view: View) -> &T {
                match view {
                    $(View::$view => &self.$field,)*
                }
            }
        }
    };
}

views! {
    arm_left_bottom ArmLeftBottom "armLeftBottom",
    arm_left_top ArmLeftTop "armLeftTop",
    arm_right_bottom ArmRightBottom "armRightBottom",
    arm_right_top ArmRightTop "armRightTop",
    face_front FaceFront "faceFront",
    face_left FaceLeft "faceLeft",
    face_right FaceRight "faceRight",
    foot_left FootLeft "footLeft",
    foot_right FootRight "footRight",
    hand_left HandLeft "handLeft",
    hand_right HandRight "handRight",
    legs_back LegsBack "legsBack",
    legs_front LegsFront "legsFront",
    trunk_back TrunkBack "trunkBack",
    trunk_front TrunkFront "trunkFront",
    trunk_left TrunkLeft "trunkLeft",
    trunk_right TrunkRight "trunkRight",
}

impl View {
    /// The view with this code, if there is one.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.code() == code)
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl From<View> for GlobalView {
    fn from(view: View) -> Self {
        view.code().into()
    }
}

impl<T> fmt::Debug for BodyViews<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyViews").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_views_are_those_of_the_contract() {
        let ours: Vec<GlobalView> = View::ALL.into_iter().map(GlobalView::from).collect();
        assert_eq!(ours, GlobalView::KNOWN);
        assert_eq!(View::from_code("handLeft"), Some(View::HandLeft));
        assert_eq!(View::from_code("handleft"), None);
    }

    #[test]
    fn each_view_keeps_its_own() {
        let codes = BodyViews::try_from_fn(|view| Ok::<_, ()>(view.code())).unwrap();
        let same = codes.map(|view, code| (view.code() == code).then_some(view));
        assert!(View::ALL.into_iter().all(|view| same[view] == Some(view)));
        assert_eq!(BodyViews::<()>::try_from_fn(Err), Err(View::ArmLeftBottom));
    }
}
