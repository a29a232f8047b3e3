//! Twilio's hosts: which product answers a request, from a Node process or from a browser.

pub mod browser;
pub mod rest;
