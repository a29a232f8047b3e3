//! Stories written by hand: every call, with its success and the failures that Twilio documents.

use std::collections::BTreeSet;

use memory_twilio::sids::{self, conversation, queue, task, webhook, worker, workflow};
use memory_twilio::{identity, ADA, BEN, SUE, WAKE_URL};
use park_interaction::identity::Identity;
use park_interaction::insights::of_parked;
use park_interaction::request::InsightsFields;
use park_interaction::sid::{ContentSid, TaskSid};
use park_interaction::sync_name::MapName;
use park_interaction::twilio::calls::{
    AllowUse, ChannelRef, Claim, ClaimState, ClaimVersion, CloseChannel, CloseParticipant, Content,
    ConversationState, CreateClaim, CreateInteraction, CreateInvite, CreateMessage, CreateWebhook,
    DeleteItem, DeleteWebhook, FetchChannel, FetchClaim, FetchConversation, FetchFlexConfiguration,
    FetchItem, FetchMessage, FetchTask, FetchWorker, FindWorker, Item, ListChatParticipants,
    ListConversations, ListInvites, ListItems, ListMaps, ListMessages, ListParticipants,
    ListTaskEvents, ListTasks, ListWebhooks, ListWorkerChannels, ListWorkers, NamedWorker, PutItem,
    RemoveChatParticipant, Target, UpdateClaim, UpdateConversation, UpdateItem, UpdateTask,
    UpdateWebhook, ValidateToken, WebhookEvents, WhenTaken, WorkerField, CLAIM_TTL_SECONDS,
};
use park_interaction::twilio::{AnyCall, Call, Failure};

use super::pair::{simulator, Outcome, Pair, Reading, DOCUMENTED};

/// Returns the answer of a call's own type.
fn answer<C: Call>(result: &Outcome) -> C::Answer {
    C::answer(result.as_ref().unwrap()).unwrap().clone()
}

fn refused(status: u16, code: u32) -> Outcome {
    Err(Failure::Refused { status, code })
}

fn url(query: &str) -> Target {
    Target::Url(format!("{WAKE_URL}?{query}"))
}

pub fn arming(target: Target) -> CreateWebhook {
    CreateWebhook {
        conversation: conversation(1),
        target,
        events: WebhookEvents::MessagesAndState,
        replay_after: Some(1),
    }
}

pub fn invite(channel: ChannelRef, named: Option<(u32, u32)>) -> CreateInvite {
    CreateInvite {
        channel,
        workflow: workflow(1),
        task_channel_unique_name: "chat".into(),
        attributes: r#"{"originalRouting":{},"order":7}"#.into(),
        worker: named.map(|(number, timeout_seconds)| NamedWorker {
            worker: worker(number),
            queue: queue(1),
            timeout_seconds,
        }),
        waiting_since: None,
        earlier: Vec::new(),
    }
}

pub fn item(map: MapName, data: &str) -> Item {
    Item {
        map,
        key: conversation(1),
        data: data.into(),
        // A year, which is longer than any story takes: in memory no item expires.
        ttl_seconds: 31_536_000,
    }
}

pub fn claim(pair: &Pair, owner: &str, state: ClaimState) -> Claim {
    Claim {
        conversation: conversation(1),
        owner: owner.into(),
        until: pair.now() + 5_000,
        state,
    }
}

fn inactive_after(seconds: u32) -> UpdateConversation {
    UpdateConversation {
        inactive_after_seconds: Some(seconds),
        ..UpdateConversation::new(conversation(1))
    }
}

fn closed_after(seconds: u32) -> UpdateConversation {
    UpdateConversation {
        closed_after_seconds: Some(seconds),
        ..UpdateConversation::new(conversation(1))
    }
}

/// Makes every read, so that each difference of the states shows.
pub fn look_around(pair: &mut Pair) {
    let channel = pair.channel();
    let here = conversation(1);
    pair.call(FetchConversation(here.clone())).unwrap();
    pair.call(ListChatParticipants(here.clone())).unwrap();
    pair.call(ListWebhooks(here.clone())).unwrap();
    for call in [
        AnyCall::from(FetchChannel(channel.clone())),
        ListParticipants(channel.clone()).into(),
        ListInvites(channel.clone()).into(),
    ] {
        let _ = pair.call(call);
    }
    pair.call(ListTasks(channel.channel)).unwrap();
    pair.call(ListTaskEvents(task(1))).unwrap();
    let messages = ListMessages {
        conversation: here,
        page: None,
    };
    pair.call(messages).unwrap();
    for state in [ConversationState::Active, ConversationState::Inactive] {
        pair.call(ListConversations { state, page: None }).unwrap();
    }
    pair.call(ListMaps { page: None }).unwrap();
    pair.call(ListWorkers { page: None }).unwrap();
    pair.call(FetchFlexConfiguration).unwrap();
    for number in [ADA, BEN, SUE] {
        pair.call(FetchWorker(worker(number))).unwrap();
        pair.call(ListWorkerChannels(worker(number))).unwrap();
    }
    let tasks: Vec<TaskSid> = pair.memory().tasks.keys().cloned().collect();
    for task in tasks {
        pair.call(FetchTask(task)).unwrap();
    }
    let _ = pair.call(FetchClaim(conversation(1)));
}

fn people(pair: &mut Pair) {
    pair.call(ValidateToken).unwrap();
    pair.act_as(Some(SUE));
    pair.call(ValidateToken).unwrap();
    pair.act_as(None);
    pair.call(ValidateToken).unwrap_err();
    pair.act_as(Some(ADA));
    for by in [WorkerField::FriendlyName, WorkerField::ContactUri] {
        for identity in [identity(BEN), "nobody"] {
            let identity = identity.into();
            pair.call(FindWorker { identity, by }).unwrap();
        }
    }
    let missing = pair.call(FetchWorker(worker(99)));
    assert_eq!(missing, Err(Failure::NotFound));
    let missing = pair.call(ListWorkerChannels(worker(99)));
    assert_eq!(missing, Err(Failure::NotFound));
    pair.set_team(ADA, "one");
    pair.set_team(SUE, "one");
    pair.set_team(BEN, "two");
    pair.limit_supervisors();
    look_around(pair);
    pair.set_available(BEN, false);
    pair.fill(SUE);
    look_around(pair);
}

fn access(pair: &mut Pair) {
    let identity = Identity::parse("ada").unwrap();
    let list = MapName::list_of(&worker(ADA));
    let of_others = AllowUse::if_it_exists(MapName::list_of(&worker(BEN)), identity.clone());
    assert_eq!(pair.call(of_others.clone()), Err(Failure::NotFound));
    let allow = AllowUse::new(list.clone(), identity.clone());
    let missing = pair.call(allow.clone());
    assert_eq!(missing, Err(Failure::NotFound));
    let create = AnyCall::from(allow.clone()).next(&missing).unwrap();
    pair.call(create.clone()).unwrap();
    assert_eq!(pair.call(create), Err(Failure::Conflict));
    pair.call(allow).unwrap();
    pair.call(AllowUse::and_write(list, identity)).unwrap();
    look_around(pair);
}

fn timers(pair: &mut Pair) {
    assert_eq!(pair.call(inactive_after(59)), refused(400, 50_375));
    assert_eq!(pair.call(closed_after(599)), refused(400, 50_376));
    pair.call(inactive_after(60)).unwrap();
    pair.pass(30);
    look_around(pair);
    pair.call(inactive_after(90)).unwrap();
    pair.call(closed_after(86_400)).unwrap();
    pair.pass(60);
    look_around(pair);
    pair.pass(31);
    look_around(pair);
    assert!(pair.memory().inactive);
    let activating = UpdateConversation {
        activate: true,
        ..UpdateConversation::new(conversation(1))
    };
    pair.call(activating).unwrap();
    look_around(pair);
    pair.pass(91);
    look_around(pair);
    pair.customer_writes();
    look_around(pair);
    pair.call(inactive_after(0)).unwrap();
    pair.call(closed_after(0)).unwrap();
    pair.pass(301);
    look_around(pair);
}

fn messages(pair: &mut Pair) {
    for _ in 0..40 {
        pair.customer_writes();
        pair.pass(1);
    }
    let mut page = None;
    let mut read = 0;
    loop {
        let listed = pair.call(ListMessages {
            conversation: conversation(1),
            page: page.clone(),
        });
        let listed = answer::<ListMessages>(&listed);
        read += listed.entries.len();
        page = listed.next;
        if page.is_none() {
            break;
        }
    }
    assert_eq!(read, 42);
    let message = |number| FetchMessage {
        conversation: conversation(1),
        message: sids::message(number),
    };
    pair.call(message(41)).unwrap();
    assert_eq!(pair.call(message(999)), Err(Failure::NotFound));
}

fn attributes(pair: &mut Pair) {
    let write = |text: String| UpdateConversation::new(conversation(1)).with_attributes(text);
    pair.call(write(r#"{"theirs":1.50}"#.into())).unwrap();
    look_around(pair);
    let too_large = format!(r#"{{"a":"{}"}}"#, "x".repeat(16 * 1024));
    assert_eq!(pair.call(write(too_large)), refused(400, 50_304));
    look_around(pair);
}

fn webhooks(pair: &mut Pair) {
    let flow = Target::Flow(sids::flow(1));
    let first = pair.call(arming(url("a=1")));
    let first = answer::<CreateWebhook>(&first);
    pair.call(arming(flow)).unwrap();
    look_around(pair);
    let update = |webhook| UpdateWebhook {
        conversation: conversation(1),
        webhook,
        url: format!("{WAKE_URL}?b=2"),
    };
    pair.call(update(first.clone())).unwrap();
    assert_eq!(pair.call(update(webhook(99))), Err(Failure::NotFound));
    for number in 0..3 {
        pair.call(arming(url(&format!("c={number}")))).unwrap();
    }
    assert_eq!(pair.call(arming(url("d"))), refused(400, 50_361));
    let long = url(&"e".repeat(512));
    let delete = |webhook| DeleteWebhook {
        conversation: conversation(1),
        webhook,
    };
    pair.call(delete(first.clone())).unwrap();
    assert_eq!(pair.call(delete(first)), Err(Failure::NotFound));
    assert_eq!(pair.call(arming(long)), refused(400, 50_372));
    look_around(pair);
}

fn leaving(pair: &mut Pair) {
    let channel = pair.channel();
    let listed = pair.call(ListParticipants(channel.clone()));
    let listed = answer::<ListParticipants>(&listed);
    let agent = listed.into_iter().find(|one| one.internal).unwrap().sid;
    let close = |channel: &ChannelRef| CloseParticipant {
        channel: channel.clone(),
        participant: agent.clone(),
    };
    pair.call(close(&channel)).unwrap();
    look_around(pair);
    assert_eq!(pair.call(close(&channel)), Err(Failure::NotFound));
    let elsewhere = ChannelRef {
        interaction: sids::interaction(99),
        channel: sids::channel(99),
    };
    for call in [
        AnyCall::from(close(&elsewhere)),
        FetchChannel(elsewhere.clone()).into(),
        ListParticipants(elsewhere.clone()).into(),
        ListInvites(elsewhere.clone()).into(),
        invite(elsewhere, None).into(),
        FetchTask(task(99)).into(),
    ] {
        assert_eq!(pair.call(call), Err(Failure::NotFound));
    }
    pair.pass_until_tasks_are_removed();
    assert_eq!(pair.call(FetchTask(task(1))), Err(Failure::NotFound));
    let update = UpdateTask {
        task: task(1),
        attributes: "{}".into(),
        version: None,
    };
    assert_eq!(pair.call(update), Err(Failure::NotFound));
    look_around(pair);
}

fn notices(pair: &mut Pair) {
    for (number, content) in [
        Content::Text("Back soon".into()),
        Content::Template(ContentSid::parse(format!("HX{}", "1".repeat(32))).unwrap()),
    ]
    .into_iter()
    .enumerate()
    {
        let notice = CreateMessage {
            conversation: conversation(1),
            author: identity(ADA).into(),
            content,
            notice: format!("operation {number}"),
        };
        pair.call(notice.clone()).unwrap();
        look_around(pair);
        let elsewhere = CreateMessage {
            conversation: conversation(99),
            ..notice
        };
        assert_eq!(pair.call(elsewhere), Err(Failure::NotFound));
    }
}

fn task_attributes(pair: &mut Pair) {
    let before = answer::<FetchTask>(&pair.call(FetchTask(task(1))));
    let with_figures = of_parked(&before.attributes, InsightsFields::default(), None).unwrap();
    let update = UpdateTask {
        task: task(1),
        attributes: with_figures,
        version: before.version,
    };
    pair.call(update.clone()).unwrap();
    assert_eq!(pair.call(update.clone()), Err(Failure::Conflict));
    look_around(pair);
    let unchecked = UpdateTask {
        version: None,
        ..update
    };
    pair.call(unchecked).unwrap();
    look_around(pair);
}

fn chat_participants(pair: &mut Pair) {
    let listed = pair.call(ListChatParticipants(conversation(1)));
    let listed = answer::<ListChatParticipants>(&listed);
    let mut agents = listed
        .into_iter()
        .filter(|one| one.identity.as_deref() == Some(identity(ADA)));
    let participant = agents.next().unwrap().sid;
    let remove = RemoveChatParticipant {
        conversation: conversation(1),
        participant,
    };
    pair.call(remove.clone()).unwrap();
    look_around(pair);
    assert_eq!(pair.call(remove), Err(Failure::NotFound));
}

fn invites(pair: &mut Pair) {
    let channel = pair.channel();
    let listed = pair.call(ListParticipants(channel.clone()));
    let listed = answer::<ListParticipants>(&listed);
    let agent = listed.into_iter().find(|one| one.internal).unwrap().sid;
    assert_eq!(
        pair.call(invite(channel.clone(), Some((ADA, 300)))),
        refused(409, 80_102)
    );
    let close = CloseParticipant {
        channel: channel.clone(),
        participant: agent,
    };
    pair.call(close).unwrap();
    // Accepted.
    pair.call(invite(channel.clone(), Some((BEN, 300))))
        .unwrap();
    look_around(pair);
    pair.accept(BEN);
    look_around(pair);
    // Declined.
    pair.call(invite(channel.clone(), Some((ADA, 300))))
        .unwrap();
    pair.decline();
    look_around(pair);
    // Nobody answers within its time.
    pair.call(invite(channel.clone(), Some((ADA, 60)))).unwrap();
    pair.pass(59);
    look_around(pair);
    pair.pass(1);
    look_around(pair);
    // The worker is away or has no room.
    pair.set_available(ADA, false);
    pair.call(invite(channel.clone(), Some((ADA, 60)))).unwrap();
    look_around(pair);
    pair.pass(61);
    look_around(pair);
    pair.set_available(ADA, true);
    // Canceled by somebody else.
    pair.call(invite(channel.clone(), None)).unwrap();
    look_around(pair);
    pair.cancel_invite();
    look_around(pair);
    // Routed by the workflow, while the conversation is inactive.
    pair.call(inactive_after(60)).unwrap();
    pair.pass(61);
    if pair.call(invite(channel, None)).is_ok() {
        let asked = pair.asked().unwrap();
        pair.accept(asked);
    }
    look_around(pair);
}

fn interactions(pair: &mut Pair) {
    let former = pair.channel();
    let create = |channel: &ChannelRef| CreateInteraction {
        conversation: conversation(1),
        medium: "web".into(),
        invite: invite(channel.clone(), None),
    };
    assert_eq!(pair.call(create(&former)), refused(409, 20_409));
    let listed = answer::<ListParticipants>(&pair.call(ListParticipants(former.clone())));
    let agent = listed.into_iter().find(|one| one.internal).unwrap().sid;
    let close = CloseParticipant {
        channel: former.clone(),
        participant: agent,
    };
    pair.call(close).unwrap();
    pair.channel_goes();
    assert_eq!(
        pair.call(FetchChannel(former.clone())),
        Err(Failure::NotFound)
    );
    look_around(pair);
    pair.call(create(&former)).unwrap();
    look_around(pair);
    let asked = pair.asked().unwrap();
    pair.accept(asked);
    look_around(pair);
}

fn closed(pair: &mut Pair) {
    let channel = pair.channel();
    pair.call(arming(url("a=1"))).unwrap();
    pair.close();
    look_around(pair);
    assert_eq!(pair.call(inactive_after(60)), refused(400, 50_377));
    assert_eq!(pair.call(invite(channel, None)), refused(400, 45_354));
    assert_eq!(pair.call(arming(url("b=1"))), refused(400, 50_377));
    let webhooks = answer::<ListWebhooks>(&pair.call(ListWebhooks(conversation(1))));
    for webhook in webhooks {
        let delete = DeleteWebhook {
            conversation: conversation(1),
            webhook: webhook.sid,
        };
        pair.call(delete).unwrap();
    }
    look_around(pair);
}

/// An agent's End: the conversation first, then its channel.
fn ended(pair: &mut Pair) {
    let channel = pair.channel();
    let listed = pair.call(ListParticipants(channel.clone()));
    let listed = answer::<ListParticipants>(&listed);
    let agent = listed.into_iter().find(|one| one.internal).unwrap().sid;
    let close = CloseParticipant {
        channel: channel.clone(),
        participant: agent,
    };
    pair.call(close).unwrap();
    let end = UpdateConversation {
        attributes: Some("{}".into()),
        close: true,
        ..UpdateConversation::new(conversation(1))
    };
    pair.call(end.clone()).unwrap();
    look_around(pair);
    assert_eq!(pair.call(end), refused(400, 50_377));
    // It is refused under one of the readings.
    let _ = pair.call(CloseChannel(channel));
    let elsewhere = ChannelRef {
        interaction: sids::interaction(99),
        channel: sids::channel(99),
    };
    let missing = pair.call(CloseChannel(elsewhere));
    assert_eq!(missing, Err(Failure::NotFound));
    look_around(pair);
}

fn claims(pair: &mut Pair) {
    let fetch = FetchClaim(conversation(1));
    assert_eq!(pair.call(fetch.clone()), Err(Failure::NotFound));
    let first = claim(pair, "first", ClaimState::Held);
    let made = answer::<CreateClaim>(&pair.call(CreateClaim::new(first.clone())));
    pair.call(fetch.clone()).unwrap();
    let second = claim(pair, "second", ClaimState::Held);
    let create = CreateClaim::new(second.clone());
    assert_eq!(pair.call(create.clone()), Err(Failure::Conflict));
    let seen = answer::<CreateClaim>(&pair.call_to_the_end(create));
    assert_eq!((seen.is_new, seen.claim.owner), (false, "first".to_owned()));
    let update = |claim: Claim, version: &ClaimVersion| UpdateClaim {
        claim,
        version: version.clone(),
    };
    pair.pass(5);
    let taken = pair.call(update(second.clone(), &made.version));
    let taken = answer::<UpdateClaim>(&taken);
    let late = pair.call(update(first.clone(), &made.version));
    assert_eq!(late, Err(Failure::Conflict));
    pair.pass(u64::from(CLAIM_TTL_SECONDS) - 1);
    pair.call(fetch.clone()).unwrap();
    pair.pass(1);
    assert_eq!(pair.call(fetch), Err(Failure::NotFound));
    let gone = pair.call(update(first.clone(), &taken.version));
    assert_eq!(gone, Err(Failure::NotFound));
    let again = pair.call(CreateClaim::new(first));
    assert!(answer::<CreateClaim>(&again).is_new);
}

fn items(pair: &mut Pair) {
    let list = MapName::list_of(&worker(ADA));
    let waiting = MapName::waiting(&conversation(1));
    for map in [list.clone(), waiting] {
        let listed = ListItems {
            map: map.clone(),
            page: None,
        };
        let delete = DeleteItem {
            map: map.clone(),
            key: conversation(1),
        };
        assert_eq!(pair.call(listed.clone()), Err(Failure::NotFound));
        assert_eq!(pair.call(delete.clone()), Err(Failure::NotFound));
        let fetch = FetchItem {
            map: map.clone(),
            key: conversation(1),
        };
        assert_eq!(pair.call(fetch.clone()), Err(Failure::NotFound));
        let update = UpdateItem(item(map.clone(), r#"{"a":1}"#));
        assert_eq!(pair.call(update.clone()), Err(Failure::NotFound));
        let put = |data| PutItem::new(item(map.clone(), data), WhenTaken::Replace);
        pair.call_to_the_end(put(r#"{"b":2}"#)).unwrap();
        pair.call_to_the_end(put(r#"{"b":3}"#)).unwrap();
        let data = answer::<FetchItem>(&pair.call(fetch.clone()));
        assert_eq!(data, r#"{"b":3}"#);
        let kept = PutItem::new(item(map.clone(), "{}"), WhenTaken::Keep);
        assert_eq!(pair.call(kept), Err(Failure::Conflict));
        pair.call(update).unwrap();
        pair.call(PutItem::replacing(item(map.clone(), r#"{"c":4}"#)))
            .unwrap();
        pair.call(listed.clone()).unwrap();
        look_around(pair);
        pair.call(delete.clone()).unwrap();
        assert_eq!(pair.call(delete), Err(Failure::NotFound));
        pair.call(listed).unwrap();
        pair.call_to_the_end(PutItem::replacing(item(map, "{}")))
            .unwrap();
    }
    let other = ListItems {
        map: MapName::list_of(&worker(BEN)),
        page: None,
    };
    assert_eq!(pair.call(other), Err(Failure::NotFound));
}

const STORIES: [fn(&mut Pair); 16] = [
    people,
    access,
    timers,
    messages,
    attributes,
    webhooks,
    leaving,
    notices,
    task_attributes,
    chat_participants,
    invites,
    interactions,
    closed,
    ended,
    claims,
    items,
];

/// The readings that memory has too. How a new webhook replays messages shows in no result.
const READINGS: [Reading; 9] = [
    DOCUMENTED,
    Reading {
        name: "left-participants",
        value: "closed",
        set: |memory| memory.lists_who_left = true,
    },
    Reading {
        name: "invite-list",
        value: "405",
        set: |memory| memory.refuses_invites = true,
    },
    Reading {
        name: "invite-list",
        value: "late",
        set: |memory| memory.invites_show_after_ms = 30_000,
    },
    Reading {
        name: "inactive-invite",
        value: "refused",
        set: |memory| memory.refuses_inactive = true,
    },
    Reading {
        name: "empty-channel-end",
        value: "refused",
        set: |memory| memory.refuses_empty_end = true,
    },
    Reading {
        name: "named-worker",
        value: "canceled",
        set: |memory| memory.cancels_in_vain = true,
    },
    Reading {
        name: "listed-attributes",
        value: "null",
        set: |memory| memory.hides_listed_attributes = true,
    },
    Reading {
        name: "timers-count-from",
        value: "message",
        set: |memory| memory.timers_run_from_message = true,
    },
];

/// A call that no story makes fails the test too: nothing would hold the two together there.
#[test]
fn every_call_has_the_same_result() {
    let simulator = simulator();
    let mut compared = BTreeSet::new();
    for reading in READINGS {
        println!("{}: {}", reading.name, reading.value);
        for story in STORIES {
            let mut pair = Pair::new(&simulator, reading);
            look_around(&mut pair);
            story(&mut pair);
            compared.extend(pair.succeeded);
        }
    }
    let all: BTreeSet<&str> = AnyCall::NAMES.iter().copied().collect();
    assert_eq!(compared, all);
}
