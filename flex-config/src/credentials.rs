//! The check of the credentials. The Node program logs in with them; here they are only checked, so that a mistake is named
//! before anything is sent.

use crate::failure::Failure;
use crate::outside::Outside;

const WHERE: &str =
    "Set it in the environment or in the file `.env` in the project's folder, never on the command line.";

/// Checks the environment's variables.
pub fn check(outside: &dyn Outside) -> Result<(), Failure> {
    look(|name| outside.variable(name)).map_err(|why| Failure::Misused(format!("error: {why}")))
}

fn look(variable: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let set = |name| variable(name).is_some_and(|value| !value.is_empty());
    let needs = |name| {
        if set(name) {
            Ok(())
        } else {
            Err(format!("{name} is missing. {WHERE}"))
        }
    };
    let sid = |name, prefix: &str| match variable(name) {
        Some(value) if is_sid(&value, prefix) => Ok(()),
        // The value is not quoted: if variables were mixed up, it is a secret.
        _ => Err(format!(
            "{name} is malformed: expected `{prefix}` followed by 32 hexadecimal digits."
        )),
    };
    needs("TWILIO_ACCOUNT_SID")?;
    sid("TWILIO_ACCOUNT_SID", "AC")?;
    if set("TWILIO_API_KEY") {
        sid("TWILIO_API_KEY", "SK")?;
        needs("TWILIO_API_SECRET")
    } else if set("TWILIO_AUTH_TOKEN") {
        Ok(())
    } else {
        Err(format!(
            "TWILIO_AUTH_TOKEN, or TWILIO_API_KEY with TWILIO_API_SECRET, is missing. {WHERE}"
        ))
    }
}

fn is_sid(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    const ACCOUNT: (&str, &str) = ("TWILIO_ACCOUNT_SID", "AC00000000000000000000000000000001");
    const KEY: (&str, &str) = ("TWILIO_API_KEY", "SK00000000000000000000000000000001");
    const SECRET: (&str, &str) = ("TWILIO_API_SECRET", "a secret");
    const TOKEN: (&str, &str) = ("TWILIO_AUTH_TOKEN", "a token");

    fn with(variables: &[(&str, &str)]) -> Result<(), String> {
        look(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_token_or_a_key_with_its_secret_is_enough() {
        assert_eq!(with(&[ACCOUNT, TOKEN]), Ok(()));
        assert_eq!(with(&[ACCOUNT, KEY, SECRET]), Ok(()));
        assert_eq!(with(&[ACCOUNT, KEY, SECRET, TOKEN]), Ok(()));
    }

    #[test]
    fn what_is_missing_is_named() {
        for (variables, name) in [
            (&[][..], "TWILIO_ACCOUNT_SID is missing"),
            (&[ACCOUNT], "TWILIO_AUTH_TOKEN, or TWILIO_API_KEY"),
            (
                &[ACCOUNT, ("TWILIO_AUTH_TOKEN", "")],
                "TWILIO_AUTH_TOKEN, or",
            ),
            (&[ACCOUNT, KEY, TOKEN], "TWILIO_API_SECRET is missing"),
        ] {
            let said = with(variables).unwrap_err();
            assert!(said.starts_with(name), "{said}");
        }
    }

    #[test]
    fn a_secret_in_the_wrong_variable_is_not_repeated() {
        for variables in [
            [("TWILIO_ACCOUNT_SID", "a token"), TOKEN, SECRET],
            [ACCOUNT, ("TWILIO_API_KEY", "a secret"), SECRET],
        ] {
            let said = with(&variables).unwrap_err();
            assert!(said.contains("is malformed: expected `"), "{said}");
            assert!(
                !said.contains("a token") && !said.contains("a secret"),
                "{said}"
            );
        }
    }
}
