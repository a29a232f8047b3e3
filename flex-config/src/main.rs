//! `npm run flex-config`: puts the feature's flags into an account's Flex configuration, and touches nothing else there.
//!
//! This program reads the files and decides everything. Requests to Twilio it hands to the Node program that started it,
//! which has Twilio's official client, see `wire`.

mod account;
mod apply;
mod args;
mod check;
mod command;
mod credentials;
mod failure;
mod files;
mod generated;
mod inspect;
mod keys;
mod nearest;
mod outside;
mod parsed;
mod plan;
mod raw;
mod target;
#[cfg(test)]
mod tests;
mod wire;

use std::process::ExitCode;

use crate::failure::Failure;
use crate::outside::Outside;
use crate::wire::Wire;

fn main() -> ExitCode {
    let mut wire = Wire;
    let line: Vec<String> = std::env::args_os()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let code = match args::read(&line) {
        Ok(args) => command::run(&args, &mut wire).unwrap_or_else(|failure| {
            wire.warn(&match failure {
                Failure::Misused(_) => format!("{failure}\n{}", args::see(&line)),
                _ => failure.to_string(),
            });
            failure.exit_code()
        }),
        Err(misuse) if misuse.use_stderr() => {
            wire.warn(&args::explained(&misuse, &line));
            failure::MISUSED
        }
        Err(help) => {
            wire.say(help.to_string().trim_end());
            failure::DONE
        }
    };
    ExitCode::from(code)
}
