//! The list of modules whose mutants are tried, and the mutants that may live.

use std::path::Path;

use legit_health_codegen::{Document, Node};

/// The list.
pub(super) const MODULES: &str = "xtask/src/campaign/mutants/modules.yaml";

/// A file whose mutants are tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Module {
    /// Its path from the root of the workspace.
    pub(super) file: String,
    /// Whom a slip would harm.
    pub(super) because: String,
    pub(super) may_live: Vec<Survivor>,
}

impl Module {
    /// Whether there is a reason why no test has to notice this mutant.
    pub(super) fn may_live(&self, mutant: &str) -> bool {
        self.may_live.iter().any(|survivor| survivor.mutant == mutant)
    }
}

/// Mutants that no test has to notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Survivor {
    /// As cargo-mutants describes it, without the place.
    pub(super) mutant: String,
    pub(super) because: String,
}

/// Files that are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeftOut {
    pub(super) files: String,
    pub(super) because: String,
}

/// What was noticed at a commit in the past, of a few modules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Before {
    pub(super) commit: String,
    pub(super) rows: Vec<BeforeRow>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BeforeRow {
    pub(super) file: String,
    pub(super) mutants: usize,
    pub(super) noticed: usize,
    /// How many of these by the crate's own tests.
    pub(super) own: usize,
}

/// The whole list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct List {
    pub(super) modules: Vec<Module>,
    pub(super) left_out: Vec<LeftOut>,
    pub(super) before: Before,
}

impl List {
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let document = Document::read(root, MODULES).map_err(|error| error.to_string())?;
        Self::of(document.root())
    }

    fn of(root: &Node) -> Result<Self, String> {
        let modules = root.list("modules").iter().map(|node| {
            let may_live = node.list("may_live").iter().map(survivors).collect::<Result<Vec<_>, _>>()?;
            let (file, because) = (text(node, "file")?, text(node, "because")?);
            Ok(Module { file, because, may_live: may_live.concat() })
        });
        let left_out = root
            .list("left_out")
            .iter()
            .map(|node| Ok(LeftOut { files: text(node, "files")?, because: text(node, "because")? }));
        Ok(Self {
            modules: modules.collect::<Result<_, String>>()?,
            left_out: left_out.collect::<Result<_, String>>()?,
            before: root.get("before").map_or(Ok(Before::default()), before)?,
        })
    }

    /// Returns the modules whose path ends with one of these names, with or without `.rs`; without names, all of them.
    pub(super) fn select(&self, names: &[String]) -> Result<Vec<&Module>, String> {
        let is_named = |module: &Module, name: &str| {
            let (file, name) = (module.file.trim_end_matches(".rs"), name.trim_end_matches(".rs"));
            file == name || file.ends_with(&format!("/{name}"))
        };
        if let Some(name) =
            names.iter().find(|name| !self.modules.iter().any(|module| is_named(module, name)))
        {
            return Err(format!("no module of {MODULES} is named `{name}`"));
        }
        let is_wanted =
            |module: &&Module| names.is_empty() || names.iter().any(|name| is_named(module, name));
        Ok(self.modules.iter().filter(is_wanted).collect())
    }
}

fn text(node: &Node, key: &str) -> Result<String, String> {
    node.text(key).map(str::to_owned).ok_or_else(|| format!("{MODULES}: an entry without `{key}`"))
}

/// One reason, for one mutant or several.
fn survivors(node: &Node) -> Result<Vec<Survivor>, String> {
    let because = text(node, "because")?;
    let mutants: Vec<Survivor> = node
        .texts("mutants")
        .map(|mutant| Survivor { mutant: mutant.to_owned(), because: because.clone() })
        .collect();
    if mutants.is_empty() {
        Err(format!("{MODULES}: a reason without `mutants`: {because}"))
    } else {
        Ok(mutants)
    }
}

fn before(node: &Node) -> Result<Before, String> {
    let number = |row: &Node, key: &str| {
        let whole = row.get(key).and_then(Node::as_whole).and_then(|number| usize::try_from(number).ok());
        whole.ok_or_else(|| format!("{MODULES}: a row of `before` without `{key}`"))
    };
    let rows = node.list("rows").iter().map(|row| {
        Ok(BeforeRow {
            file: text(row, "file")?,
            mutants: number(row, "mutants")?,
            noticed: number(row, "noticed")?,
            own: number(row, "own")?,
        })
    });
    Ok(Before { commit: text(node, "commit")?, rows: rows.collect::<Result<_, String>>()? })
}

/// The path without what all have in common.
pub(super) fn name(file: &str) -> String {
    file.replacen("crates/", "", 1).replacen("/src/", "/", 1)
}

impl Module {
    /// The package that the file belongs to: packages are called as their folders.
    pub(super) fn package(&self) -> &str {
        self.file.split('/').nth(1).unwrap_or_default()
    }

    /// Why this mutant may live.
    pub(super) fn reason(&self, mutant: &str) -> Option<&str> {
        self.may_live.iter().find(|survivor| survivor.mutant == mutant).map(|survivor| &*survivor.because)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "
modules:
  - file: crates/a/src/one.rs
    because: It counts.
    may_live:
      - {mutants: ['replace < with <= in f', 'replace + with - in g (2)'], because: They are equal.}
  - {file: crates/a/src/one/two.rs, because: It divides.}
left_out:
  - {files: crates/b, because: It prints.}
before:
  commit: '1234567'
  rows:
    - {file: crates/a/src/one.rs, mutants: 4, noticed: 3, own: 1}
";

    fn list() -> List {
        List::of(Document::parse(MODULES, YAML).unwrap().root()).unwrap()
    }

    #[test]
    fn the_list_is_read() {
        let list = list();
        let one = &list.modules[0];
        assert_eq!((one.package(), &*name(&one.file)), ("a", "a/one.rs"));
        assert_eq!(one.reason("replace + with - in g (2)"), Some("They are equal."));
        assert_eq!(one.reason("replace + with - in g"), None);
        assert_eq!(list.left_out[0].because, "It prints.");
        assert_eq!(list.before.rows, [BeforeRow { file: one.file.clone(), mutants: 4, noticed: 3, own: 1 }]);
    }

    #[test]
    fn modules_are_selected_by_the_end_of_their_paths() {
        let list = list();
        let select = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            list.select(&names).map(|modules| modules.iter().map(|module| &*module.file).collect::<Vec<_>>())
        };
        assert_eq!(select(&[]).unwrap().len(), 2);
        assert_eq!(select(&["one"]).unwrap(), ["crates/a/src/one.rs"]);
        assert_eq!(select(&["one/two.rs"]).unwrap(), ["crates/a/src/one/two.rs"]);
        assert!(select(&["ne"]).unwrap_err().contains("is named `ne`"));
    }

    #[test]
    fn every_module_of_the_list_is_there_once() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let list = List::read(root).unwrap();
        let mut files: Vec<&str> = list.modules.iter().map(|module| &*module.file).collect();
        for file in &files {
            assert!(root.join(file).is_file(), "{file} is not there");
        }
        files.sort_unstable();
        assert!(files.windows(2).all(|pair| pair[0] != pair[1]), "{files:?}");
    }
}
