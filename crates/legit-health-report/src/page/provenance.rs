//! Where a report comes from: what was asked when, of which device, about which images, and what this version does not know in it.

use super::lenient::{label, list, members, shown, text, text_or_number};
use crate::document::Document;
use crate::photograph::Photograph;
use maud::{Markup, html};
use serde_json::Value;

/// Such as `device version 2.0.0, UDI (01)…`.
pub(super) fn answered_by(document: &Document) -> String {
    if document.is_from_sandbox() {
        let version = text(&document.report["sandbox"]["version"]);
        return format!(
            "a sandbox{}, and not the device",
            version.map_or(String::new(), |version| format!(" ({version})"))
        );
    }
    let device = &document.request["device"];
    let version = text(&device["version"]).unwrap_or_else(|| "not stored".to_owned());
    let udi = text(&device["udi"]).unwrap_or_else(|| "not stored".to_owned());
    format!("the Legit.Health device, version {version}, UDI {udi}")
}

/// What was asked, in words.
pub(super) fn asked(document: &Document) -> &'static str {
    match document.operation() {
        "diagnosis_support" => "Diagnosis support",
        "severity_manual" => "Severity from answers",
        "severity_global" => "Severity of the whole body",
        // Without a request, answers and an image are not told apart.
        _ if document.request["operation"].is_null() => "Severity",
        _ => "Severity from an image",
    }
}

pub(super) fn provenance(document: &Document, photographs: &[Photograph]) -> Markup {
    let (report, request) = (&document.report, &document.request);
    let scale = text(&request["scale"]).or_else(|| text(&request["scale"]["code"]));
    let duration = text_or_number(&report["analysisDuration"]).map(|seconds| format!("{seconds} s"));
    let or_not_stored = |text: Option<String>| Some(text.unwrap_or_else(|| "not stored".to_owned()));
    let rows = [
        ("Answered by", Some(answered_by(document))),
        ("Reference", or_not_stored(text(&request["reference"]))),
        ("Operation", or_not_stored(text(&request["operation"]))),
        ("Scale", scale),
        ("Body site", text(&request["bodySite"])),
        ("Known condition", text(&request["condition"])),
        ("Sent", or_not_stored(text(&request["sentAt"]))),
        ("Request id", or_not_stored(text(&request["requestId"]))),
        ("Issued", or_not_stored(text(&report["issued"]))),
        ("Analysis", duration),
        ("Report", text(&report["identifier"]["value"])),
        ("Status", text(&report["status"])),
        ("Kind of report", label(&report["code"])),
    ];
    html! {
        h4 { "Provenance" }
        dl.facts {
            @for (name, value) in rows {
                @if let Some(value) = value { div { dt { (name) } dd { (value) } } }
            }
        }
        (digests(document, photographs))
        (sandbox_notice(&report["sandbox"]))
        (unknown(document))
        @if document.media_left_out > 0 {
            p.note { "Pictures of the device that the batch has not kept: " (document.media_left_out) "." }
        }
    }
}

fn digests(document: &Document, photographs: &[Photograph]) -> Markup {
    let digests = document.image_digests();
    html! {
        @if !digests.is_empty() {
            table.digests {
                thead { tr { th scope="col" { "Image as sent" } th scope="col" { "SHA-256" } th scope="col" { "Photograph" } } }
                tbody {
                    @for (place, digest) in digests.iter().enumerate() {
                        tr {
                            th scope="row" { (place + 1) }
                            td.code { (digest.map_or_else(|| "not stored".to_owned(), |digest| digest.to_string())) }
                            td { @if digest.is_some_and(|digest| photographs.iter().any(|one| one.sent_as(digest).is_some())) {
                                "given"
                            } @else { "not given" } }
                        }
                    }
                }
            }
        }
    }
}

/// What a sandbox says about its report.
fn sandbox_notice(sandbox: &Value) -> Markup {
    let scenarios: Vec<String> =
        list(&sandbox["scenarios"]).iter().take(20).filter_map(|one| text(&one["scenario"])).collect();
    html! {
        @if members(sandbox).next().is_some() {
            p.note {
                (text(&sandbox["notice"]).unwrap_or_default())
                @if !scenarios.is_empty() { " Scenario: " (scenarios.join(", ")) "." }
            }
        }
    }
}

/// A device that is newer than this program sends more; their values stay in the document.
fn unknown(document: &Document) -> Markup {
    let unknown = document.unknown_fields();
    html! {
        @if !unknown.is_empty() {
            p.note {
                "Members of the report that this version does not know, and that are not on this page: "
                @for (place, path) in unknown.paths().enumerate() {
                    @if place > 0 { ", " }
                    span.code { (shown(path)) }
                }
                @if unknown.has_more() { ", and more" } "."
            }
        }
    }
}
