//! What is to be measured, and how often.

/// What is printed for it.
pub(crate) const HELP: &str =
    "\x20 bench              Build in release, measure requests beside other clients on
                     loopback, print tables; a quarter of an hour. Python and
                     Node take part if they are there
    --rounds N       Rounds for each figure, 7 unless said otherwise
    --only NAME…     Only these: upload, ceiling, instructions, throughput,
                     cold-start, walk
    --counters       Page faults and system calls, too
    --python PATH    A Python that has requests and httpx; also taken from
                     LEGIT_HEALTH_BENCH_PYTHON; python3 unless said otherwise
";

const NAMES: &str = "upload, ceiling, instructions, throughput, cold-start, walk";

/// One group of figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    Upload,
    Ceiling,
    Instructions,
    Throughput,
    ColdStart,
    Walk,
}

impl Measure {
    const ALL: [Self; 6] =
        [Self::Upload, Self::Ceiling, Self::Instructions, Self::Throughput, Self::ColdStart, Self::Walk];

    fn name(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Ceiling => "ceiling",
            Self::Instructions => "instructions",
            Self::Throughput => "throughput",
            Self::ColdStart => "cold-start",
            Self::Walk => "walk",
        }
    }
}

/// What is asked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(super) rounds: usize,
    pub(super) measures: Vec<Measure>,
    pub(super) counters: bool,
    pub(super) python: String,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { rounds: 7, measures: Measure::ALL.into(), counters: false, python: "python3".into() }
    }
}

/// What is asked, or one sentence on what is wrong with the words. `python` is the one of the environment.
pub(crate) fn parse(words: &[&str], python: Option<String>) -> Result<Wanted, String> {
    let mut wanted = Wanted::default();
    wanted.python = python.unwrap_or(wanted.python);
    let mut words = words.iter().copied().peekable();
    while let Some(word) = words.next() {
        match word {
            "--rounds" => wanted.rounds = rounds(words.next())?,
            "--only" => {
                wanted.measures.clear();
                while let Some(name) = words.next_if(|word| !word.starts_with("--")) {
                    let measure = Measure::ALL.into_iter().find(|measure| measure.name() == name);
                    let unknown =
                        || format!("`cargo xtask bench` does not measure `{name}`; it measures {NAMES}.");
                    wanted.measures.push(measure.ok_or_else(unknown)?);
                }
                if wanted.measures.is_empty() {
                    return Err(format!("--only needs a name: {NAMES}."));
                }
            }
            "--counters" => wanted.counters = true,
            "--python" => wanted.python = words.next().ok_or("--python needs a path.")?.to_owned(),
            unknown => {
                return Err(format!(
                    "`cargo xtask bench` takes --rounds, --only, --counters and --python, not `{unknown}`."
                ));
            }
        }
    }
    Ok(wanted)
}

fn rounds(word: Option<&str>) -> Result<usize, String> {
    let word = word.ok_or("--rounds needs a number.")?;
    let refused = || format!("`{word}` is no number of rounds; there is at least 1.");
    word.parse().ok().filter(|rounds| *rounds > 0).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Wanted, String> {
        parse(&line.split_whitespace().collect::<Vec<_>>(), None)
    }

    #[test]
    fn everything_unless_said_otherwise() {
        assert_eq!(parsed(""), Ok(Wanted::default()));
        let from_environment = parse(&[], Some("/venv/bin/python".into())).unwrap();
        assert_eq!(from_environment.python, "/venv/bin/python");
    }

    #[test]
    fn words_in_any_order() {
        let wanted = parsed("--only walk cold-start --python py --counters --rounds 2").unwrap();
        let expected = Wanted {
            rounds: 2,
            measures: vec![Measure::Walk, Measure::ColdStart],
            counters: true,
            python: "py".into(),
        };
        assert_eq!(wanted, expected);
        for measure in Measure::ALL {
            assert!(NAMES.split(", ").any(|name| name == measure.name()));
            assert_eq!(parsed(&format!("--only {}", measure.name())).unwrap().measures, [measure]);
        }
    }

    #[test]
    fn what_makes_no_sense_is_one_sentence() {
        for (line, said) in [
            ("--rounds", "--rounds needs a number."),
            ("--rounds 0", "`0` is no number of rounds; there is at least 1."),
            ("--rounds many", "`many` is no number of rounds; there is at least 1."),
            ("--python", "--python needs a path."),
            ("fast", "`cargo xtask bench` takes --rounds, --only, --counters and --python, not `fast`."),
        ] {
            assert_eq!(parsed(line), Err(said.into()), "{line}");
        }
        let unknown = format!("`cargo xtask bench` does not measure `uplaod`; it measures {NAMES}.");
        assert_eq!(parsed("--only walk uplaod"), Err(unknown));
        assert_eq!(parsed("--only --counters"), Err(format!("--only needs a name: {NAMES}.")));
    }
}
