//! A verified change: look, compare, look again, write, read back.
//!
//! Neither the Flex configuration nor a worker's attributes can be written in part or on a condition. So the whole object is
//! read, changed in our keys only, and written, after one more look for changes by somebody else. A change between that look and the
//! write cannot be noticed.

use park_interaction::plugin::json::MalformedField;

use crate::account::{Account, Written, PAUSES};
use crate::failure::Failure;
use crate::plan::{plan, Edit, Plan};
use crate::raw::{differences, Path};
use crate::target::{State, Target};

/// A change that somebody wants.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Everybody or one worker.
    pub target: Target,
    /// The new values of our keys.
    pub edits: Vec<Edit>,
    /// If true, a change with which the plugin could not start is refused. A change that turns the feature off is not.
    pub must_work: bool,
}

/// The state of the account before the write.
#[derive(Debug)]
pub struct Look {
    before: State,
    /// The changes to make.
    pub plan: Plan,
}

/// Reads the account and shows the changes to make.
pub fn look(wish: &Wish, account: &mut Account<'_>) -> Result<Look, Failure> {
    let before = wish.target.read(account)?;
    let plan = plan(&before.object(), &wish.edits)
        .map_err(|blocked| wrong(&before, &blocked.to_string()))?;
    if plan.changes.is_empty() {
        account.outside.say("Nothing to change.");
    } else {
        account.outside.say(&format!("In the {}:", before.title()));
        for change in &plan.changes {
            account.outside.say(&format!("  {change}"));
        }
    }
    if let Err(malformed) = before.plugin_with(&plan.result) {
        misread(wish, &before, &malformed, account)?;
    }
    Ok(Look { before, plan })
}

fn misread(
    wish: &Wish,
    before: &State,
    malformed: &MalformedField,
    account: &mut Account<'_>,
) -> Result<(), Failure> {
    if wish.must_work {
        return Err(wrong(before, &malformed.to_string()));
    }
    account.outside.warn(&format!(
        "warning: {malformed}: parking stays off until it is mended"
    ));
    Ok(())
}

fn wrong(before: &State, what: &str) -> Failure {
    Failure::Wrong(format!(
        "error: in the {}, {what}. Parking would be off. Set it in the files, or mend it in the account.",
        before.title()
    ))
}

/// Writes the changes that were shown.
pub fn write(wish: &Wish, look: &Look, account: &mut Account<'_>) -> Result<(), Failure> {
    if look.plan.changes.is_empty() {
        return Ok(());
    }
    let before = look.before.object().text();
    for pause in PAUSES {
        let now = wish.target.read(account)?;
        let theirs = differences(&before, &now.object().text());
        if !theirs.is_empty() {
            return Err(Failure::Overtaken(format!(
                "error: somebody else has just changed {}. Nothing was written: run it again.",
                listed(&theirs)
            )));
        }
        match now.write(account, &look.plan.result)? {
            Written::Limited => account.outside.pause(pause),
            Written::Done => return verify(wish, look, None, account),
            Written::Unknown(why) => return verify(wish, look, Some(&why), account),
        }
    }
    Err(Failure::Refused(
        "error: Twilio had too many requests to look at this one. Nothing was written: wait a minute and run it again.".into(),
    ))
}

/// Reads back. `doubt`: why it is not known whether anything was written.
fn verify(
    wish: &Wish,
    look: &Look,
    doubt: Option<&str>,
    account: &mut Account<'_>,
) -> Result<(), Failure> {
    let seen = wish.target.read(account).map_err(|failure| {
        Failure::Unverified(format!("{failure}\nThis was the look back: it may have been written or not. `diff` shows which."))
    })?;
    let seen = seen.object().text();
    let wrong = differences(&look.plan.result.text(), &seen);
    if wrong.is_empty() {
        account.outside.say(
            "Written, read back and verified: this is there, and everything else is as it was.",
        );
        return Ok(());
    }
    if let Some(why) = doubt.filter(|_| differences(&look.before.object().text(), &seen).is_empty())
    {
        return Err(Failure::Refused(format!(
            "error: {why} Nothing was written: run it again."
        )));
    }
    let is_ours = |path: &Path| {
        let mut changes = look.plan.changes.iter();
        changes.any(|change| change.path.starts_with(path) || path.starts_with(&change.path))
    };
    let (ours, others): (Vec<Path>, Vec<Path>) = wrong.into_iter().partition(is_ours);
    Err(Failure::Unverified(if ours.is_empty() {
        format!(
            "error: this is there, but {} changed at the same time. Whoever did that should look whether it is what they wanted.",
            listed(&others)
        )
    } else {
        format!(
            "error: somebody else wrote at the same time, and now {} is not what was written. Run it again.",
            listed(&ours)
        )
    }))
}

fn listed(paths: &[Path]) -> String {
    let shown: Vec<_> = paths
        .iter()
        .map(|path| match path.as_slice() {
            [] => "all of it".to_owned(),
            path => format!("`{}`", path.join(".")),
        })
        .collect();
    shown.join(", ")
}
