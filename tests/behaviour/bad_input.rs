//! Bad input gets one clear sentence, and nothing is sent.

use crate::support::{Device, picture};
use legit_health::http_client::BaseUrl;
use legit_health::images::{ImageErrorKind, SupportImages};
use legit_health::{Client, Delivery, Error, ErrorKind, Image};

fn assert_one_sentence(text: &str) {
    assert!(!text.is_empty() && !text.contains('\n') && text.chars().count() < 200, "{text}");
    assert!(
        !text.ends_with('.')
            && text.chars().next().is_some_and(|first| !first.is_uppercase() || text.starts_with("JPEG")),
        "{text}"
    );
}

#[test]
fn images_that_are_none() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let whole = picture(1);
    let cases = [
        (write("empty.jpg", b""), ImageErrorKind::Empty),
        (write("cut.png", &whole[..whole.len() - 1]), ImageErrorKind::Truncated),
        (write("page.jpg", b"<!doctype html><html></html>"), ImageErrorKind::NotAnImage),
        (write("photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), ImageErrorKind::Unsupported),
        (directory.path().to_owned(), ImageErrorKind::Unreadable),
        (directory.path().join("missing.jpg"), ImageErrorKind::Unreadable),
    ];
    for (path, expected) in cases {
        let error = Image::open(&path).unwrap_err();
        assert_eq!(error.kind(), expected, "{error}");
        assert_one_sentence(&error.to_string());
        let error = Error::from(error);
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidImage, Delivery::NotSent));
    }
}

#[test]
fn no_image_and_four_images() {
    for count in [0, 4] {
        let images = (0..count).map(crate::support::image).collect::<Vec<_>>();
        let error = Error::from(SupportImages::try_from(images).unwrap_err());
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidImage, Delivery::NotSent));
        assert_one_sentence(&error.to_string());
    }
}

#[test]
fn an_address_that_would_send_photographs_in_the_clear() {
    let error = "http://device.example/v2.0".parse::<BaseUrl>().unwrap_err();
    assert_one_sentence(&error.to_string());
    assert_eq!(Error::from(error).kind(), ErrorKind::Configuration);
}

#[test]
fn a_client_without_an_address_or_an_account() {
    for builder in [Client::builder(), Client::builder().base_url("https://device.example/v2.0")] {
        let error = builder.http_client(Device::obliging()).build().unwrap_err();
        assert_one_sentence(&error.to_string());
    }
}
