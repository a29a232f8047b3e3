//! The media service (MCS): files that clients upload, attach to messages and download again.
//!
//! Pages and SDKs in Node processes call it by plain HTTP, with the token in a header.

use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::Json;
use serde_json::{json, Value};

use crate::conversations::{Media, NewMedia};
use crate::http::request::RestRequest;
use crate::http::sdk::SdkResponse;
use crate::sim::Sim;
use crate::world::World;

/// The first label of the service's host, before the region.
pub const HOST: &str = "mcs.";

/// Answers a request to the service.
pub async fn answer(sim: &Sim, request: &RestRequest) -> Response {
    let upload = upload(request).await;
    let path: Vec<&str> = request
        .path
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let mut world = sim.world.lock();
    // The temporary address of the content needs no token.
    if let ["v1", "Services", _, "Media", sid, "Content"] = path.as_slice() {
        return match world.media(sid) {
            Ok(media) => (
                [(CONTENT_TYPE, media.content_type.clone())],
                media.content.clone(),
            )
                .into_response(),
            Err(_) => StatusCode::NOT_FOUND.into_response(),
        };
    }
    let token = request.header("x-twilio-token").unwrap_or_default();
    let Some(identity) = world.valid_token(token).map(|token| token.identity.clone()) else {
        return respond(SdkResponse::token_refused());
    };
    match (&request.method, path.as_slice()) {
        (&Method::POST, ["v1", "Services", _, "Media"]) => {
            let media = world.add_media(&identity, upload);
            respond(SdkResponse::created(describe(&world, &media)))
        }
        (&Method::GET, ["v1", "Services", _, "Media", sid]) => {
            let found = world.media(sid).cloned();
            respond(
                found
                    .map(|media| SdkResponse::ok(describe(&world, &media)))
                    .into(),
            )
        }
        (&Method::POST, ["v1", "Services", _, "MediaSet"]) => {
            let sids: Vec<String> = serde_json::from_slice::<Value>(&request.body)
                .ok()
                .and_then(|body| serde_json::from_value(body.get("media_sids")?.clone()).ok())
                .unwrap_or_default();
            let records = sids.iter().map(|sid| match world.media(sid) {
                Ok(media) => json!({"code": 200, "media_record": describe(&world, media)}),
                Err(_) => json!({"code": 404, "media_record": null}),
            });
            respond(SdkResponse::ok(records.collect()))
        }
        _ => StatusCode::NOT_IMPLEMENTED.into_response(),
    }
}

/// Reads the uploaded file: the body itself (SDKs in Node) or the only file of a form (pages).
async fn upload(request: &RestRequest) -> NewMedia {
    let mut file = NewMedia {
        category: request.owned("Category"),
        filename: request.owned("Filename"),
        content_type: request
            .header("content-type")
            .unwrap_or("application/octet-stream")
            .to_owned(),
        size: None,
        content: request.body.to_vec(),
    };
    let Some(mut parts) = request.parts().await else {
        return file;
    };
    while let Ok(Some(part)) = parts.next_field().await {
        let Some(name) = part.file_name().map(str::to_owned) else {
            continue;
        };
        file.filename = Some(name);
        part.content_type()
            .unwrap_or("application/octet-stream")
            .clone_into(&mut file.content_type);
        file.content = part.bytes().await.unwrap_or_default().to_vec();
    }
    file
}

fn describe(world: &World, media: &Media) -> Value {
    let service = &world.chat_service_sid;
    let url = format!(
        "https://mcs.us1.twilio.com/v1/Services/{service}/Media/{}",
        media.sid
    );
    json!({
        "sid": media.sid,
        "service_sid": service,
        "channel_sid": null,
        "message_sid": null,
        "date_created": null,
        "date_updated": null,
        "date_upload_updated": null,
        "size": media.size,
        "content_type": media.content_type,
        "filename": media.filename,
        "category": media.category,
        "author": media.author,
        "is_multipart_upstream": false,
        "url": url,
        "links": {
            "content": format!("{url}/Content"),
            "content_direct_temporary": format!("{url}/Content"),
        },
    })
}

fn respond(answer: SdkResponse) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(answer.body)).into_response()
}
