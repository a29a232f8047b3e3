//! The protocol with the Node program that started this one, a line of JSON at a time.
//!
//! Out: `{"say": text}`, `{"warn": text}`, `{"confirm": text}` or `{"request": …}`. In, after each question: `true` or `false`; after
//! each request: `{"answered": {"status": 200, "body": text}}` or `{"unanswered": text}`.

use std::env;
use std::io::{self, BufRead, Write};
use std::thread;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::Serialize;

use crate::outside::{Answer, Outside, Request};

/// Standard output, standard input and the environment.
#[derive(Debug)]
pub struct Wire;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Line<'a> {
    Say(&'a str),
    Warn(&'a str),
    Confirm(&'a str),
    Request(&'a Request),
}

fn write(line: &Line<'_>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, line)?;
    out.write_all(b"\n")?;
    out.flush()
}

fn ask<T: DeserializeOwned>(question: &Line<'_>) -> io::Result<T> {
    write(question)?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

impl Outside for Wire {
    fn say(&mut self, line: &str) {
        // The reader is gone, and nothing can be done about that.
        let _ = write(&Line::Say(line));
    }

    fn warn(&mut self, line: &str) {
        let _ = write(&Line::Warn(line));
    }

    fn confirm(&mut self, question: &str) -> bool {
        // Without an answer, nothing is written.
        ask(&Line::Confirm(question)).unwrap_or(false)
    }

    fn send(&mut self, request: &Request) -> Answer {
        ask(&Line::Request(request)).unwrap_or_else(|error| Answer::Unanswered(error.to_string()))
    }

    fn variable(&self, name: &str) -> Option<String> {
        env::var(name).ok()
    }

    fn pause(&mut self, time: Duration) {
        thread::sleep(time);
    }
}
