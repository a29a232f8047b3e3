//! The notice: one text to the customer before the agent leaves, if the owner wants one.
//!
//! The owner writes it for each language. It is sent before the webhook is armed, in the agent's name, so that it wakes nothing.
//! On `WhatsApp` and Messenger a free text arrives only within a day after the customer's last message; later a template does.
//!
//! Source: <https://www.twilio.com/docs/whatsapp/key-concepts>

use crate::answer_window::{channel_with_window, is_on, WINDOW_MS};
use crate::attributes::Attributes;
use crate::request::NOTICE_SEPARATOR;
use crate::sid::ContentSid;
use crate::twilio::calls::{Content, Message};
use crate::twilio::time::Millis;

/// The channel without notices: an email needs more than a text.
const EMAIL: &str = "email";

/// Returns the notice for a customer: the one in the language of the task's attribute `language`, or else the first. `notices` are such
/// as `es: Un momento`, or `HX…` for a template, with [`NOTICE_SEPARATOR`] between them. `None`: none can be sent now.
#[must_use]
pub fn choose(
    notices: &str,
    task_attributes: &Attributes,
    newest_first: &[Message],
    now: Millis,
) -> Option<Content> {
    let channel = task_attributes.text_at("channelType").unwrap_or_default();
    if channel.eq_ignore_ascii_case(EMAIL) {
        return None;
    }
    let is_open = channel_with_window(&channel)
        .is_none_or(|channel| is_window_open(channel, newest_first, now));
    let sendable = |content: &Content| is_open || matches!(content, Content::Template(_));
    let all: Vec<(Option<&str>, Content)> = notices
        .split(NOTICE_SEPARATOR)
        .filter_map(read)
        .filter(|(_, content)| sendable(content))
        .collect();
    let language = task_attributes.text_at("language").unwrap_or_default();
    let by = |fits: &dyn Fn(&str) -> bool| all.iter().find(|(tag, _)| tag.is_some_and(fits));
    let same = |tag: &str| tag.eq_ignore_ascii_case(&language);
    let family = |tag: &str| family(tag).eq_ignore_ascii_case(family(&language));
    let found = by(&same).or_else(|| by(&family)).or_else(|| all.first());
    found.map(|(_, content)| content.clone())
}

/// Returns true if the agent's notice stands in the conversation and nobody has written since. Then the customer knows.
#[must_use]
pub fn is_told(newest_first: &[Message], agent: &str) -> bool {
    let mut last = newest_first
        .iter()
        .take_while(|message| message.author == agent);
    last.any(|message| message.notice.is_some())
}

/// Reads a notice: the language's tag, if there is one, and the content.
fn read(notice: &str) -> Option<(Option<&str>, Content)> {
    let (tag, text) = match notice.split_once(':') {
        Some((tag, text)) if is_tag(tag) => (Some(tag), text),
        _ => (None, notice),
    };
    let text = text.trim();
    let content = match ContentSid::parse(text) {
        Ok(sid) => Content::Template(sid),
        Err(_) => Content::Text(text.to_owned()),
    };
    (!text.is_empty()).then_some((tag, content))
}

/// Returns true for a language's tag, such as `es` or `pt-BR`. It begins with two or three small letters, as no sentence does.
fn is_tag(text: &str) -> bool {
    let family = family(text);
    let is_family =
        (2..=3).contains(&family.len()) && family.bytes().all(|byte| byte.is_ascii_lowercase());
    is_family
        && text.len() <= 11
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn family(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

fn is_window_open(channel: &str, newest_first: &[Message], now: Millis) -> bool {
    let theirs = newest_first
        .iter()
        .find(|message| is_on(&message.author, channel));
    let written_at = theirs.and_then(|message| message.written_at);
    written_at.is_some_and(|at| now < at + Millis::from(WINDOW_MS))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed test may panic")]

    use super::*;
    use serde_json::{json, Value};

    const NOW: Millis = 1_790_000_000_000;
    const DAY_MS: Millis = 86_400_000;
    const TEMPLATE: &str = "HX00000000000000000000000000000001";

    fn message(author: &str, written_at: Millis, notice: bool) -> Message {
        Message {
            index: 0,
            sid: None,
            author: author.into(),
            participant: None,
            written_at: Some(written_at),
            line: None,
            notice: notice.then(|| "operation".into()),
        }
    }

    #[allow(
        clippy::needless_pass_by_value,
        reason = "the tests read better with literals"
    )]
    fn chosen(notices: &str, task: Value, messages: &[Message]) -> Option<String> {
        let task = Attributes::parse(&task.to_string()).unwrap();
        choose(notices, &task, messages, NOW).map(|content| match content {
            Content::Text(text) => text,
            Content::Template(sid) => sid.to_string(),
        })
    }

    #[test]
    fn the_customers_language_decides() {
        let notices =
            "en: Back soon: promised\u{1e}es-MX: Ya vuelvo\u{1e}es: Un momento\u{1e}pt-BR: Um momento";
        for (language, expected) in [
            (json!("es"), "Un momento"),
            (json!("es-mx"), "Ya vuelvo"),
            (json!("es-AR"), "Ya vuelvo"),
            (json!("pt"), "Um momento"),
            (json!("de"), "Back soon: promised"),
            (json!(null), "Back soon: promised"),
            (json!(7), "Back soon: promised"),
        ] {
            let task = json!({ "language": language });
            assert_eq!(
                chosen(notices, task, &[]).as_deref(),
                Some(expected),
                "{language}"
            );
        }
    }

    #[test]
    fn a_text_without_a_tag_is_for_everybody() {
        for (notice, expected) in [
            (
                "One moment: we ask the warehouse",
                "One moment: we ask the warehouse",
            ),
            ("Note: back soon", "Note: back soon"),
            ("Hi: back soon", "Hi: back soon"),
            ("Hello,\nback soon", "Hello,\nback soon"),
            (TEMPLATE, TEMPLATE),
        ] {
            assert_eq!(chosen(notice, json!({}), &[]).as_deref(), Some(expected));
        }
        assert_eq!(chosen("en: \u{1e} ", json!({}), &[]), None);
    }

    #[test]
    fn an_email_gets_none() {
        assert_eq!(
            chosen("Back soon", json!({ "channelType": "email" }), &[]),
            None
        );
    }

    #[test]
    fn a_closed_window_lets_only_a_template_through() {
        let task = || json!({ "channelType": "WhatsApp", "language": "es" });
        let notices = format!("es: Un momento\u{1e}en: {TEMPLATE}");
        let wrote = |age| {
            [
                message("ada", NOW, false),
                message("whatsapp:+15550001", NOW - age, false),
            ]
        };
        let open = chosen(&notices, task(), &wrote(DAY_MS - 1));
        assert_eq!(open.as_deref(), Some("Un momento"));
        for messages in [&wrote(DAY_MS)[..], &[]] {
            assert_eq!(
                chosen(&notices, task(), messages).as_deref(),
                Some(TEMPLATE)
            );
            assert_eq!(chosen("es: Un momento", task(), messages), None);
        }
    }

    #[test]
    fn a_customer_is_told_once() {
        let notice = message("ada", NOW, true);
        let by = |author| message(author, NOW, false);
        assert!(is_told(std::slice::from_ref(&notice), "ada"));
        assert!(is_told(&[by("ada"), notice.clone()], "ada"));
        assert!(!is_told(&[by("whatsapp:+1"), notice.clone()], "ada"));
        assert!(!is_told(&[by("ada")], "ada"));
        assert!(!is_told(&[notice], "ben"));
    }
}
