//! `legit-health follow-up VISITS.ndjson`: one patient's scores of one scale over time.

use crate::args::FollowUp;
use crate::failure::{Failure, REJECTED, with_reasons};
use crate::output::Output;
use crate::output_file;
use crate::style::Style;
use crate::terminal::{plain, shown, wrapped};
use crate::{render, suggest};
use legit_health_follow_up::{
    Assessment, Course, CourseError, Criterion, DatedScore, Outcome, Place, Scale, Selection,
};
use legit_health_report::{Chart, read_scores};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

pub(crate) fn run(arguments: &FollowUp, output: &mut Output) -> Result<(), Failure> {
    let stored = Stored::read(&arguments.visits)?;
    let scale = arguments.scale.as_deref().map(known_scale).transpose()?;
    let selection = Selection {
        scale: scale.map(|scale| scale.code),
        place: arguments.at.as_deref().map(place),
        reference: arguments.reference.as_deref(),
        baseline: arguments.baseline,
    };
    let course = Course::select(&stored.scores, &selection).map_err(|error| stored.without_course(&error))?;
    if !course.has_comparison() {
        return Err(stored.without_comparison(&course));
    }
    let assessments = assess(&course, &stored.scores, &arguments.criterion)?;
    let chart = Chart::new(&course).with_assessments(&assessments);
    write_files(arguments, &chart)?;
    if output.is_json() {
        return Ok(output.data(&document(&course, &assessments, &stored).to_string())?);
    }
    if course.reference().is_none() {
        output.note(
            "note: the documents name no patient (`--reference` of `severity`), so whether they are of one is not checked",
        );
    }
    let line = |index: usize| format!("line {}", stored.lines[index]);
    let mut text = legit_health_report::text(&course, &assessments, line, output.width());
    if !stored.unreadable.is_empty() {
        // The end of a list of the same kind, or a list of its own.
        text += if course.left_out().is_empty() { "\nLeft out\n" } else { "" };
        for (line, reason) in &stored.unreadable {
            text += &wrapped(&format!("  line {line}: {}\n", plain(reason)), output.width(), "  ");
        }
    }
    text += &format!("\n{}\n", Style::Faint.of(&wrapped(render::SUPPORTS, output.width(), "")));
    Ok(output.data(&text)?)
}

/// `wholeBody` is the word for the documents of `severity global`, which name no site.
fn place(name: &str) -> Place {
    if name == "wholeBody" { Place::WholeBody } else { Place::Zone(name.to_owned()) }
}

/// What a file holds: scores, each with its line, and lines that have none.
struct Stored {
    scores: Vec<DatedScore>,
    lines: Vec<usize>,
    unreadable: Vec<(usize, String)>,
}

impl Stored {
    fn read(path: &Path) -> Result<Self, Failure> {
        let cannot = |error: &io::Error| Failure::system(&format!("cannot read {}", shown(path)), error);
        let reader: Box<dyn BufRead> = if path == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(path).map_err(|error| cannot(&error))?))
        };
        let mut stored = Self { scores: Vec::new(), lines: Vec::new(), unreadable: Vec::new() };
        for (index, line) in reader.split(b'\n').enumerate() {
            stored.add(index + 1, &line.map_err(|error| cannot(&error))?);
        }
        Ok(stored)
    }

    fn add(&mut self, number: usize, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        // Some editors write a mark of the encoding first.
        let text = text.trim_start_matches('\u{FEFF}');
        if text.trim().is_empty() {
            return;
        }
        match read_scores(text) {
            Ok(scores) => {
                self.lines.extend(scores.iter().map(|_| number));
                self.scores.extend(scores);
            }
            Err(error) => self.unreadable.push((number, error.to_string())),
        }
    }

    /// Every line that is not part of the course, and the reason.
    fn left_out(&self, course: &[legit_health_follow_up::LeftOut]) -> Vec<(usize, String)> {
        let scores = course.iter().map(|one| (self.lines[one.index], one.reason.to_string()));
        let mut all: Vec<(usize, String)> = scores.chain(self.unreadable.iter().cloned()).collect();
        all.sort_by_key(|(line, _)| *line);
        all
    }

    fn without_course(&self, error: &CourseError) -> Failure {
        match error {
            CourseError::SeveralScales(codes) => Failure::usage(format!(
                "the documents are of several scales, {}: choose one with `--scale`",
                plain(&codes.join(", "))
            )),
            CourseError::NoBaseline { .. } => Failure::usage(format!("`--baseline`: {error}")),
            CourseError::NothingLeft(left_out) => self.nothing(&error.to_string(), left_out),
            CourseError::NoScores => self.nothing(
                "there is no score: store what `severity … --json` prints, one document a line",
                &[],
            ),
            error => self.nothing(&error.to_string(), &[]),
        }
    }

    fn without_comparison(&self, course: &Course) -> Failure {
        let day = course.baseline().at.day();
        let sentence = format!(
            "there is no visit after the baseline of {day} that can be compared with it: store another one, or choose an \
             earlier `--baseline`"
        );
        self.nothing(&sentence, course.left_out())
    }

    /// The sentence, and why the first lines are left out.
    fn nothing(&self, sentence: &str, left_out: &[legit_health_follow_up::LeftOut]) -> Failure {
        let left_out = self.left_out(left_out);
        let reasons: Vec<String> =
            left_out.iter().map(|(line, reason)| format!("line {line}: {}", plain(reason))).collect();
        let sentence = with_reasons(plain(sentence), &reasons);
        Failure::Local { kind: "visits", status: REJECTED, sentence }
    }
}

fn known_scale(code: &str) -> Result<&'static Scale, Failure> {
    Scale::find(code).ok_or_else(|| {
        let hint = suggest::hint(code, Scale::all().iter().map(|scale| scale.code));
        Failure::usage(format!(
            "there is no scale `{}`{hint} (`legit-health scales` lists them)",
            plain(code)
        ))
    })
}

/// The named criteria, or all of the scale, at the latest visit.
fn assess(course: &Course, others: &[DatedScore], names: &[String]) -> Result<Vec<Assessment>, Failure> {
    let scale = course.scale();
    let named = |name: &String| -> Result<&'static Criterion, Failure> {
        scale.criterion(name).ok_or_else(|| {
            let known: Vec<&str> = scale.criteria.iter().map(|criterion| criterion.name).collect();
            let known = if known.is_empty() {
                format!("none is published for `{}`", scale.code)
            } else {
                format!("those of `{}` are {}", scale.code, known.join(", "))
            };
            Failure::usage(format!("there is no criterion `{}`: {known}", plain(name)))
        })
    };
    let criteria: Vec<&'static Criterion> = if names.is_empty() {
        scale.criteria.iter().collect()
    } else {
        names.iter().map(named).collect::<Result<_, _>>()?
    };
    Ok(criteria.into_iter().map(|criterion| course.assess(criterion, others)).collect())
}

/// All of what a script needs, and nothing that is not in the course.
fn document(course: &Course, assessments: &[Assessment], stored: &Stored) -> Value {
    let visits = course.visits().iter().map(|visit| {
        json!({
            "at": visit.at.to_string(),
            "value": visit.score.value,
            "change": visit.change.map(rounded),
            "percent": visit.percent.map(rounded),
            "flags": visit.flags.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    });
    let criteria = assessments.iter().map(|assessment| {
        let (outcome, reason) = match &assessment.outcome {
            Outcome::Met => ("met", None),
            Outcome::NotMet => ("notMet", None),
            Outcome::NotApplicable(reason) => ("notApplicable", Some(reason.to_string())),
        };
        json!({"name": assessment.criterion.name, "outcome": outcome, "reason": reason})
    });
    let site = match course.place() {
        Place::Zone(site) => Some(site),
        Place::WholeBody | Place::Unknown => None,
    };
    let left_out = stored.left_out(course.left_out());
    json!({
        "scale": course.scale().code,
        "bodySite": site,
        "reference": course.reference(),
        "baseline": course.baseline().at.to_string(),
        "visits": visits.collect::<Vec<_>>(),
        "criteria": criteria.collect::<Vec<_>>(),
        "leftOut": left_out.iter().map(|(line, reason)| json!({"line": line, "reason": reason})).collect::<Vec<_>>(),
        "sandbox": course.is_from_sandbox(),
    })
}

/// Two decimals, which is what the device sends: 60 − 51.3 is 8.7.
fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0 + 0.0
}

fn write_files(arguments: &FollowUp, chart: &Chart<'_>) -> Result<(), Failure> {
    let mut paths = arguments.svg.iter().chain(&arguments.png);
    if let Some(path) = paths.find(|path| output_file::is_same_file(&arguments.visits, path)) {
        return Err(output_file::refused(format!(
            "{} is read: name another file for the chart",
            shown(path)
        )));
    }
    if let Some(path) = &arguments.svg {
        output_file::write(path, chart.to_svg().as_bytes(), arguments.force)?;
    }
    if let Some(path) = &arguments.png {
        output_file::write(path, &chart.to_png(), arguments.force)?;
    }
    Ok(())
}
