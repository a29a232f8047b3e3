//! Files that Twilio serves without a token: fonts, flags, sounds and its status page.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::Json;
use serde_json::json;

/// A sound of no length, which replaces the ringtone.
const SILENCE: &[u8] =
    b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\0\0\0\0";
const NO_PICTURE: &str = r#"<svg xmlns="http://www.w3.org/2000/svg"/>"#;

/// The languages that an agent can choose.
const LANGUAGES: [&str; 6] = ["en-US", "es-ES", "es-MX", "pt-BR", "th", "zh-Hans"];

/// Returns the asset at `path` of `host`, if it exists. The page falls back to its own fonts.
pub fn find(host: &str, path: &str) -> Option<Response> {
    let ends = |ending: &str| path.ends_with(ending);
    Some(match host {
        "status.twilio.com" if ends("/summary.json") => {
            Json(json!({"status": {"indicator": "none"}, "components": [], "incidents": []}))
                .into_response()
        }
        "media.twiliocdn.com" if ends(".mp3") => {
            ([(CONTENT_TYPE, "audio/wav")], SILENCE).into_response()
        }
        "assets.flex.twilio.com" | "assets.twilio.com" if ends(".css") => {
            ([(CONTENT_TYPE, "text/css")], "").into_response()
        }
        "assets.flex.twilio.com" if ends("/countries.json") => Json(json!([])).into_response(),
        "assets.flex.twilio.com" if ends("/flagPositions.json") => Json(json!({})).into_response(),
        "assets.flex.twilio.com" if ends("/available_locales.json") => {
            Json(LANGUAGES.map(|tag| json!({"tag": tag, "name": tag}))).into_response()
        }
        // Twilio's translations are not in the npm package, so Flex stays English.
        "assets.flex.twilio.com" if LANGUAGES.iter().any(|tag| ends(&format!("/{tag}.json"))) => {
            Json(json!({"strings": {}})).into_response()
        }
        "assets.flex.twilio.com" if ends(".png") || ends(".svg") => {
            ([(CONTENT_TYPE, "image/svg+xml")], NO_PICTURE).into_response()
        }
        _ => return None,
    })
}
