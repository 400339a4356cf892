//! What the words after `cargo xtask generate` ask for.

use std::path::PathBuf;

/// What is printed for it.
pub(crate) const HELP: &str = "\
  generate           Write everything that is generated from openapi/
    --check          Write nothing; name the files that are stale, and why
    --spec DIR --out DIR
                     From device.yaml and catalog.yaml of one folder into another,
                     for a program of your own
    --module PATH    Where it has the modules: `crate::api`; without it, `crate`
";

/// What to generate, and whether to write it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) only_check: bool,
    /// `None` for this workspace.
    pub(crate) elsewhere: Option<Elsewhere>,
}

/// A contract that is not the one of this workspace, and where its modules go.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Elsewhere {
    pub(crate) spec: PathBuf,
    pub(crate) out: PathBuf,
    pub(crate) module: String,
}

/// What is wanted, or one sentence on what is wrong with the words.
pub(crate) fn parse(words: &[&str]) -> Result<Wanted, String> {
    let mut only_check = false;
    let [mut spec, mut out, mut module] = [None; 3];
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let place = match *word {
            "--check" => {
                only_check = true;
                continue;
            }
            "--spec" => &mut spec,
            "--out" => &mut out,
            "--module" => &mut module,
            unknown => {
                return Err(format!(
                    "`cargo xtask generate` takes --check, --spec, --out and --module, not `{unknown}`."
                ));
            }
        };
        let value = words.next().filter(|value| !value.starts_with("--"));
        let value = value.ok_or_else(|| format!("`{word}` needs a value after it."))?;
        if place.replace(*value).is_some() {
            return Err(format!("`{word}` is given twice."));
        }
    }
    let elsewhere = match (spec, out, module) {
        (None, None, None) => None,
        (Some(spec), Some(out), module) => Some(Elsewhere {
            spec: spec.into(),
            out: out.into(),
            module: module.unwrap_or("crate").to_owned(),
        }),
        _ => {
            return Err("--spec, --out and --module go together: name the folder of each of the first two."
                .to_owned());
        }
    };
    Ok(Wanted { only_check, elsewhere })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Wanted, String> {
        parse(&line.split_whitespace().collect::<Vec<_>>())
    }

    #[test]
    fn of_this_workspace_or_of_another_folder() {
        assert_eq!(parsed(""), Ok(Wanted { only_check: false, elsewhere: None }));
        assert_eq!(parsed("--check"), Ok(Wanted { only_check: true, elsewhere: None }));
        let elsewhere =
            |module: &str| Elsewhere { spec: "a".into(), out: "b".into(), module: module.to_owned() };
        assert_eq!(
            parsed("--spec a --out b"),
            Ok(Wanted { only_check: false, elsewhere: Some(elsewhere("crate")) })
        );
        assert_eq!(
            parsed("--module crate::api --out b --check --spec a"),
            Ok(Wanted { only_check: true, elsewhere: Some(elsewhere("crate::api")) })
        );
    }

    #[test]
    fn what_is_not_understood_is_one_sentence() {
        for (line, sentence) in [
            ("--chek", "`cargo xtask generate` takes --check, --spec, --out and --module, not `--chek`."),
            ("--check now", "`cargo xtask generate` takes --check, --spec, --out and --module, not `now`."),
            ("--spec", "`--spec` needs a value after it."),
            ("--spec --out b", "`--spec` needs a value after it."),
            ("--spec a --spec b --out c", "`--spec` is given twice."),
            ("--spec a", "--spec, --out and --module go together: name the folder of each of the first two."),
            (
                "--module crate",
                "--spec, --out and --module go together: name the folder of each of the first two.",
            ),
        ] {
            assert_eq!(parsed(line), Err(sentence.to_owned()), "{line}");
        }
    }
}
