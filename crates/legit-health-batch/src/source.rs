//! `Source`: where the cases of a batch come from. A directory, a list of files, or a table with up to three images a case.

mod folder;
mod lines;
mod row;
mod table;

use crate::call::Call;
use crate::error::{Error, ErrorKind};
use std::path::{Path, PathBuf};

/// Where the cases of a batch come from.
///
/// ```no_run
/// use legit_health_batch::{Call, Source};
///
/// let source = Source::detect("photos", Call::DiagnosisSupport)?;
/// # Ok::<(), legit_health_batch::Error>(())
/// ```
#[derive(Debug)]
pub struct Source {
    form: Form,
    path: PathBuf,
    /// The call of a case that names none.
    call: Call,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// One case for each image below a directory.
    Directory,
    /// One path a line: one case each.
    List,
    /// One JSON object a line.
    Ndjson,
    /// A table with a head.
    Csv,
}

/// A case as it is given, or why it cannot be one.
#[derive(Debug, PartialEq)]
pub(crate) struct GivenCase {
    /// Where it stands, such as `line 17`.
    pub(crate) place: String,
    pub(crate) reference: Option<String>,
    /// As they are given; relative ones are below the root.
    pub(crate) images: Vec<PathBuf>,
    pub(crate) call: Call,
    /// One sentence.
    pub(crate) refusal: Option<String>,
}

/// The cases of a source, one after the other.
pub(crate) type Cases = Box<dyn Iterator<Item = Result<GivenCase, Error>>>;

impl Source {
    /// Takes a directory, or the file of a list, whose form its ending names: `.txt` and `.list` for one path a line,
    /// `.ndjson` and `.jsonl` for one JSON object a line, `.csv` for a table. `call` is the call of each case that names none.
    ///
    /// # Errors
    ///
    /// There is no such file, or its ending is another one.
    pub fn detect(path: impl Into<PathBuf>, call: Call) -> Result<Self, Error> {
        let path = path.into();
        let metadata = std::fs::metadata(&path).map_err(|error| {
            Error::because(ErrorKind::Source, format!("{} cannot be read", path.display()), error)
        })?;
        let ending =
            path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        let form = match ending.as_str() {
            _ if metadata.is_dir() => Form::Directory,
            "txt" | "list" => Form::List,
            "ndjson" | "jsonl" => Form::Ndjson,
            "csv" => Form::Csv,
            _ => {
                return Err(Error::new(
                    ErrorKind::Source,
                    format!(
                        "{} is not a source of cases: give a directory of images, a list of paths (.txt), lines of JSON \
                         (.ndjson) or a table (.csv)",
                        path.display()
                    ),
                ));
            }
        };
        Ok(Self { form, path, call })
    }

    /// The directory that relative paths start from.
    pub(crate) fn root(&self) -> Result<PathBuf, Error> {
        let directory = match self.form {
            Form::Directory => self.path.as_path(),
            _ => self.path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new(".")),
        };
        directory.canonicalize().map_err(|error| cannot_read(directory, error))
    }

    /// Opens the source. What it ignores is told to `ignored`, with the reason.
    pub(crate) fn cases(&self, ignored: impl FnMut(&Path, &'static str) + 'static) -> Result<Cases, Error> {
        match self.form {
            Form::Directory => Ok(Box::new(folder::Folder::open(self.root()?, self.call.clone(), ignored)?)),
            Form::List => lines::list(&self.path, self.call.clone()),
            Form::Ndjson => lines::ndjson(&self.path, self.call.clone()),
            Form::Csv => table::csv(&self.path, self.call.clone()),
        }
    }
}

impl GivenCase {
    fn refused(place: String, call: Call, sentence: impl Into<String>) -> Self {
        Self { place, reference: None, images: Vec::new(), call, refusal: Some(sentence.into()) }
    }
}

fn cannot_read(path: &Path, error: std::io::Error) -> Error {
    Error::because(ErrorKind::Source, format!("{} cannot be read", path.display()), error)
}
