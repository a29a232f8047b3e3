//! A stateful stand-in for Twilio on loopback. `README.md` says what it does not imitate.

#![expect(
    clippy::struct_field_names,
    reason = "fields bear the names that Twilio gives them"
)]

mod browser;
mod connection;
mod control;
mod edge;
mod faults;
mod gate;
mod journal;
mod limits;
mod options;
mod readings;
mod rest;
mod runs;
mod server;
mod signature;
mod sim;
mod surrogates;
mod webhooks;
mod world;

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    match server::run(options::Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("simulator: {error}");
            ExitCode::FAILURE
        }
    }
}
