//! What a whole-body score is made from: all views, or a part that was chosen on purpose.

use super::{BodyViews, View};
use crate::image::Image;
use std::collections::BTreeMap;
use std::fmt;

/// Photos of some views: a deliberately incomplete body, never an empty one. Its score says what it covers.
#[derive(Clone)]
pub struct SomeViews(BTreeMap<View, Image>);

/// There is no photo of any view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoViews;

impl SomeViews {
    /// A single view. For several there is `SomeViews::try_from(map)`.
    pub fn one(view: View, image: Image) -> Self {
        Self([(view, image)].into())
    }

    /// Which views there are.
    pub fn views(&self) -> impl Iterator<Item = View> {
        self.0.keys().copied()
    }

    pub(crate) fn into_images(self) -> BTreeMap<View, Image> {
        self.0
    }
}

impl TryFrom<BTreeMap<View, Image>> for SomeViews {
    type Error = NoViews;

    fn try_from(images: BTreeMap<View, Image>) -> Result<Self, NoViews> {
        if images.is_empty() { Err(NoViews) } else { Ok(Self(images)) }
    }
}

/// What can be given to [`Severity::global`](crate::Severity::global).
#[diagnostic::on_unimplemented(
    message = "a whole-body score takes `BodyViews<Image>`, all 17 views, or `SomeViews`, a chosen part of them",
    label = "not views of a body"
)]
pub trait IntoViews {
    /// The photos by view.
    fn into_views(self) -> SomeViews;
}

impl IntoViews for SomeViews {
    fn into_views(self) -> SomeViews {
        self
    }
}

impl IntoViews for BodyViews<Image> {
    fn into_views(self) -> SomeViews {
        let mut images = BTreeMap::new();
        self.map(|view, image| images.insert(view, image));
        SomeViews(images)
    }
}

impl fmt::Display for NoViews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole-body score takes at least one view, and was given none: add a photo")
    }
}

impl std::error::Error for NoViews {}

impl fmt::Debug for SomeViews {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SomeViews({} of {})", self.0.len(), View::ALL.len())
    }
}
