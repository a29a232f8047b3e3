//! REST routes of the messages of a conversation.

use axum::extract::{Path, State};
use axum::routing::get;
use axum::Router;
use serde_json::{json, Value};

use super::BASE;
use crate::conversations::{Media, Message, MessageChange, NewMessage, Source};
use crate::http::error::{RestResult, TwilioError};
use crate::http::page::{self, in_order};
use crate::http::request::{invalid, RestRequest};
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

async fn list(State(sim): State<Sim>, Path(sid): Path<String>, request: RestRequest) -> RestResult {
    let world = sim.world.lock();
    let found = world.conversation(&sid)?;
    let messages = in_order(&request, found.messages.iter());
    page::list(&request, "messages", messages, |m| {
        message(&world, &found.sid, m)
    })
}

async fn create(
    State(sim): State<Sim>,
    Path(sid): Path<String>,
    request: RestRequest,
) -> RestResult {
    if ["ContentVariables", "Subject"]
        .iter()
        .any(|part| request.text(part).is_some())
    {
        return Err(TwilioError::not_built());
    }
    let content_sid = request.owned("ContentSid");
    if content_sid
        .as_deref()
        .is_some_and(|sid| !is_content_sid(sid))
    {
        return Err(invalid("ContentSid", "the SID of a content template"));
    }
    let mut world = sim.world.lock();
    let media = request
        .text("MediaSid")
        .map(|sid| world.media(sid).cloned());
    let post = NewMessage {
        content_sid,
        author: request.owned("Author").unwrap_or_else(|| "system".into()),
        body: request.owned("Body").unwrap_or_default(),
        media: media.transpose()?.into_iter().collect(),
        attributes: request.owned("Attributes"),
        source: Source::Api,
        webhooks: request.wants_webhooks(),
    };
    let made = world.post_message(&sid, post)?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::created(message(&world, conversation_sid, &made)))
}

async fn fetch(State(sim): State<Sim>, Path((sid, name)): Path<(String, String)>) -> RestResult {
    let world = sim.world.lock();
    let found = world.conversation(&sid)?;
    Ok(page::ok(message(&world, &found.sid, found.message(&name)?)))
}

async fn update(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    let mut world = sim.world.lock();
    let change = MessageChange {
        by: "system".into(),
        body: request.owned("Body"),
        attributes: request.owned("Attributes"),
    };
    let changed = world.update_message(&sid, &name, change, request.wants_webhooks())?;
    let conversation_sid = &world.conversation(&sid)?.sid;
    Ok(page::ok(message(&world, conversation_sid, &changed)))
}

async fn remove(
    State(sim): State<Sim>,
    Path((sid, name)): Path<(String, String)>,
    request: RestRequest,
) -> RestResult {
    sim.world
        .lock()
        .remove_message(&sid, &name, request.wants_webhooks())?;
    Ok(page::no_content())
}

fn is_content_sid(text: &str) -> bool {
    let digits = text.strip_prefix("HX").unwrap_or_default();
    digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
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
        "content_sid": m.content_sid,
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
