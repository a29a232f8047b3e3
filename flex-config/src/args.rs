//! The command line.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand, ValueEnum};
use park_interaction::flags;

const EXIT_CODES: &str = "\
Exit codes:
  0  done, or there was nothing to do
  1  `diff` found differences
  2  the command line or the credentials are not complete
  3  the configuration is wrong, in the files or in the account; nothing was written
  4  Twilio refused or did not answer; nothing was written
  5  somebody else changed it at the same time; nothing was written
  6  written, but what was read back is not what was written

Credentials come from the environment or from the file `.env` in the project's folder: TWILIO_ACCOUNT_SID, and either
TWILIO_API_KEY with TWILIO_API_SECRET or TWILIO_AUTH_TOKEN.";

/// Puts the flags of Park Interaction into an account's Flex configuration, and touches nothing else there.
#[derive(Debug, Parser)]
#[command(bin_name = "npm run flex-config --", after_help = EXIT_CODES)]
pub struct Args {
    /// Where the files `ui_attributes.*.json` are, if not in the project's `flex-config/`
    #[arg(long, global = true)]
    pub folder: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Checks the files; asks no account
    Check {
        /// Only the common file and this environment's; all of them otherwise
        #[arg(long, value_name = "NAME", value_parser = environment)]
        environment: Option<String>,
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
        /// Show what would change, and write nothing
        #[arg(long)]
        dry_run: bool,
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
        #[arg(value_parser = flag_names())]
        flag: String,
        /// `true`, `false`, an integer or a JSON list of texts, such as `["Waiting for payment"]`
        value: String,
        #[command(flatten)]
        switching: Switching,
    },
    /// Takes all flags away that one worker has of their own
    ResetWorker {
        /// The worker's SID or friendly name
        #[arg(long, value_name = "SID OR NAME")]
        worker: String,
        /// Show what would change, and write nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// For developers: writes the JSON Schema and the tables of the READMEs
    Generate,
}

#[derive(Debug, clap::Args)]
pub struct Switching {
    /// For one worker, by SID or friendly name; for everybody otherwise
    #[arg(long, value_name = "SID OR NAME")]
    pub worker: Option<String>,
    /// Show what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    On,
    Off,
}

fn flag_names() -> PossibleValuesParser {
    let names = flags::ALL.iter().map(|described| described.flag.name());
    names.collect::<Vec<_>>().into()
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
        _ => Err("expected letters, digits, `-` and `_`".into()),
    }
}

#[cfg(test)]
mod tests {
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
}
