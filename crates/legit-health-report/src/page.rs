//! A page of stored reports for a clinician: one HTML file that needs nothing else, and runs no script.

mod courses;
mod findings;
mod images;
mod lenient;
mod provenance;
mod scores;

use crate::document::Document;
use crate::photograph::Photograph;
use crate::words;
use images::Album;
use legit_health::calls::Sha256Digest;
use lenient::{shown, text};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// A page of stored reports, each a section of its own, with the courses of their scores.
///
/// Anybody may have written the documents, so every text in them is escaped, and a strict content policy forbids scripts and content
/// from elsewhere. Documents of different patients are never mixed: there is a
/// course only of documents that name the same one.
///
/// ```
/// use legit_health_report::{Document, Page};
///
/// let stored = r#"{"patientEvolution": {"dlqi": {"score": {"value": 14}}},
///     "request": {"reference": "<script>P-0042</script>"}}"#;
/// let page = Page::new(&[Document::read(stored)?]).to_html();
/// assert!(page.contains("&lt;script&gt;P-0042") && !page.contains("<script>"));
/// # Ok::<(), legit_health_report::DocumentError>(())
/// ```
pub struct Page<'a> {
    documents: &'a [Document],
    photographs: &'a [Photograph],
}

const STYLE: &str = include_str!("page/style.css");

const TITLE: &str = "Report on skin images and severity scores";

/// The same sentence as in the command line.
const SUPPORTS: &str = "The output supports, and does not replace, a qualified healthcare professional.";

const UNOFFICIAL: &str = "Unofficial: not affiliated with, endorsed or supported by AI Labs Group S.L.; Legit.Health is its name, used \
                          only to identify the API. This page is intended for software integration and testing; not intended for \
                          any medical purpose; no conformity assessment.";

/// The documents of one patient or case, the latest first; or one document that names none.
struct Case<'a> {
    reference: Option<&'a str>,
    documents: Vec<&'a Document>,
}

impl<'a> Page<'a> {
    /// Makes a page without photographs.
    pub fn new(documents: &'a [Document]) -> Self {
        Self { documents, photographs: &[] }
    }

    /// Adds photographs. Each is shown with the documents that have its digest, and nowhere else.
    pub fn with_photographs(self, photographs: &'a [Photograph]) -> Self {
        Self { photographs, ..self }
    }

    /// Returns the places, from 0, of the photographs whose digest no document has.
    pub fn unmatched_photographs(&self) -> Vec<usize> {
        let digests: Vec<Sha256Digest> =
            self.documents.iter().flat_map(Document::image_digests).flatten().collect();
        let is_matched =
            |photograph: &Photograph| digests.iter().any(|digest| photograph.sent_as(*digest).is_some());
        let places = self.photographs.iter().enumerate();
        places.filter(|(_, photograph)| !is_matched(photograph)).map(|(place, _)| place).collect()
    }

    /// Returns the page. The same documents give the same page: it has no date of its own.
    pub fn to_html(&self) -> String {
        let digest = base64_simd::STANDARD.encode_to_string(Sha256Digest::of(STYLE.as_bytes()).0);
        let policy = format!(
            "default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        );
        let cases = self.cases();
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="referrer" content="no-referrer";
                    meta name="color-scheme" content="light dark";
                    title { (TITLE) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        @if self.documents.iter().any(Document::is_from_sandbox) { (sandbox()) }
                        h1 { (TITLE) }
                        p.supports { (SUPPORTS) }
                        @if self.documents.len() > 1 { (contents(&cases)) }
                        @if cases.iter().filter(|case| case.is_unnamed_with_scores()).count() > 1 {
                            p.missing {
                                "There is no course of documents that name no patient or case (`--reference`): they may be about \
                                 different ones."
                            }
                        }
                    }
                    main {
                        @for (place, case) in cases.iter().enumerate() { (self.case(case, place + 1)) }
                    }
                    footer { p { (SUPPORTS) } p { (UNOFFICIAL) } }
                }
            }
        };
        page.into_string()
    }

    /// In the order of the first document of each.
    fn cases(&self) -> Vec<Case<'a>> {
        let mut cases: Vec<Case<'a>> = Vec::new();
        for document in self.documents {
            let reference = document.reference();
            match cases.iter_mut().find(|case| reference.is_some() && case.reference == reference) {
                Some(case) => case.documents.push(document),
                None => cases.push(Case { reference, documents: vec![document] }),
            }
        }
        for case in &mut cases {
            case.documents.sort_by_cached_key(|document| std::cmp::Reverse(document.at()));
        }
        cases
    }

    fn case(&self, case: &Case<'_>, place: usize) -> Markup {
        html! {
            section.case id={ "p" (place) } {
                h2 { (case.name()) }
                (courses::courses(&case.documents, case.reference, &format!("p{place}")))
                @for (number, document) in case.documents.iter().enumerate() {
                    (self.document(document, &document_id(place, number)))
                }
                (place_to_sign())
            }
        }
    }

    fn document(&self, document: &Document, id: &str) -> Markup {
        let album = Album { document, photographs: self.photographs, id: id.to_owned() };
        html! {
            section.document id=(id) {
                @if document.is_from_sandbox() { (sandbox()) }
                h3 { (name(document)) }
                @if !document.also_given_as.is_empty() {
                    p.missing {
                        "The batch was given the same images under other references, too; the report stands only here: "
                        (document.also_given_as.iter().map(|other| shown(other)).collect::<Vec<_>>().join(", ")) "."
                    }
                }
                p.answered { "Answered by " (provenance::answered_by(document)) "." }
                (subject(document))
                (findings::findings(document))
                (scores::scores(&document.report))
                (album.images())
                (provenance::provenance(document, self.photographs))
            }
        }
    }
}

impl Case<'_> {
    fn is_unnamed_with_scores(&self) -> bool {
        self.reference.is_none() && self.documents.iter().any(|document| !document.scores().is_empty())
    }

    fn name(&self) -> String {
        let unnamed = || "Patient or case not named".to_owned();
        self.reference.map_or_else(unnamed, |reference| format!("Patient or case {}", shown(reference)))
    }
}

/// Such as `Severity from answers, 2026-03-02`.
fn name(document: &Document) -> String {
    let day = document.at().map_or_else(|| "without a date".to_owned(), |at| at.day().to_string());
    format!("{}, {day}", provenance::asked(document))
}

fn document_id(case: usize, number: usize) -> String {
    format!("p{case}-d{}", number + 1)
}

fn contents(cases: &[Case<'_>]) -> Markup {
    html! {
        nav aria-label="Contents" {
            ul {
                @for (place, case) in cases.iter().enumerate() {
                    li {
                        a href={ "#p" (place + 1) } { (case.name()) }
                        ul {
                            @for (number, document) in case.documents.iter().enumerate() {
                                li { a href={ "#" (document_id(place + 1, number)) } { (name(document)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sandbox() -> Markup {
    html! { p.sandbox { (words::SANDBOX) } }
}

/// The known condition and the body site that a severity call was given.
fn subject(document: &Document) -> Markup {
    let request = &document.request;
    let told = [("Known condition", "condition"), ("Body site", "bodySite")];
    let told =
        told.into_iter().filter_map(|(words, name)| Some(format!("{words}: {}", text(&request[name])?)));
    let told = told.collect::<Vec<_>>().join(" · ");
    html! { @if !told.is_empty() { p.note { (told) } } }
}

fn place_to_sign() -> Markup {
    html! {
        div.sign {
            p { "Reviewed by a healthcare professional:" }
            dl {
                @for name in ["Name", "Date", "Signature"] { div { dt { (name) } dd { "\u{A0}" } } }
            }
        }
    }
}
