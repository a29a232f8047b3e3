//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

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
  2  the command line or the credentials are not complete
  3  the configuration is wrong, in the files or in the account; nothing was written
  4  Twilio refused or did not answer; nothing was written
  5  somebody else changed it at the same time; nothing was written
  6  written, but what was read back is not what was written
  7  the change was not confirmed; nothing was written

Credentials come from the environment or from the file `.env` in the project's folder: TWILIO_ACCOUNT_SID, and either
TWILIO_API_KEY with TWILIO_API_SECRET or TWILIO_AUTH_TOKEN. With --simulator, the account is that of a running `npm start`.

Help: flex-config/README.md";

/// The last lines of an error in the command line.
const SEE: &str = "\
Example: npm run flex-config -- set list_ttl_hours 48 --dry-run
Help: npm run flex-config -- --help, or flex-config/README.md";

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

/// Returns an error of the command line for people: with an example, and with the place of the help.
pub fn explained(misuse: &clap::Error) -> String {
    let said = misuse.to_string();
    let said = said.trim_end();
    let said = said
        .split_once("\n\nFor more information")
        .map_or(said, |(said, _)| said);
    format!("{said}\n{SEE}")
}

/// A name that is a part of a file's name, and never a path to another folder.
fn environment(text: &str) -> Result<String, String> {
    let is_name = !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    match text {
        "common" => Err("the common file goes into every environment and is none itself".into()),
        _ if is_name => Ok(text.into()),
        _ => Err("expected letters, digits, `-` and `_`, such as `production`".into()),
    }
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

    #[test]
    fn an_environment_is_never_a_path_to_another_folder() {
        for wrong in ["", "../dev", "a/b", "a.b", "common"] {
            assert!(environment(wrong).is_err(), "{wrong}");
        }
        assert_eq!(environment("eu-dev_2"), Ok("eu-dev_2".into()));
    }

    #[test]
    fn an_error_names_an_example_and_the_help() {
        for line in [
            &["flex-config"][..],
            &["flex-config", "sett", "enabled", "true"],
            &["flex-config", "set", "enabled"],
            &["flex-config", "enable", "--wroker", "ada"],
            &["flex-config", "enable", "--save"],
            &["flex-config", "diff", "--environment", "../x"],
        ] {
            let said = explained(&Args::try_parse_from(line).unwrap_err());
            assert!(said.contains("\nExample: npm run flex-config"), "{said}");
            assert!(said.contains("or flex-config/README.md"), "{said}");
        }
        let said = explained(&Args::try_parse_from(["flex-config", "sett"]).unwrap_err());
        assert!(said.contains("'set'"), "{said}");
    }
}
