//! A stateful stand-in for Twilio on loopback. `README.md` says what it does not imitate.
//!
//! From the bottom up:
//!
//! 1. [`readings`], [`surrogates`], [`signature`] and [`http`]: the forms of requests and answers.
//! 2. [`world`]: clock, events, refusals, and one value with the state of all products; [`sim`]: the state that all
//!    handlers share. They name the products, and each product writes its rules as methods of the world.
//! 3. The products: [`iam`], [`sync`], [`conversations`], [`taskrouter`], [`interactions`], [`flex`], [`serverless`]. Each
//!    has its state and rules, its REST API (`rest`), its side in the browser (`browser`) and its tests. A product imports
//!    only those before it. The [`contact_centre`] uses them as people do.
//! 4. [`front`]: the hosts, and the products behind them; [`control`]: the endpoints of tests.
//! 5. [`gate`], [`faults`], [`limits`], [`journal`], [`webhooks`], [`connection`], [`server`]: the way of a request.

#![expect(
    clippy::struct_field_names,
    reason = "fields bear the names that Twilio gives them"
)]

mod connection;
mod contact_centre;
mod control;
mod conversations;
#[cfg(test)]
mod differential;
mod faults;
mod flex;
mod front;
mod gate;
mod http;
mod iam;
mod interactions;
mod journal;
#[cfg(test)]
mod layers;
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
