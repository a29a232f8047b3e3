//! A reader of a conversation's messages, from the newest one back to an index.

use crate::sid::ConversationSid;
use crate::twilio::calls::{ListMessages, Message};
use crate::twilio::time::Millis;
use crate::twilio::Failure;

use super::calls::{Calls, Finished, Slot};
use super::MessageRef;

/// The most pages, of twenty messages each. If more messages are unseen, only the newest ones count.
const MOST_PAGES: u32 = 40;

/// The messages of a conversation that were read so far.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct MessageReader {
    page: Slot<ListMessages>,
    pages: u32,
    /// Newest first.
    read: Vec<Message>,
}

impl MessageReader {
    /// Starts to read, with the newest messages.
    pub fn begin(&mut self, calls: &mut Calls, conversation: &ConversationSid) {
        self.read.clear();
        self.pages = 1;
        self.page.ask(
            calls,
            ListMessages {
                conversation: conversation.clone(),
                page: None,
            },
        );
    }

    /// Returns true if the reading has begun.
    pub fn has_begun(&self) -> bool {
        self.pages > 0
    }

    /// Takes the result of a call, if it is a read of messages. Returns true if it is.
    pub fn take(&mut self, finished: &Finished) -> bool {
        let is_ours = self.page.take(finished);
        if is_ours {
            let new = self.page.ok().map(|page| page.entries.clone());
            self.read.extend(new.unwrap_or_default());
        }
        is_ours
    }

    /// Reads the next page, if it may have messages from the index `from` on.
    pub fn go_on(&mut self, calls: &mut Calls, conversation: &ConversationSid, from: u32) {
        let Some(page) = self.page.ok() else {
            return;
        };
        let may_be_more = page.entries.iter().all(|message| message.index > from);
        let next = page.next.clone().filter(|_| !page.entries.is_empty());
        if let (Some(next), true) = (next, may_be_more && self.pages < MOST_PAGES) {
            self.pages += 1;
            self.page.ask(
                calls,
                ListMessages {
                    conversation: conversation.clone(),
                    page: Some(next),
                },
            );
        }
    }

    /// Returns the failure of the last page, if it could not be read.
    pub fn failure(&self) -> Option<&Failure> {
        self.page.failure()
    }

    /// Returns all messages that were read, newest first.
    pub fn newest_first(&self) -> &[Message] {
        &self.read
    }

    /// Returns the time of the newest message that has one. `None`: none was read.
    pub fn newest_at(&self) -> Option<Millis> {
        self.read.iter().find_map(|message| message.written_at)
    }

    /// Returns the newest message of each author, from the index `from` on, without the notices of `agent`.
    pub fn authors_since(&self, from: u32, agent: Option<&str>) -> Vec<MessageRef> {
        let mut authors: Vec<MessageRef> = Vec::new();
        let is_notice = |message: &Message| agent.is_some_and(|agent| message.is_notice_of(agent));
        let unseen = self.read.iter().filter(|message| message.index >= from);
        for message in unseen.filter(|message| !is_notice(message)) {
            let by = MessageRef::from(message);
            let is_known = authors
                .iter()
                .any(|known| (&known.author, &known.participant) == (&by.author, &by.participant));
            if !is_known {
                authors.push(by);
            }
        }
        authors
    }
}
