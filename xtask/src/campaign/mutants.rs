//! `cargo xtask campaign mutants`: makes small slips in the code, one at a time, and sees which test notices.

mod level;
mod modules;
mod page;
mod results;
mod tool;

use std::collections::{HashSet, VecDeque};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::Instant;

use super::copy::copy;
use super::write_page;
use crate::{Outcome, exit_code};
use level::{Level, Suite};
use modules::{List, MODULES, Module};
use results::{RESULTS, Results, Row};
use tool::{Mutant, Tool};

const PAGE: &str = "docs/maintainers/mutants.md";

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The ends of the paths of modules, such as `triage` or `report/score`; without any, all of the list
    modules: Vec<String>,
    /// Try only mutants that were not noticed and have no reason to live, and modules that have changed
    #[arg(long)]
    missed: bool,
    /// Try only each N-th mutant of a module, the first among them; a later run with a smaller N tries more of them
    #[arg(long, value_name = "N", default_value = "1")]
    every: NonZeroUsize,
    /// How many to try at the same time, each in a copy and a build of its own
    #[arg(long, default_value_t = 1)]
    jobs: usize,
}

/// A module to try.
struct Task<'a> {
    module: &'a Module,
    mutants: Vec<Mutant>,
    content: String,
    /// Each how-many-th of the mutants is wanted.
    every: usize,
    /// What is known already of the same content.
    known: Option<Row>,
}

impl<'a> Task<'a> {
    /// Returns what there is to try, if anything.
    fn new(
        module: &'a Module,
        mutants: Vec<Mutant>,
        content: String,
        every: usize,
        known: Option<&Row>,
    ) -> Option<Self> {
        let is_same = |row: &&Row| {
            row.content == content && (row.every.is_multiple_of(every) || every.is_multiple_of(row.every))
        };
        let known = known.filter(is_same).cloned();
        let task = Self { module, mutants, content, every, known };
        let is_done = task.known.is_some() && task.wanted().is_empty();
        (!is_done).then_some(task)
    }

    /// The mutants that were not tried so far, or not noticed and without a reason.
    fn wanted(&self) -> Vec<&Mutant> {
        let is_wanted = |(index, mutant): &(usize, &Mutant)| match &self.known {
            Some(row) if index.is_multiple_of(row.every) => {
                !self.module.may_live(&mutant.description)
                    && row.survivors().any(|survivor| *survivor == mutant.description)
            }
            _ => index.is_multiple_of(self.every),
        };
        self.mutants.iter().enumerate().filter(is_wanted).map(|(_, mutant)| mutant).collect()
    }
}

pub(super) fn run(root: &Path, options: &Options) -> Outcome {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let folder = target.join("mutants");
    let tool = Tool::install(&folder.join("tool"))?;
    let list = List::read(root)?;
    let mut results = results::read(root)?;
    let mut tasks = VecDeque::new();
    let modules = list.select(&options.modules)?;
    let mut mutants = tool.list(root, &modules)?;
    for module in modules {
        let mutants = mutants.remove(&module.file).unwrap_or_default();
        check_reasons(module, &mutants)?;
        let content = content(root, &module.file)?;
        let known = results.get(&module.file).filter(|_| options.missed);
        tasks.extend(Task::new(module, mutants, content, options.every.get(), known));
    }
    // With the reasons as they are now, even if nothing is left to try.
    save(root, &list, &mut results)?;
    let tasks = Mutex::new(tasks);
    let (sender, received) = channel();
    std::thread::scope(|scope| {
        for number in 1..=options.jobs.max(1) {
            let (sender, tool, tasks) = (sender.clone(), &tool, &tasks);
            let tree = folder.join(number.to_string());
            scope.spawn(move || work(&Worker { root, tree, tool }, tasks, &sender));
        }
        drop(sender);
        for done in received {
            let (file, row) = done?;
            println!("{file}: {} of {} noticed in {:.0} s", row.noticed(), row.mutants(), row.seconds);
            // Read again: another run may have written results of other modules meanwhile.
            results = results::read(root)?;
            results.insert(file, row);
            // After each module, so that a run may be stopped.
            save(root, &list, &mut results)?;
        }
        Ok::<(), String>(())
    })?;
    for reason in outdated(&list, &results) {
        println!("{reason}");
    }
    Ok(exit_code(page::is_good(&list, &results)))
}

/// Writes what is known of the modules of the list.
fn save(root: &Path, list: &List, results: &mut Results) -> Result<(), String> {
    results.retain(|file, _| list.modules.iter().any(|module| module.file == *file));
    write_page(root, RESULTS, &results::render(results))?;
    write_page(root, PAGE, &page::render(list, results))
}

/// What git calls this content.
fn content(root: &Path, file: &str) -> Result<String, String> {
    let output = Command::new("git").arg("-C").arg(root).args(["hash-object", file]).output();
    let output = output.map_err(|error| format!("git cannot be run: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Fails if a reason is of a mutant that there is no longer.
fn check_reasons(module: &Module, mutants: &[Mutant]) -> Result<(), String> {
    let is_there = |name: &str| mutants.iter().any(|mutant| mutant.description == name);
    match module.may_live.iter().find(|survivor| !is_there(&survivor.mutant)) {
        Some(survivor) => {
            let (file, mutant) = (&module.file, &survivor.mutant);
            Err(format!("{MODULES}: {file} has no mutant `{mutant}`: remove its reason, or correct its name"))
        }
        None => Ok(()),
    }
}

/// Names the reasons of mutants that a test notices.
fn outdated(list: &List, results: &Results) -> Vec<String> {
    let of = |module: &Module| {
        let survivors: HashSet<&String> = results.get(&module.file)?.survivors().collect();
        let noticed = module.may_live.iter().filter(|survivor| !survivors.contains(&survivor.mutant));
        Some(
            noticed
                .map(|survivor| {
                    let mutant = &survivor.mutant;
                    format!("{}: `{mutant}` is noticed: remove its reason from {MODULES}", module.file)
                })
                .collect::<Vec<_>>(),
        )
    };
    list.modules.iter().filter_map(of).flatten().collect()
}

/// Who tries mutants, and where.
struct Worker<'a> {
    root: &'a Path,
    tree: PathBuf,
    tool: &'a Tool,
}

type Done = Result<(String, Row), String>;

/// Tries modules until none is left, or one fails.
fn work(worker: &Worker<'_>, tasks: &Mutex<VecDeque<Task<'_>>>, done: &Sender<Done>) {
    let mut passing = HashSet::new();
    let mut copied = std::fs::create_dir_all(&worker.tree)
        .map_err(|error| format!("{} cannot be made: {error}", worker.tree.display()))
        .and_then(|()| copy(worker.root, &worker.tree));
    loop {
        let next = tasks.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop_front();
        let Some(task) = next else { return };
        let tried =
            std::mem::replace(&mut copied, Ok(())).and_then(|()| worker.try_module(&task, &mut passing));
        let is_failure = tried.is_err();
        // Nobody receives any more if another one has failed.
        if done.send(tried.map(|row| (task.module.file.clone(), row))).is_err() || is_failure {
            return;
        }
    }
}

impl Worker<'_> {
    fn try_module(&self, task: &Task<'_>, passing: &mut HashSet<Suite>) -> Result<Row, String> {
        let mut row = task.known.clone().unwrap_or_default();
        row.content.clone_from(&task.content);
        row.every = if task.known.is_some() { row.every.min(task.every) } else { task.every };
        row.all = task.mutants.len();
        let mut left = task.wanted();
        // Those with a reason are not tried again.
        row.only_command_line.retain(|mutant| task.module.may_live(mutant));
        row.missed.retain(|mutant| task.module.may_live(mutant));
        for level in Level::ALL {
            for suite in Suite::of(task.module, level) {
                if left.is_empty() {
                    break;
                }
                if passing.insert(suite.clone()) {
                    self.tool.check(&self.tree, &suite)?;
                }
                let started = Instant::now();
                let outcomes = self.tool.test(&self.tree, task.module, &left, &suite, level)?;
                row.seconds += started.elapsed().as_secs_f64();
                left.retain(|mutant| row.take(mutant, level, outcomes[&mutant.name]));
            }
        }
        row.missed.extend(left.iter().map(|mutant| mutant.description.clone()));
        Ok(row)
    }
}

impl Row {
    /// Counts what came of a mutant at a level. True if the next level has to try it.
    fn take(&mut self, mutant: &Mutant, level: Level, outcome: tool::Outcome) -> bool {
        match outcome {
            tool::Outcome::Missed => return true,
            tool::Outcome::Unviable if level == Level::Unit => self.unviable += 1,
            tool::Outcome::Noticed | tool::Outcome::Hung if level == Level::CommandLine => {
                self.only_command_line.push(mutant.description.clone());
            }
            // Unviable only now: it breaks the build of a test.
            tool::Outcome::Noticed | tool::Outcome::Hung | tool::Outcome::Unviable => {
                *self.noticed.entry(level).or_default() += 1;
                self.hung += usize::from(outcome == tool::Outcome::Hung);
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use modules::Survivor;

    fn mutant(description: &str) -> Mutant {
        Mutant { name: format!("a.rs:1:1: {description}"), description: description.into() }
    }

    fn module(may_live: &[&str]) -> Module {
        let survivor = |mutant: &&str| Survivor { mutant: (*mutant).into(), because: String::new() };
        Module {
            file: "crates/a/src/a.rs".into(),
            because: String::new(),
            may_live: may_live.iter().map(survivor).collect(),
        }
    }

    #[test]
    fn a_later_run_tries_what_an_earlier_one_left_out() {
        let (module, names) = (module(&["d"]), ["a", "b", "c", "d", "e"]);
        let task = |every, known: Option<&Row>| {
            Task::new(&module, names.map(mutant).into(), "1".into(), every, known)
                .map(|task| task.wanted().iter().map(|mutant| mutant.description.clone()).collect::<String>())
        };
        let row = |every, missed: &[&str]| Row {
            content: "1".into(),
            every,
            missed: missed.iter().map(|name| (*name).to_owned()).collect(),
            ..Row::default()
        };
        assert_eq!(task(1, None).as_deref(), Some("abcde"));
        assert_eq!(task(2, None).as_deref(), Some("ace"));
        assert_eq!(task(2, Some(&row(4, &["e"]))).as_deref(), Some("ce"));
        assert_eq!(task(4, Some(&row(2, &["c"]))).as_deref(), Some("c"));
        assert_eq!(task(1, Some(&row(1, &[]))), None);
        assert_eq!(task(1, Some(&row(1, &["b", "d"]))).as_deref(), Some("b"), "d has a reason");
        // Neither is a part of the other: all anew.
        assert_eq!(task(3, Some(&row(2, &[]))).as_deref(), Some("ad"));
        let other = Row { content: "2".into(), ..row(1, &[]) };
        assert_eq!(task(1, Some(&other)).as_deref(), Some("abcde"));
    }

    #[test]
    fn what_only_the_command_line_notices_is_not_noticed() {
        let mut row = Row::default();
        assert!(row.take(&mutant("a"), Level::Unit, tool::Outcome::Missed));
        assert!(!row.take(&mutant("a"), Level::CommandLine, tool::Outcome::Noticed));
        assert!(!row.take(&mutant("b"), Level::Across, tool::Outcome::Hung));
        assert!(!row.take(&mutant("c"), Level::Unit, tool::Outcome::Unviable));
        assert_eq!((row.noticed(), row.hung, row.mutants(), row.unviable), (1, 1, 2, 1));
        assert_eq!(row.only_command_line, ["a"]);
    }

    #[test]
    fn a_reason_of_no_mutant_is_an_error() {
        assert_eq!(check_reasons(&module(&["f"]), &[mutant("f"), mutant("g")]), Ok(()));
        let error = check_reasons(&module(&["f (2)"]), &[mutant("f")]).unwrap_err();
        assert!(error.contains("crates/a/src/a.rs has no mutant `f (2)`"), "{error}");
    }

    #[test]
    fn a_reason_of_a_noticed_mutant_is_named() {
        let list = List { modules: vec![module(&["f", "g"])], ..List::default() };
        let row = Row { missed: vec!["g".into()], ..Row::default() };
        let outdated = outdated(&list, &Results::from([("crates/a/src/a.rs".to_owned(), row)]));
        assert_eq!(outdated.len(), 1);
        assert!(outdated[0].contains("`f` is noticed"), "{outdated:?}");
    }
}
