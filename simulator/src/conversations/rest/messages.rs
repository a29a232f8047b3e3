//! REST routes of the messages of a conversation.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::BASE;
use crate::conversations::{Media, Message, MessageChange, Post, Source};
use crate::http::call::Call;
use crate::http::error::{Answer, TwilioError};
use crate::http::page::{self, in_order};
use crate::sim::Sim;
use crate::world::clock::iso;
use crate::world::World;

pub fn routes() -> Router<Sim> {
    Router::new()
        .route("/v1/Conversations/{sid}/Messages", get(list).post(create))
        .route(
            "/v1/Conversations/{sid}/Messages/{message}",
            get(fetch).post(update).delete(remove),
        )
}

async fn list(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    let world = sim.world.lock();
    let found = world.conversation(&sid)?;
    let messages = in_order(&call, found.messages.iter());
    page::list(&call, "messages", messages, |m| {
        message(&world, &found.sid, m)
    })
}

async fn create(State(sim): State<Sim>, Path(sid): Path<String>, call: Call) -> Answer {
    if ["ContentSid", "ContentVariables", "Subject"]
        .iter()
        .any(|part| call.text(part).is_some())
    {
        return Err(TwilioError::not_built());
    }
    let mut world = sim.world.lock();
    let media = call.text("MediaSid").map(|sid| world.media(sid).cloned());
    let post = Post {
        author: call.owned("Author").unwrap_or_else(|| "system".into()),
        body: call.owned("Body").unwrap_or_default(),
        media: media.transpose()?.into_iter().collect(),
        attributes: call.owned("Attributes"),
        source: Source::Api,
        webhooks: call.wants_webhooks(),
    };
    let made = world.post_message(&sid, post)?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::created(message(&world, conversation_sid, &made)))
}

async fn fetch(State(sim): State<Sim>, Path((sid, name)): Path<(String, String)>) -> Answer {
    let world = sim.world.lock();
    let found = world.conversation(&sid)?;
    Ok(page::shown(message(
        &world,
        &found.sid,
        found.message(&name)?,
    )))
}

async fn update(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    call: Call,
) -> Answer {
    let mut world = sim.world.lock();
    let change = MessageChange {
        by: "system".into(),
        body: call.owned("Body"),
        attributes: call.owned("Attributes"),
    };
    let changed = world.update_message(&sid, &name, change, call.wants_webhooks())?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::shown(message(&world, conversation_sid, &changed)))
}

async fn remove(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    call: Call,
) -> Answer {
    sim.world
        .lock()
        .remove_message(&sid, &name, call.wants_webhooks())?;
    Ok(page::gone())
}

fn message(world: &World, conversation_sid: &str, m: &Message) -> Value {
    json!({
        "sid": m.sid,
        "account_sid": world.account_sid,
        "conversation_sid": conversation_sid,
        "index": m.index,
        "author": m.author,
        "body": m.body,
        "attributes": m.attributes,
        "participant_sid": m.participant_sid,
        "media": shown_media(&m.media),
        "delivery": null,
        "content_sid": null,
        "date_created": iso(m.date_created),
        "date_updated": iso(m.date_updated),
        "url": format!("{BASE}/{conversation_sid}/Messages/{}", m.sid),
        "links": {},
    })
}

fn shown_media(media: &[Media]) -> Option<Vec<Value>> {
    let shown = media.iter().map(|media| {
        json!({
            "sid": media.sid,
            "category": media.category,
            "filename": media.filename,
            "content_type": media.content_type,
            "size": media.size,
        })
    });
    (!media.is_empty()).then(|| shown.collect())
}
