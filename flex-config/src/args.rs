//! The command line.

use std::path::PathBuf;

use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use park_interaction::flags::{self, Flag};

use crate::files;
use crate::nearest::{nearest, suggestion};

const NOTES: &str = "\
Examples:
  npm run flex-config -- show-list on
  npm run flex-config -- set list_ttl_hours 48 --save --environment production
  npm run flex-config -- set reasons '[\"Waiting for parts\"]' --queue Support
  npm run flex-config -- unset max_parked --worker ada

A change is shown first: old → new. On a terminal the command then asks whether to write it; --yes answers yes, --dry-run no.

Exit codes:
  0  done, or there was nothing to do
  1  `diff` found differences
  2  the command line or the credentials cannot be used; nothing was written
  3  the configuration is wrong, in the files or in the account; nothing was written
  4  Twilio refused or did not answer; nothing was written
  5  somebody else changed it at the same time; nothing was written
  6  written, but what was read back is not what was written
  7  the change was not confirmed; nothing was written

Credentials come from the environment or from the file `.env` in the project's folder: TWILIO_ACCOUNT_SID, and either
TWILIO_API_KEY with TWILIO_API_SECRET or TWILIO_AUTH_TOKEN. With --simulator, the account is that of a running `npm start`.

Help: flex-config/README.md";

/// An example of each command.
const EXAMPLES: [(&str, &str); 11] = [
    ("check", "check --environment production"),
    ("diff", "diff --environment production"),
    ("deploy", "deploy --environment production --dry-run"),
    (
        "set-domain",
        "set-domain park-interaction-1234.twil.io --environment production",
    ),
    ("enable", "enable --worker ada"),
    ("disable", "disable --dry-run"),
    ("show-list", "show-list on"),
    ("set", "set list_ttl_hours 48 --dry-run"),
    ("unset", "unset max_parked --worker ada"),
    ("reset-worker", "reset-worker --worker ada"),
    ("generate", "generate"),
];

/// Examples of those that take a queue.
const QUEUE_EXAMPLES: [(&str, &str); 2] = [
    (
        "set",
        r#"set reasons '["Waiting for parts"]' --queue Support"#,
    ),
    ("unset", "unset reasons --queue Support"),
];

/// Puts the flags of Park Interaction into an account's Flex configuration, and touches nothing else there.
#[derive(Debug, Parser)]
#[command(bin_name = "npm run flex-config --", after_help = NOTES)]
pub struct Args {
    /// Where the files `ui_attributes.*.json` are, if not in the project's `flex-config/`
    #[arg(long, global = true)]
    pub folder: Option<PathBuf>,
    /// Works on the account of a running `npm start`
    // The Node program that starts this one connects it; here it only stands in the help.
    #[arg(long, global = true)]
    pub simulator: bool,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Checks the files; asks no account unless `--account` is there
    Check {
        /// Only the common file and this environment's; all of them otherwise
        #[arg(long, value_name = "NAME", value_parser = environment)]
        environment: Option<String>,
        /// Checks the values in the account instead, for everybody and for each worker
        #[arg(long, conflicts_with = "environment")]
        account: bool,
        /// Prints what was found in the account as JSON
        #[arg(long, requires = "account")]
        json: bool,
    },
    /// Shows what `deploy` would change in the account
    Diff {
        /// Which `ui_attributes.<NAME>.json` to take
        #[arg(long, value_name = "NAME", value_parser = environment)]
        environment: String,
    },
    /// Writes what the files say into the account's Flex configuration, and reads it back
    Deploy {
        /// Which `ui_attributes.<NAME>.json` to take
        #[arg(long, value_name = "NAME", value_parser = environment)]
        environment: String,
        /// Lets agents park, unless `enabled` has a value in the account or in the files
        #[arg(long)]
        enable_unless_set: bool,
        #[command(flatten)]
        confirming: Confirming,
    },
    /// Writes the domain of the Functions into an environment's file, which is made if it is not there
    SetDomain {
        /// Such as `park-interaction-1234.twil.io`
        domain: String,
        /// Which `ui_attributes.<NAME>.json` to write
        #[arg(long, value_name = "NAME", value_parser = environment)]
        environment: String,
    },
    /// Lets agents park
    Enable(Switching),
    /// Takes the Park button away; what is parked stays parked and wakes as ever
    Disable(Switching),
    /// Turns the list of parked conversations on or off
    ShowList {
        value: OnOff,
        #[command(flatten)]
        switching: Switching,
    },
    /// Sets any flag
    Set {
        /// One of the flags of flex-config/README.md
        flag: String,
        /// `true`, `false`, an integer or JSON, such as `["Waiting for payment"]`
        #[arg(allow_hyphen_values = true, value_parser = value)]
        value: String,
        /// For the conversations of one queue, by SID or friendly name
        #[arg(long, value_name = "SID OR NAME")]
        queue: Option<String>,
        #[command(flatten)]
        switching: Switching,
    },
    /// Takes a flag away, so that its default holds
    Unset {
        /// One of the flags, or another key below `features.park_interaction`
        flag: String,
        /// For the conversations of one queue, by SID or friendly name
        #[arg(long, value_name = "SID OR NAME")]
        queue: Option<String>,
        #[command(flatten)]
        switching: Switching,
    },
    /// Takes all flags away that one worker has of their own
    ResetWorker {
        /// The worker's SID or friendly name
        #[arg(long, value_name = "SID OR NAME")]
        worker: String,
        #[command(flatten)]
        confirming: Confirming,
    },
    /// For developers: writes the JSON Schema and the tables of the READMEs
    Generate,
}

#[derive(Debug, clap::Args)]
pub struct Switching {
    /// For one worker, by SID or friendly name; for everybody otherwise
    #[arg(long, value_name = "SID OR NAME")]
    pub worker: Option<String>,
    /// Writes the change into the environment's file as well
    #[arg(long, requires = "environment", conflicts_with = "worker")]
    pub save: bool,
    /// Which `ui_attributes.<NAME>.json` to write with `--save`
    #[arg(long, value_name = "NAME", value_parser = environment, requires = "save")]
    pub environment: Option<String>,
    #[command(flatten)]
    pub confirming: Confirming,
}

#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Confirming {
    /// Shows what would change, and writes nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Writes without asking
    #[arg(long, conflicts_with = "dry_run")]
    pub yes: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    On,
    Off,
}

/// Reads a command line. Its first word is the program.
pub fn read(line: &[String]) -> Result<Args, clap::Error> {
    let mut command = Args::command();
    for (name, example) in EXAMPLES {
        let example = format!("Example: npm run flex-config -- {example}");
        command = command.mut_subcommand(name, |command| command.after_help(example));
    }
    Args::from_arg_matches(&command.try_get_matches_from(line)?)
}

/// Returns an error of the command line for people: with an example of the command, and with the place of the help.
pub fn explained(misuse: &clap::Error, line: &[String]) -> String {
    let said = misuse.to_string();
    let said = said.trim_end();
    let said = said
        .split_once("\n\nFor more information")
        .map_or(said, |(said, _)| said);
    let said = value_refused(misuse)
        .or_else(|| taken_for_a_value(misuse, line))
        .unwrap_or_else(|| said.to_owned());
    format!("{said}\n{}", see(line))
}

/// Returns what one of our own readers says about a value, with the option.
fn value_refused(misuse: &clap::Error) -> Option<String> {
    if misuse.kind() != ErrorKind::ValueValidation {
        return None;
    }
    let option = misuse.get(ContextKind::InvalidArg)?.to_string();
    let value = misuse.get(ContextKind::InvalidValue)?;
    let why = std::error::Error::source(misuse)?;
    // Such as `--environment <NAME>`; a word between the options has no name on the line.
    Some(match option.split_once(' ') {
        Some((name, _)) => format!("error: {name} {value}: {why}"),
        None => format!("error: {value}: {why}"),
    })
}

/// Returns the option with a typing error that `set` took for its value, where clap complains of the value behind it.
fn taken_for_a_value(misuse: &clap::Error, line: &[String]) -> Option<String> {
    if misuse.kind() != ErrorKind::UnknownArgument || command_of(line) != Some("set") {
        return None;
    }
    let mut words = line.iter().skip(1).take_while(|word| *word != "--");
    words.find_map(|word| Some(format!("error: {word}: {}", unknown_option(word)?)))
}

/// Returns the command of a line, or the one that was probably meant.
fn command_of(line: &[String]) -> Option<&'static str> {
    let words = || line.iter().skip(1).map(String::as_str);
    let names = EXAMPLES.map(|(name, _)| name);
    words()
        .find_map(|word| names.into_iter().find(|name| *name == word))
        .or_else(|| words().find_map(|word| nearest(word, names)))
}

/// Returns an example that sets a flag of the same kind.
fn example_of(flag: Flag) -> &'static str {
    match flag {
        Flag::Bool(_) => "set show_list true",
        Flag::Integer(_) => "set list_ttl_hours 48 --dry-run",
        Flag::Texts(_) => r#"set reasons '["Waiting for parts"]'"#,
        Flag::Integers(_) => "set wait_minutes '[60, 240]'",
        Flag::Choice(_) => "set supervisors_see team",
        Flag::Queues(_) => r#"set per_queue '{"Support": {"reason_required": true}}'"#,
    }
}

/// Returns the last lines of an error: an example of the command in question, and the place of the help.
pub fn see(line: &[String]) -> String {
    let words = || line.iter().skip(1).map(String::as_str);
    let command = command_of(line);
    let is_of_queue = words().any(|word| word == "--queue" || word.starts_with("--queue="));
    let listed = |examples: &[(&str, &'static str)]| {
        let mut examples = examples.iter();
        let found = examples.find(|(name, _)| Some(*name) == command);
        found.map(|(_, example)| *example)
    };
    let of_flag = || {
        let flags = flags::ALL.iter().map(|described| described.flag);
        let mut named = flags.filter(|flag| words().any(|word| word == flag.name()));
        (command == Some("set")).then(|| named.next().map(example_of))?
    };
    let example = listed(&QUEUE_EXAMPLES)
        .filter(|_| is_of_queue)
        .or_else(of_flag)
        .or_else(|| listed(&EXAMPLES))
        .unwrap_or("set list_ttl_hours 48 --dry-run");
    let command = command.map(|name| format!("{name} ")).unwrap_or_default();
    format!(
        "Example: npm run flex-config -- {example}\nHelp: npm run flex-config -- {command}--help, or flex-config/README.md"
    )
}

/// The longest name of an environment. The Functions' domain ends with it.
const LONGEST_ENVIRONMENT: usize = 16;

/// Returns true for a name that every command takes. It is a part of a file's name, and never a path to another folder.
pub fn is_environment(text: &str) -> bool {
    let is_inner = |b: u8| b == b'-' || b.is_ascii_lowercase() || b.is_ascii_digit();
    let is_whole = (1..=LONGEST_ENVIRONMENT).contains(&text.len());
    is_whole && text.bytes().all(is_inner) && text.trim_matches('-') == text
}

/// Reads the name of an environment, with the words and the suggestion of the other commands, `deploy/command.mjs`.
fn environment(text: &str) -> Result<String, String> {
    match text {
        files::COMMON => Err(
            "the common file goes into every environment and is none itself: expected another name, such as production."
                .into(),
        ),
        _ if is_environment(text) => Ok(text.into()),
        _ => Err(environment_expected(text)),
    }
}

/// Returns what was expected in place of a wrong name, and the right name that was probably meant.
pub fn environment_expected(wrong: &str) -> String {
    let lower = wrong.to_lowercase();
    let parts = lower.split(|char: char| !(char.is_ascii_lowercase() || char.is_ascii_digit()));
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    let near: String = parts.join("-").chars().take(LONGEST_ENVIRONMENT).collect();
    let near = near.trim_end_matches('-');
    let meant = if near.is_empty() || near == files::COMMON {
        String::new()
    } else {
        format!(" Did you mean {near}?")
    };
    format!("expected a name of 1 to {LONGEST_ENVIRONMENT} of a-z, 0-9 and -, such as production.{meant}")
}

/// Reads the value of a flag, which may begin with `-`, such as a number. An option with a typing error is no value.
fn value(text: &str) -> Result<String, String> {
    match unknown_option(text) {
        Some(why) => Err(why),
        None => Ok(text.into()),
    }
}

/// Returns what is wrong with a word if it looks like an option of `set`, and is none.
fn unknown_option(word: &str) -> Option<String> {
    let name = word.split('=').next()?;
    if !name.starts_with("--") || name == "--" {
        return None;
    }
    let all = Args::command();
    let own = all.find_subcommand("set").into_iter();
    let own = own.flat_map(clap::Command::get_arguments);
    let options: Vec<String> = own
        .chain(all.get_arguments())
        .filter_map(clap::Arg::get_long)
        .chain(["help"])
        .map(|name| format!("--{name}"))
        .collect();
    (!options.iter().any(|option| option == name)).then(|| {
        format!(
            "there is no such option.{} There are: {}.",
            suggestion(name, options.iter().map(String::as_str)),
            options.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    fn line(words: &str) -> Vec<String> {
        let words = words.split(' ').filter(|word| !word.is_empty());
        ["flex-config"]
            .into_iter()
            .chain(words)
            .map(str::to_owned)
            .collect()
    }

    fn refused(words: &str) -> String {
        let line = line(words);
        explained(&read(&line).unwrap_err(), &line)
    }

    #[test]
    fn each_command_has_an_example_that_can_be_read() {
        let command = Args::command();
        let commands = command.get_subcommands().map(clap::Command::get_name);
        assert!(commands.eq(EXAMPLES.map(|(name, _)| name)));
        for (name, example) in EXAMPLES.into_iter().chain(QUEUE_EXAMPLES) {
            // As a shell would take it apart, as far as it matters here.
            let example = example
                .replace("Waiting for parts", "Waiting")
                .replace('\'', "");
            assert!(read(&line(&example)).is_ok(), "{example}");
            let help = read(&line(&format!("{name} --help")))
                .unwrap_err()
                .to_string();
            assert!(help.contains("Example: npm run flex-config -- "), "{help}");
        }
    }

    #[test]
    fn an_environment_has_a_name_that_every_command_takes() {
        let expected = "expected a name of 1 to 16 of a-z, 0-9 and -, such as production.";
        for (wrong, meant) in [
            ("Prod", Some("prod")),
            ("eu-dev_2", Some("eu-dev-2")),
            ("../dev", Some("dev")),
            ("a/b", Some("a-b")),
            ("-a-", Some("a")),
            ("production-in-europe", Some("production-in-eu")),
            ("Common", None),
            ("", None),
            ("é", None),
        ] {
            let meant = meant.map_or_else(String::new, |near| format!(" Did you mean {near}?"));
            let said = format!("{expected}{meant}");
            assert_eq!(environment(wrong), Err(said.clone()), "{wrong}");
        }
        assert!(environment("common").is_err());
        for right in ["eu-dev-2", "a", "0123456789abcdef"] {
            assert_eq!(environment(right), Ok(right.into()));
        }
    }

    #[test]
    fn every_command_refuses_the_name_in_the_same_words() {
        for words in [
            "check",
            "diff",
            "deploy",
            "set-domain a-1.twil.io",
            "enable --save",
            "disable --save",
            "show-list on --save",
            "set max_parked 3 --save",
            "unset max_parked --save",
        ] {
            let said = refused(&format!("{words} --environment Prod"));
            let first = said.lines().next();
            let expected = "error: --environment Prod: expected a name of 1 to 16 of a-z, 0-9 and -, such as production. Did you mean prod?";
            assert_eq!(first, Some(expected));
        }
    }

    #[test]
    fn a_value_may_begin_with_a_hyphen_and_a_wrong_option_is_none() {
        for value in ["-1", "-x", "-1.5"] {
            let read = read(&line(&format!("set max_parked {value}"))).unwrap();
            assert!(matches!(read.command, Command::Set { value: read, .. } if read == value));
        }
        assert!(read(&line("set max_parked 3 --dry-run")).is_ok());
        assert!(read(&line("set max_parked --dry-run 3")).is_ok());
        for words in ["set max_parked --dry-rnu", "set max_parked --dry-rnu 3"] {
            let said = refused(words);
            let expected = "error: --dry-rnu: there is no such option. Did you mean `--dry-run`?";
            assert!(said.starts_with(expected), "{said}");
        }
    }

    #[test]
    fn an_error_names_an_example_of_the_command_and_its_help() {
        for (words, example, help) in [
            ("", "set list_ttl_hours 48 --dry-run", ""),
            ("sett enabled true", "set show_list true", "set "),
            ("set enabled", "set show_list true", "set "),
            (
                "set reasons",
                r#"set reasons '["Waiting for parts"]'"#,
                "set ",
            ),
            (
                "unset reasons --x",
                "unset max_parked --worker ada",
                "unset ",
            ),
            ("enable --wroker ada", "enable --worker ada", "enable "),
            ("show-list maybe", "show-list on", "show-list "),
            (
                "diff --environment ../x",
                "diff --environment production",
                "diff ",
            ),
            ("unset", "unset max_parked --worker ada", "unset "),
            ("unset --queue=A", "unset reasons --queue Support", "unset "),
        ] {
            let said = refused(words);
            let end = format!(
                "\nExample: npm run flex-config -- {example}\nHelp: npm run flex-config -- {help}--help, or flex-config/README.md"
            );
            assert!(said.ends_with(&end), "{said}");
        }
        assert!(refused("sett").contains("'set'"));
    }
}
