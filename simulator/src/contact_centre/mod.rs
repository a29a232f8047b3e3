//! The contact centre that the simulator starts with, and its customers: no product of Twilio, but people who use them.

pub mod customers;
pub mod seed;
#[cfg(test)]
mod tests;
