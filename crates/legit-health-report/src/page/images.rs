//! The images of a report: each photograph as it was sent, with the pictures of the device laid over it, and what the device says
//! about its quality.
//!
//! A picture is switched with radio buttons and style alone. On paper, all of them stand side by side.

use super::findings;
use super::lenient::{label, list, members, percent_in_words, shown, text};
use crate::document::Document;
use crate::photograph::{Photograph, Shown};
use legit_health::calls::Sha256Digest;
use maud::{Markup, html};
use serde_json::Value;

/// So many pictures are shown with one photograph; the rest is counted.
const MOST_PICTURES: usize = 16;

/// How a picture is shown.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    /// Laid over the photograph, with warm colours.
    Heat,
    /// Laid over the photograph: white is kept, black is darkened.
    Mask,
    /// By itself: it shows the image with something drawn on it, or has another shape than the photograph.
    Alone,
}

/// A picture by the device.
struct Picture {
    name: String,
    source: String,
    way: Way,
    is_heat_map: bool,
}

/// What is shown with one photograph.
struct Frame<'a> {
    /// Such as `d1-i1`.
    id: String,
    /// Such as `Image 1`.
    name: String,
    photograph: Option<Shown<'a>>,
    pictures: Vec<Picture>,
    left_out: usize,
    /// Why a picture is not laid over the photograph, though it could be.
    note: Option<&'static str>,
}

/// Where a photograph is looked for.
pub(super) struct Album<'a> {
    pub(super) document: &'a Document,
    pub(super) photographs: &'a [Photograph],
    /// The place of the document on the page.
    pub(super) id: String,
}

/// A name, an image in the document, and how it is shown.
type Named<'a> = (String, &'a Value, Way);

impl<'a> Album<'a> {
    pub(super) fn images(&self) -> Markup {
        let report = &self.document.report;
        let analyses = list(&report["imagingAnalysis"]);
        let views = self.document.operation() == "severity_global";
        let digests = self.document.image_digests();
        let sent = digests.len();
        // Findings about another number of images cannot be assigned.
        let is_assigned = views || if analyses.is_empty() { sent <= 1 } else { sent == analyses.len() };
        let digest = |place: usize| digests.get(place).copied().flatten().filter(|_| is_assigned);
        let frames: Vec<Frame<'_>> = if views {
            self.of_views(&digests)
        } else if analyses.is_empty() {
            vec![self.frame(0, digest(0), self.pictures(|_| true))]
        } else {
            let places = analyses.iter().enumerate();
            places.map(|(place, analysis)| self.frame(place, digest(place), heat_maps(analysis))).collect()
        };
        let is_empty = sent == 0
            && analyses.is_empty()
            && !report["mediaValidity"].is_object()
            && frames.iter().all(|frame| frame.pictures.is_empty() && frame.left_out == 0);
        html! {
            @if !is_empty {
                h4 { @if sent > 1 { "Images" } @else { "Image" } }
                @if views { (self.missing_views(&frames)) }
                @if !is_assigned && sent > 0 {
                    p.missing { "The report is on another number of images than the document names: none is assigned." }
                }
                div.album {
                    @for (place, frame) in frames.iter().enumerate() {
                        article.image {
                            @if frames.len() > 1 { h5 { (frame.name) } }
                            (frame.markup())
                            @if let Some(analysis) = analyses.get(place) {
                                (validity(&analysis["mediaValidity"]))
                                @if analyses.len() > 1 { (of_image(analysis)) }
                            } @else if !views { (validity(&report["mediaValidity"])) }
                        }
                    }
                }
            }
        }
    }

    /// The photographs that are there, each with the pictures of its view; and then the pictures of other views.
    fn of_views(&self, digests: &[Option<Sha256Digest>]) -> Vec<Frame<'a>> {
        let mut frames = Vec::new();
        for (place, digest) in digests.iter().enumerate() {
            let view = self.view(place);
            let pictures = view.map(|view| self.pictures(|of| of == Some(view))).unwrap_or_default();
            let frame = self.frame(place, *digest, pictures);
            if frame.photograph.is_some() || !frame.pictures.is_empty() || frame.left_out > 0 {
                frames.push(Frame { name: view.map_or(frame.name, shown), ..frame });
            }
        }
        let is_shown = |of: &str| (0..digests.len()).any(|place| self.view(place) == Some(of));
        let others = self.frame(digests.len(), None, self.pictures(|of| !of.is_some_and(is_shown)));
        if !others.pictures.is_empty() || others.left_out > 0 {
            frames.push(Frame { name: "Pictures of the whole body".to_owned(), ..others });
        }
        frames
    }

    /// The view that an image shows, where it is stored.
    fn view(&self, place: usize) -> Option<&'a str> {
        self.document.request["images"][place]["view"].as_str()
    }

    fn missing_views(&self, frames: &[Frame<'_>]) -> Markup {
        let sent = self.document.image_digests().len();
        let given = frames.iter().filter(|frame| frame.photograph.is_some()).count();
        html! {
            p.missing[given < sent].note[given == sent] {
                @if given == 0 { "No photograph given." } @else { (given) " of " (sent) " photographs given." }
                @if (0..sent).any(|place| self.view(place).is_none()) {
                    " The document does not say which photograph is of which view."
                }
            }
        }
    }

    /// The pictures of all scales, and of those views that are wanted.
    fn pictures(&self, is_wanted: impl Fn(Option<&str>) -> bool) -> Vec<Named<'a>> {
        let mut all = Vec::new();
        for (_, scored) in members(&self.document.report["patientEvolution"]) {
            if is_wanted(None) {
                all.extend(attachments(scored, ""));
            }
            for (view, result) in members(&scored["item"]).filter(|(view, _)| is_wanted(Some(view))) {
                all.extend(attachments(result, &format!("{}: ", shown(view))));
            }
        }
        all
    }

    fn frame(&self, place: usize, digest: Option<Sha256Digest>, pictures: Vec<Named<'_>>) -> Frame<'a> {
        let photograph = digest
            .and_then(|digest| self.photographs.iter().find_map(|photograph| photograph.sent_as(digest)));
        let mut frame = Frame {
            id: format!("{}-i{}", self.id, place + 1),
            name: format!("Image {}", place + 1),
            photograph,
            pictures: Vec::new(),
            left_out: 0,
            note: None,
        };
        for (name, image, way) in pictures {
            frame.add(name, image, way);
        }
        frame
    }
}

fn heat_maps(analysis: &Value) -> Vec<Named<'_>> {
    let with_heat_map = list(&analysis["conclusion"]).iter().filter_map(|conclusion| {
        let image = &conclusion["explainability"]["heatMap"];
        let name = label(&conclusion["code"]).unwrap_or_else(|| "condition without a name".to_owned());
        let name = format!("Heat map: {name}, {}", percent_in_words(&conclusion["probability"]));
        (!image.is_null()).then_some((name, image, Way::Heat))
    });
    with_heat_map.collect()
}

fn attachments<'d>(scored: &'d Value, of: &str) -> Vec<Named<'d>> {
    let named = members(&scored["media"]["attachment"]).map(|(code, image)| {
        let name = text(&image["title"]).unwrap_or_else(|| shown(code));
        let way = if code.to_lowercase().contains("mask") { Way::Mask } else { Way::Alone };
        (format!("{of}{name}"), image, way)
    });
    named.collect()
}

impl Frame<'_> {
    fn add(&mut self, name: String, image: &Value, way: Way) {
        let Some(source) = source(image).filter(|_| self.pictures.len() < MOST_PICTURES) else {
            self.left_out += 1;
            return;
        };
        let mut picture = Picture { name, source, way, is_heat_map: way == Way::Heat };
        if let (Some(photograph), Way::Heat | Way::Mask) = (self.photograph, way)
            && let Some(note) = cannot_be_laid_over(photograph, image)
        {
            (picture.way, self.note) = (Way::Alone, Some(note));
        }
        self.pictures.push(picture);
    }

    fn markup(&self) -> Markup {
        html! {
            @if self.photograph.is_none() { p.missing { "No photograph given." } }
            (self.pictures())
            @if self.photograph.is_some_and(|photograph| photograph.had_metadata) {
                p.note { "It was sent with the metadata of its file, and is shown without." }
            }
            @if let Some(note) = self.note { p.note { (note) } }
            @if self.pictures.iter().any(|picture| picture.is_heat_map) {
                p.note.paper { "In grey, the warm and the cold colours of a heat map may look alike: see it on a screen." }
            }
            @if self.left_out > 0 {
                p.note {
                    "Pictures of the device that are not shown, because they are not stored, in another format, or too many: "
                    (self.left_out) "."
                }
            }
        }
    }

    /// One is shown at a time, on the photograph; one alone needs no choice.
    fn pictures(&self) -> Markup {
        let photograph = self.photograph.map(|photograph| ("Photograph", as_sent(photograph, &self.name)));
        let pictures = self.pictures.iter().map(|picture| (picture.name.as_str(), self.picture(picture)));
        let all: Vec<(&str, Markup)> = photograph.into_iter().chain(pictures).collect();
        let has_laid = self.pictures.iter().any(|picture| self.is_laid(picture));
        html! {
            @if let [(_, only)] = &all[..] { (only) }
            @else if !all.is_empty() {
                div.viewer role="group" aria-label={ "What is shown of " (self.name) } {
                    @if has_laid {
                        input.lay type="checkbox" id={ (self.id) "-lay" } checked;
                        label.lay for={ (self.id) "-lay" } { "Laid over the photograph" }
                    }
                    @for (place, (name, figure)) in all.iter().enumerate() {
                        input type="radio" name=(self.id) id={ (self.id) "-" (place) } checked[place == 0];
                        label for={ (self.id) "-" (place) } { (name) }
                        (figure)
                    }
                }
            }
        }
    }

    fn picture(&self, picture: &Picture) -> Markup {
        let class = match picture.way {
            Way::Heat if self.photograph.is_some() => "heat",
            Way::Mask if self.photograph.is_some() => "mask",
            _ => "alone",
        };
        html! {
            figure class=(class) {
                img src=(picture.source) alt={ (picture.name) ", " (self.name) };
                figcaption { (picture.name) }
            }
        }
    }

    fn is_laid(&self, picture: &Picture) -> bool {
        picture.way != Way::Alone && self.photograph.is_some()
    }
}

fn as_sent(photograph: Shown<'_>, name: &str) -> Markup {
    let (width, height) = photograph.size;
    let data = base64_simd::STANDARD.encode_to_string(photograph.bytes);
    html! {
        figure.photograph {
            img src={ "data:" (photograph.media_type) ";base64," (data) } width=(width) height=(height)
                alt={ (name) " as it was sent" };
            figcaption { "Photograph" }
        }
    }
}

/// What was found in one image of several. The findings of an image that cannot be used mean nothing, and are not shown.
fn of_image(analysis: &Value) -> Markup {
    html! {
        @if analysis["mediaValidity"]["isValid"] == false {
            p.note { "What the device says about an image that cannot be used is not shown." }
        } @else {
            p.note { "In this image alone:" }
            (findings::of_image(analysis))
        }
    }
}

/// A picture is laid over the photograph only if both certainly show the same points at the same places.
fn cannot_be_laid_over(photograph: Shown<'_>, image: &Value) -> Option<&'static str> {
    let side = |name: &str| image[name].as_f64().unwrap_or_default();
    let (width, height) = (f64::from(photograph.size.0), f64::from(photograph.size.1));
    let has_shape = (side("width") * height - side("height") * width).abs() <= 0.01 * side("height") * width;
    if photograph.is_turned {
        Some(
            "The file of the photograph says that it is to be turned, and the report does not say whether the device has done so: \
             its pictures are not laid over it.",
        )
    } else {
        (!has_shape || side("height") <= 0.0).then_some(
            "A picture of the device has another shape than the photograph, and is not laid over it.",
        )
    }
}

/// The picture as an address that holds it. Its format is that of its bytes, whatever the document says, so that nothing but a
/// picture of pixels is shown.
fn source(image: &Value) -> Option<String> {
    let data = image["data"].as_str()?;
    let kinds = [("/9j/", "image/jpeg"), ("iVBORw0KGgo", "image/png"), ("UklGR", "image/webp")];
    let (_, kind) = kinds.into_iter().find(|(begin, _)| data.starts_with(begin))?;
    let is_base64 = data.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    is_base64.then(|| format!("data:{kind};base64,{data}"))
}

/// What the device says about the image.
fn validity(validity: &Value) -> Markup {
    let quality = &validity["quality"];
    let words = text(&quality["interpretation"]).unwrap_or_else(|| "without a word for it".to_owned());
    let flag = |value: &Value, yes, no| match value.as_bool() {
        Some(true) => yes,
        Some(false) => no,
        None => "not said",
    };
    let is_usable = validity["isValid"].as_bool();
    html! {
        @if validity.is_object() {
            dl.facts {
                div { dt { "Usable" } dd.bad[is_usable == Some(false)] {
                    (flag(&validity["isValid"], "yes", "NO: take it again"))
                } }
                div { dt { "Quality" } dd {
                    (words) ", " (percent_in_words(&quality["score"]))
                    @if quality["acceptable"] == false { ", not acceptable" }
                } }
                div { dt { "Shows skin" } dd { (flag(&validity["domain"]["isDermatological"], "yes", "no")) } }
                div { dt { "Kind" } dd { (text(&validity["modality"]["value"]).unwrap_or_else(|| "not said".to_owned())) } }
            }
        } @else { p.note { "The device does not say whether the image can be used." } }
    }
}
