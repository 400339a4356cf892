//! Which options mean something to which command. The others are not offered in its help, and refused if they are given.

use crate::args::Args;
use crate::failure::Failure;
use clap::{Arg, ArgMatches, Command, CommandFactory};

/// All options about a connection: a group that the parser makes of the struct.
const CONNECTION: &str = "Connection";

/// Commands, with the options that mean nothing to them, and those of these groups that do.
const MEANINGLESS: [(&[&str], &[&str], &[&str]); 22] = [
    (&["demo"], &[CONNECTION, "json"], &[]),
    (&["follow-up"], &[CONNECTION], &[]),
    (&["report"], &[CONNECTION, "json", "verbose"], &[]),
    (&["batch", "plan"], &[CONNECTION], &["no_verify"]),
    (&["batch", "run"], &["no_verify"], &[]),
    (&["batch", "status"], &[CONNECTION], &[]),
    (&["batch", "retry"], &[CONNECTION], &[]),
    (&["batch", "export"], &[CONNECTION, "json", "verbose"], &[]),
    (&["inspect"], &[CONNECTION], &["no_verify"]),
    (&["sandbox"], &[CONNECTION], &["scenario"]),
    (&["scenarios"], &[CONNECTION], &[]),
    (&["samples"], &[CONNECTION], &[]),
    (&["completions"], &[CONNECTION, "json", "quiet", "verbose"], &[]),
    (&["man"], &[CONNECTION, "json"], &[]),
    (&["device"], &["scenario", "no_verify"], &[]),
    (&["login"], &["scenario", "no_verify"], &[]),
    (&["logout"], &[CONNECTION], &["profile"]),
    (&["whoami"], &["sandbox", "scenario", "no_verify"], &[]),
    (&["doctor"], &["sandbox", "scenario", "no_verify", "no_token_cache"], &[]),
    (&["sites"], &["scenario", "no_verify"], &[]),
    (&["scales"], &["scenario", "no_verify"], &[]),
    (&["severity", "manual"], &["scenario", "no_verify"], &[]),
];

/// The command line as it is parsed, completed and documented.
pub(crate) fn command_line() -> Command {
    let command = Args::command();
    MEANINGLESS.iter().fold(command.clone(), |line, (path, meaningless, except)| {
        let hidden: Vec<Arg> = ids(&command, meaningless, except)
            .iter()
            .filter_map(|id| command.get_arguments().find(|argument| argument.get_id() == id))
            .map(|argument| argument.clone().hide(true))
            .collect();
        with_arguments(line, path, &hidden)
    })
}

/// Arguments of a command of its own come before the global ones of the same name.
fn with_arguments(command: Command, path: &[&str], arguments: &[Arg]) -> Command {
    match path {
        [] => command.args(arguments),
        [name, rest @ ..] => command.mut_subcommand(name, |command| with_arguments(command, rest, arguments)),
    }
}

fn ids(command: &Command, meaningless: &[&str], except: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for name in meaningless {
        match command.get_groups().find(|group| group.get_id() == *name) {
            Some(group) => ids.extend(group.get_args().map(ToString::to_string)),
            None => ids.push((*name).to_owned()),
        }
    }
    ids.retain(|id| !except.contains(&id.as_str()));
    ids
}

/// Refuses an option that means nothing to the command that was given.
pub(crate) fn check(matches: &ArgMatches) -> Result<(), Failure> {
    let command = Args::command();
    for (path, meaningless, except) in MEANINGLESS {
        let found = path.iter().try_fold(matches, |matches, name| matches.subcommand_matches(name));
        let Some(found) = found else { continue };
        let given = |id: &String| found.value_source(id) == Some(clap::parser::ValueSource::CommandLine);
        if let Some(id) = ids(&command, meaningless, except).into_iter().find(given) {
            return Err(Failure::usage(format!(
                "`{}` has no `--{}`: leave it out",
                path.join(" "),
                id.replace('_', "-")
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command_line().debug_assert();
    }

    #[test]
    fn every_command_and_option_of_the_table_exists() {
        let line = command_line();
        for (path, meaningless, except) in MEANINGLESS {
            let command = path.iter().try_fold(&line, |command, name| command.find_subcommand(name));
            assert!(command.is_some(), "{path:?}");
            let known = ids(&line, &[CONNECTION, "json", "quiet", "verbose"], &[]);
            for id in ids(&line, meaningless, &[]).iter().map(String::as_str).chain(except.iter().copied()) {
                assert!(known.iter().any(|known| known == id), "{path:?} {id}");
            }
        }
    }

    #[test]
    fn what_means_nothing_is_refused_wherever_it_stands() {
        let refused = |line: &[&str]| {
            let matches = command_line().try_get_matches_from([&["legit-health"], line].concat()).unwrap();
            check(&matches).err().map(|failure| failure.to_string())
        };
        let sentence = Some("`sandbox` has no `--sandbox`: leave it out".to_owned());
        assert_eq!(refused(&["sandbox", "--sandbox"]), sentence);
        assert_eq!(refused(&["--sandbox", "sandbox"]), sentence);
        assert_eq!(refused(&["sandbox", "--scenario", "acne"]), None);
        assert!(refused(&["demo", "--json"]).is_some());
        assert!(refused(&["inspect", "a.jpg", "--timeout", "3"]).is_some());
        assert_eq!(refused(&["inspect", "a.jpg", "--no-verify"]), None);
        assert!(
            refused(&["severity", "manual", "pasi", "--at", "x", "--condition", "y", "--no-verify"])
                .is_some()
        );
    }
}
