//! Successful REST responses: one resource, or a page of a list.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::Json;
use serde_json::{json, Map, Value};

use super::error::RestResult;
use super::request::{invalid, RestRequest};

const DEFAULT_PAGE_SIZE: usize = 50;

/// Returns the requested page of `items` under `key`. Calls `show` only for the items of that page.
pub fn list<T>(
    request: &RestRequest,
    key: &str,
    items: impl Iterator<Item = T>,
    show: impl Fn(T) -> Value,
) -> RestResult {
    let size: usize = request.number("PageSize")?.unwrap_or(DEFAULT_PAGE_SIZE);
    let page: usize = match request.text("PageToken") {
        Some(token) => {
            let page = token.strip_prefix("PT").and_then(|page| page.parse().ok());
            page.ok_or_else(|| invalid("PageToken", "a token from a page of this list"))?
        }
        None => request.number("Page")?.unwrap_or(0),
    };
    let mut rest = items.skip(page.saturating_mul(size));
    let shown: Vec<Value> = rest.by_ref().take(size).map(show).collect();
    let next = rest.next().map(|_| page + 1);
    let meta = json!({
        "key": key,
        "page": page,
        "page_size": size,
        "url": url(request, size, page),
        "first_page_url": url(request, size, 0),
        "previous_page_url": page.checked_sub(1).map(|page| url(request, size, page)),
        "next_page_url": next.map(|page| url(request, size, page)),
    });
    let body = Map::from_iter([
        (key.to_owned(), Value::Array(shown)),
        ("meta".to_owned(), meta),
    ]);
    Ok(Json(Value::Object(body)).into_response())
}

/// Returns the first page of `items`, without a next page.
pub fn first<T>(
    request: &RestRequest,
    key: &str,
    items: impl Iterator<Item = T>,
    show: impl Fn(T) -> Value,
) -> RestResult {
    let size: usize = request.number("PageSize")?.unwrap_or(DEFAULT_PAGE_SIZE);
    list(request, key, items.take(size), show)
}

/// Returns the items in the order of the parameter `Order`: unchanged, or reversed for `desc`.
pub fn in_order<'a, T: 'a>(
    request: &RestRequest,
    items: impl DoubleEndedIterator<Item = T> + 'a,
) -> Box<dyn Iterator<Item = T> + 'a> {
    if request.text("Order") == Some("desc") {
        Box::new(items.rev())
    } else {
        Box::new(items)
    }
}

/// Returns a 201 response with a new resource.
pub fn created(body: Value) -> Response {
    (StatusCode::CREATED, Json(body)).into_response()
}

/// Returns a 200 response with a resource.
pub fn ok(body: Value) -> Response {
    Json(body).into_response()
}

/// Returns the 204 response to a deletion.
pub fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

fn url(request: &RestRequest, size: usize, page: usize) -> String {
    let kept = request
        .query
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "PageSize" | "Page" | "PageToken"));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("PageSize", &size.to_string())
        .append_pair("Page", &page.to_string())
        .append_pair("PageToken", &format!("PT{page}"))
        .finish();
    format!("https://{}{}?{query}", request.host, request.path)
}
