//! `Plan`: every case read, every image checked, and what the batch will cost, before anything is sent.

use crate::error::Error;
use crate::images;
use crate::source::{GivenCase, Source};
use crate::store::{Check, Given, Media, Names, Planned, PlannedImage, Store};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What a plan has found. `given` = `new` + `duplicates` + `known` + `refused`.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Plan {
    /// The cases of the source.
    pub given: u64,
    /// The cases that were added: each is one call.
    pub new: u64,
    /// Of these, the cases that take the place of what the store had of them, because their files have changed.
    pub in_place_of_other: u64,
    /// Cases that are not sent again, because the same is sent for another case.
    pub duplicates: u64,
    /// Cases that the store has already, with the same name and content.
    pub known: u64,
    /// Cases that cannot be sent.
    pub refused: u64,
    /// The images of the new cases.
    pub images: u64,
    /// The bytes of these images that will be sent, before base64, which makes them a third larger.
    pub bytes: u64,
    /// The references that several cases have.
    pub repeated_references: u64,
    /// The refused cases by the kind of their refusal.
    pub refusals_by_kind: BTreeMap<&'static str, u64>,
    /// The first refused cases; the export has them all.
    pub refusals: Vec<Refusal>,
    /// The files that are no cases.
    pub ignored: u64,
    /// The first of them, with the reason.
    pub first_ignored: Vec<(PathBuf, &'static str)>,
    /// An estimate of the disk that the results of all cases of the store will take.
    pub disk_bytes: u64,
}

/// A case that cannot be sent.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// Where the case stands in its source: a line, or a file.
    pub place: String,
    /// Why, in one sentence.
    pub sentence: String,
}

/// Hides the place, which may be a name.
impl std::fmt::Debug for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Refusal").field("sentence", &self.sentence).finish_non_exhaustive()
    }
}

/// What is listed of refused cases and of ignored files.
const MOST_LISTED: usize = 20;
/// Cases whose images are checked at the same time.
const CHUNK: usize = 64;
/// Measured with the sandbox: what a result and its item take without images, and what the images of a result take for each
/// image that was sent.
const RESULT_BYTES: u64 = 6 << 10;
const MEDIA_BYTES: u64 = 180 << 10;

impl Plan {
    /// Reads the source, checks every image, and adds the cases to the store: all of them, or none if the source cannot be
    /// read to its end. Nothing is sent. Blocks; `progress` is called now and then.
    ///
    /// # Errors
    ///
    /// The source cannot be read, or the store cannot be written. The errors of single cases are in the plan.
    pub fn make(store: &mut Store, source: &Source, mut progress: impl FnMut(&Self)) -> Result<Self, Error> {
        let settings = store.settings();
        let mut plan = Self::default();
        let ignored = Rc::new(RefCell::new(Vec::new()));
        let told = ignored.clone();
        let root = source.root()?;
        let mut cases = source.cases(move |path, why| told.borrow_mut().push((path.to_owned(), why)))?;
        let mut planning = store.database.plan()?;
        let root_id = match settings.names {
            Names::Kept => Some(planning.root(&root)?),
            Names::LeftOut => None,
        };
        loop {
            let chunk = cases.by_ref().take(CHUNK).collect::<Result<Vec<_>, _>>()?;
            plan.ignore(&root, &mut ignored.borrow_mut());
            if chunk.is_empty() {
                break;
            }
            let checked: Vec<_> = check_all(&chunk, &root, settings.check).collect();
            let given: Vec<_> = checked
                .iter()
                .map(|(case, checked)| Given {
                    call: &case.call,
                    root: root_id,
                    reference: case.reference.as_deref(),
                    images: checked.stored(case, settings.names),
                    identity: identity(case),
                    bytes: checked.bytes,
                    refusal: checked.refusal.as_ref().map(|refusal| (refusal.kind, refusal.document())),
                })
                .collect();
            for ((case, checked), planned) in checked.iter().zip(planning.add(&given)?) {
                plan.count(case, checked, planned);
            }
            progress(&plan);
        }
        plan.repeated_references = planning.repeated_references()?;
        let (items, images) = planning.items_and_images()?;
        let media = if settings.media == Media::Kept { images * MEDIA_BYTES } else { 0 };
        plan.disk_bytes = items * RESULT_BYTES + media;
        planning.commit()?;
        Ok(plan)
    }

    fn count(&mut self, case: &GivenCase, checked: &CheckedCase, planned: Planned) {
        self.given += 1;
        match (&checked.refusal, planned) {
            (Some(refusal), _) => {
                self.refused += 1;
                *self.refusals_by_kind.entry(refusal.kind).or_default() += 1;
                if self.refusals.len() < MOST_LISTED {
                    let sentence = refusal.sentence.clone();
                    self.refusals.push(Refusal { place: case.place.clone(), sentence });
                }
            }
            (None, Planned::Duplicate) => self.duplicates += 1,
            (None, Planned::Known) => self.known += 1,
            (None, Planned::New | Planned::InPlaceOfOther) => {
                self.new += 1;
                self.in_place_of_other += u64::from(planned == Planned::InPlaceOfOther);
                self.images += case.images.len() as u64;
                self.bytes += checked.bytes;
            }
        }
    }

    fn ignore(&mut self, root: &Path, ignored: &mut Vec<(PathBuf, &'static str)>) {
        self.ignored += ignored.len() as u64;
        let room = MOST_LISTED - self.first_ignored.len();
        let below = |(path, why): (PathBuf, _)| (path.strip_prefix(root).unwrap_or(&path).to_owned(), why);
        self.first_ignored.extend(ignored.drain(..).take(room).map(below));
    }

    /// Returns the plan as one JSON object.
    pub fn to_json(&self) -> Value {
        let refusal = |refusal: &Refusal| json!({"place": refusal.place, "message": refusal.sentence});
        let ignored =
            |(path, why): &(PathBuf, &str)| json!({"file": path.display().to_string(), "message": why});
        json!({
            "given": self.given,
            "new": self.new,
            "inPlaceOfOther": self.in_place_of_other,
            "duplicates": self.duplicates,
            "known": self.known,
            "refused": self.refused,
            "calls": self.new,
            "images": self.images,
            "bytes": self.bytes,
            "repeatedReferences": self.repeated_references,
            "refusalsByKind": self.refusals_by_kind,
            "refusals": self.refusals.iter().map(refusal).collect::<Vec<_>>(),
            "ignored": self.ignored,
            "firstIgnored": self.first_ignored.iter().map(ignored).collect::<Vec<_>>(),
            "diskBytes": self.disk_bytes,
        })
    }
}

/// A case with the digests of its images.
struct CheckedCase {
    digests: Vec<String>,
    bytes: u64,
    refusal: Option<CaseRefusal>,
}

struct CaseRefusal {
    kind: &'static str,
    sentence: String,
}

impl CaseRefusal {
    fn document(&self) -> Value {
        json!({"kind": self.kind, "message": self.sentence, "delivery": "notSent"})
    }
}

impl CheckedCase {
    fn new(case: &GivenCase, root: &Path, check: Check) -> Self {
        match digests(case, root, check) {
            Ok((digests, bytes)) => Self { digests, bytes, refusal: None },
            Err(refusal) => Self { digests: Vec::new(), bytes: 0, refusal: Some(refusal) },
        }
    }

    /// What the store keeps of the images.
    fn stored(&self, case: &GivenCase, names: Names) -> Vec<PlannedImage> {
        let image = |(place, path): (usize, &PathBuf)| PlannedImage {
            file: (names == Names::Kept).then(|| path.display().to_string()),
            sha256: self.digests.get(place).cloned(),
        };
        case.images.iter().enumerate().map(image).collect()
    }
}

fn digests(case: &GivenCase, root: &Path, check: Check) -> Result<(Vec<String>, u64), CaseRefusal> {
    let invalid = |sentence: String| CaseRefusal { kind: "invalidCase", sentence };
    if let Some(sentence) = &case.refusal {
        return Err(invalid(sentence.clone()));
    }
    let (given, most) = (case.images.len(), case.call.most_images());
    if given == 0 || given > most {
        let most = if most == 1 { "1 image".to_owned() } else { format!("1 to {most} images") };
        return Err(invalid(format!("the case has {given} images, and its call takes {most}")));
    }
    let (mut digests, mut bytes) = (Vec::new(), 0);
    for (place, path) in case.images.iter().enumerate() {
        if path.to_str().is_none() {
            return Err(invalid("the name of the file is not UTF-8: rename it".to_owned()));
        }
        let checked = images::check(&root.join(path), check).map_err(|error| {
            let which = if given > 1 { format!("image {}: ", place + 1) } else { String::new() };
            CaseRefusal { kind: "invalidImage", sentence: format!("{which}{error}") }
        })?;
        bytes += checked.image.len();
        digests.push(checked.sha256);
    }
    Ok((digests, bytes))
}

/// What identifies the case in its source, so that the same list can be planned again.
fn identity(case: &GivenCase) -> String {
    if case.images.is_empty() {
        return case.place.clone();
    }
    let names: Vec<_> = case.images.iter().map(|path| path.to_string_lossy()).collect();
    names.join("\n")
}

/// Checks the cases on all processors, and returns them in their order.
fn check_all<'c>(
    cases: &'c [GivenCase],
    root: &Path,
    check: Check,
) -> impl Iterator<Item = (&'c GivenCase, CheckedCase)> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(cases.len());
    let next = AtomicUsize::new(0);
    let checked = Mutex::new(Vec::with_capacity(cases.len()));
    let work = || {
        while let Some((place, case)) = {
            let place = next.fetch_add(1, Ordering::Relaxed);
            cases.get(place).map(|case| (place, case))
        } {
            let result = CheckedCase::new(case, root, check);
            checked.lock().unwrap_or_else(PoisonError::into_inner).push((place, result));
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let mut checked = checked.into_inner().unwrap_or_else(PoisonError::into_inner);
    checked.sort_unstable_by_key(|(place, _)| *place);
    checked.into_iter().map(|(place, result)| (&cases[place], result))
}
