//! A stateful stand-in for Twilio on loopback. `README.md` lists its limits, and what each folder contains.
//!
//! From the bottom up:
//!
//! 1. [`http`] and [`readings`]: the forms of requests and answers, and the switches for undocumented behaviour.
//! 2. [`world`]: the clock, events, errors, and the state of all products; [`sim`]: the state that all handlers share.
//!    Both name the products, and each product writes its rules as methods of the world: one circle, on purpose.
//! 3. The products: [`iam`], [`sync`], [`event_streams`], [`conversations`], [`taskrouter`], [`interactions`], [`flex`],
//!    [`serverless`].
//!    Each has its state and rules, its REST API (`rest`), its side in the browser (`browser`) and its tests. A product
//!    imports only those before it. The [`contact_centre`] uses them as people do.
//! 4. [`front`]: the hosts, and the products behind them; [`control`]: the endpoints of tests.
//! 5. [`gate`]: the way of a request, with its journal, faults and rate limits; [`server`]: the listeners.

#![expect(clippy::struct_field_names, reason = "fields have Twilio's names")]

mod contact_centre;
mod control;
mod conversations;
#[cfg(test)]
mod differential;
mod event_streams;
mod flex;
mod front;
mod gate;
mod http;
mod iam;
mod interactions;
#[cfg(test)]
mod layers;
mod options;
mod readings;
mod server;
mod serverless;
mod sim;
mod sync;
mod taskrouter;
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
