//! The two requests that take images: up to three of a case, or the seventeen views of a body.

use legit_health::views::View;

/// Where a request of so many images goes, below the base URL.
pub fn path(images: usize) -> &'static str {
    match images {
        0..=3 => "/diagnosis-support",
        _ => "/severity-assessment/automatic/global",
    }
}

/// The text around the images of a request: one piece before each, and one after the last.
pub fn text_around(images: usize) -> Vec<String> {
    let (opening, closing) = match images {
        0..=3 => (r#"{"payload":["#.to_owned(), "]}"),
        _ => (
            r#"{"knownCondition":{"conclusion":{"text":"vitiligo"}},"scoringSystem":{"avasi":{"item":{"#
                .to_owned(),
            "}}}}",
        ),
    };
    let mut pieces = vec![opening];
    for number in 0..images {
        let (before, after) = match images {
            0..=3 => ("{".to_owned(), "\"}}"),
            _ => (format!(r#""{}":{{"payload":{{"#, View::ALL[number].code()), "\"}}}"),
        };
        let separator = if number == 0 { "" } else { "," };
        let last = pieces.last_mut().expect("there is the opening");
        last.push_str(&format!(
            r#"{separator}{before}"contentAttachment":{{"contentType":"image/jpeg","data":""#
        ));
        pieces.push(after.to_owned());
    }
    pieces.last_mut().expect("there is the opening").push_str(closing);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use legit_health_api::device::types;

    #[test]
    fn with_images_between_it_is_what_the_contract_says() {
        for images in 1..=3 {
            let body = text_around(images).join("/9j/");
            assert_eq!(
                serde_json::from_str::<types::DiagnosisSupportRequest>(&body).unwrap().payload.len(),
                images
            );
        }
        let body = text_around(17).join("/9j/");
        let request: types::GlobalSeverityRequest = serde_json::from_str(&body).unwrap();
        assert_eq!(request.scoring_system.values().map(|input| input.item.len()).sum::<usize>(), 17);
    }

    #[test]
    fn the_other_languages_know_the_same_views() {
        let codes: Vec<&str> = View::ALL.iter().map(|view| view.code()).collect();
        for program in [include_str!("../peers/common.py"), include_str!("../peers/with_fetch.mjs")] {
            let (_, list) = program.split_once("VIEWS = (").unwrap();
            let (list, _) = list.split_once(".split(").unwrap();
            let words =
                list.split(|letter: char| !letter.is_ascii_alphabetic()).filter(|word| !word.is_empty());
            assert_eq!(words.collect::<Vec<_>>(), codes);
        }
    }
}
