//! A stateful stand-in for Twilio on loopback. `README.md` says what it does not imitate.

#![expect(
    clippy::struct_field_names,
    reason = "fields bear the names that Twilio gives them"
)]

mod connection;
mod contact_centre;
mod control;
mod conversations;
mod faults;
mod flex;
mod front;
mod gate;
mod http;
mod iam;
mod interactions;
mod journal;
mod limits;
mod options;
mod readings;
mod server;
mod serverless;
mod signature;
mod sim;
mod surrogates;
mod sync;
mod taskrouter;
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
