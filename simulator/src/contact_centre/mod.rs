//! The seeded contact centre and its customers: the people who use Twilio, not a product of Twilio.

pub mod customers;
pub mod seed;
#[cfg(test)]
mod tests;
