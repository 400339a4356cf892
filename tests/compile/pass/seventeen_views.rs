//! The twin of a program that must not compile.

use legit_health::Image;
use legit_health::views::BodyViews;

pub fn body(image: &Image) -> BodyViews<Image> {
    BodyViews {
        arm_left_bottom: image.clone(),
        arm_left_top: image.clone(),
        arm_right_bottom: image.clone(),
        arm_right_top: image.clone(),
        face_front: image.clone(),
        face_left: image.clone(),
        face_right: image.clone(),
        foot_left: image.clone(),
        foot_right: image.clone(),
        hand_left: image.clone(),
        hand_right: image.clone(),
        legs_back: image.clone(),
        legs_front: image.clone(),
        trunk_back: image.clone(),
        trunk_front: image.clone(),
        trunk_left: image.clone(),
        trunk_right: image.clone(),
    }
}
