//! `legit-health report DOCUMENT… -o page.html`: a page of stored documents for a clinician.

use crate::args::Report;
use crate::failure::{Failure, REJECTED, with_reasons};
use crate::output::Output;
use crate::output_file;
use crate::terminal::{plain, shown};
use legit_health::Image;
use legit_health_report::{Document, DocumentError, Page, Photograph};
use serde::de::IgnoredAny;
use std::fs;
use std::io;
use std::path::Path;

pub(crate) fn run(arguments: &Report, output: &mut Output) -> Result<(), Failure> {
    let mut stored = Stored::default();
    for path in &arguments.documents {
        stored.read(path)?;
    }
    if stored.documents.is_empty() {
        return Err(stored.nothing());
    }
    let photographs = arguments.image.iter().map(|path| photograph(path)).collect::<Result<Vec<_>, _>>()?;
    let page = Page::new(&stored.documents).with_photographs(&photographs);
    let mut read = arguments.documents.iter().chain(&arguments.image);
    if read.any(|source| output_file::is_same_file(source, &arguments.output)) {
        let sentence = format!("{} is read: name another file for `--output`", shown(&arguments.output));
        return Err(output_file::refused(sentence));
    }
    output_file::write(&arguments.output, page.to_html().as_bytes(), arguments.force)?;
    for reason in &stored.left_out {
        output.note(&format!("note: left out: {reason}"));
    }
    let unmatched = page.unmatched_photographs();
    for &place in &unmatched {
        output.note(&format!(
            "note: {} is not on the page: no document has its digest, so it is not what was sent",
            shown(&arguments.image[place])
        ));
    }
    Ok(output.data(&format!(
        "{}: {}, {}",
        shown(&arguments.output),
        counted(stored.documents.len(), "document"),
        counted(photographs.len() - unmatched.len(), "photograph")
    ))?)
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn photograph(path: &Path) -> Result<Photograph, Failure> {
    let read = || Photograph::new(&Image::open(path)?);
    read().map_err(|error| Failure::image(path, &error))
}

/// What the files hold: reports, and cases without one.
#[derive(Default)]
struct Stored {
    documents: Vec<Document>,
    /// The file, the line, and the reason.
    left_out: Vec<String>,
}

impl Stored {
    /// Reads every document of a file, on one line each or on several.
    fn read(&mut self, path: &Path) -> Result<(), Failure> {
        let text = text(path)?;
        let refused =
            |line: usize, reason: &str| refused(format!("{}, line {line}: {}", shown(path), plain(reason)));
        let mut values = serde_json::Deserializer::from_str(&text).into_iter::<IgnoredAny>();
        let (mut begin, mut line) = (0, 1);
        while let Some(value) = values.next() {
            let rest = &text[begin..];
            let start = begin + rest.len() - rest.trim_start().len();
            line += newlines(&text[begin..start]);
            // Without the text that the error may quote.
            value.map_err(|error| {
                refused(error.line(), &format!("not JSON, see column {}", error.column()))
            })?;
            begin = values.byte_offset();
            let document = &text[start..begin];
            match Document::read(document) {
                Ok(document) => self.documents.push(document),
                Err(reason @ (DocumentError::Failed | DocumentError::NotSent)) => {
                    self.left_out.push(format!("{}, line {line}: {reason}", shown(path)));
                }
                Err(reason) => return Err(refused(line, &reason.to_string())),
            }
            line += newlines(document);
        }
        if begin == 0 {
            self.left_out.push(format!("{} holds no document", shown(path)));
        }
        Ok(())
    }

    fn nothing(&self) -> Failure {
        let sentence =
            "there is no report: store what `diagnosis-support … --json` or `severity … --json` prints";
        refused(with_reasons(sentence.to_owned(), &self.left_out))
    }
}

fn refused(sentence: String) -> Failure {
    Failure::Local { kind: "documents", status: REJECTED, sentence }
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

fn text(path: &Path) -> Result<String, Failure> {
    let text =
        if path == Path::new("-") { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    let text = text.map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => refused(format!(
            "{} is not text in UTF-8: name the documents here, and photographs after `--image`",
            shown(path)
        )),
        _ => Failure::system(&format!("cannot read {}", shown(path)), &error),
    })?;
    // Some editors write a mark of the encoding first.
    Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}
