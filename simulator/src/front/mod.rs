//! Twilio's hosts: the product that answers each of them, for Node processes and for browsers.

pub mod browser;
pub mod rest;
