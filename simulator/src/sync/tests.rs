//! Tests of the rules of Sync: revisions, sizes and times to live.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail"
)]

use serde_json::{json, Value};

use crate::sync::{SyncChange, MAX_DATA_BYTES, MAX_KEY_CHARS};
use crate::world::error::Error;
use crate::world::stage::Stage;
use crate::world::World;

fn with_map(stage: &mut Stage) -> String {
    let service = stage.world.sync_service_sid.clone();
    stage
        .world
        .create_map(&service, Some("rows".into()), None)
        .unwrap();
    service
}

fn change(world: &mut World, service: &str, if_match: Option<&str>) -> Result<u64, Error> {
    let change = SyncChange {
        data: Some(json!({"n": 2})),
        ttl_seconds: None,
        if_match: if_match.map(str::to_owned),
    };
    world
        .update_map_item(service, "rows", "key", change)
        .map(|item| item.revision)
}

#[test]
fn old_revisions_are_refused() {
    let mut stage = Stage::new();
    let service = with_map(&mut stage);
    stage
        .world
        .create_map_item(&service, "rows", "key", json!({"n": 1}), None)
        .unwrap();
    assert_eq!(change(&mut stage.world, &service, Some("0")), Ok(1));
    assert_eq!(
        change(&mut stage.world, &service, Some("0")),
        Err(Error::ItemRevisionMismatch)
    );
    let refused = stage
        .world
        .remove_map_item(&service, "rows", "key", Some("0"));
    assert_eq!(refused, Err(Error::ItemRevisionMismatch));
    assert_eq!(change(&mut stage.world, &service, None), Ok(2));
    stage
        .world
        .remove_map_item(&service, "rows", "key", Some("2"))
        .unwrap();
    assert_eq!(
        stage.world.map_item(&service, "rows", "key").unwrap_err(),
        Error::ItemNotFound
    );
}

#[test]
fn expired_items_free_their_key() {
    let mut stage = Stage::new();
    let service = with_map(&mut stage);
    stage
        .world
        .create_map_item(&service, "rows", "key", json!({}), Some(86_400))
        .unwrap();
    stage.advance_seconds(86_399);
    assert!(stage.world.map_item(&service, "rows", "key").is_ok());
    stage.advance_seconds(1);
    assert!(stage.world.map_item(&service, "rows", "key").is_err());
    stage
        .world
        .create_map_item(&service, "rows", "key", json!({}), None)
        .unwrap();
}

#[test]
fn a_new_ttl_counts_from_the_change() {
    let mut stage = Stage::new();
    let service = with_map(&mut stage);
    stage
        .world
        .create_map_item(&service, "rows", "key", json!({}), Some(60))
        .unwrap();
    stage.advance_seconds(50);
    let longer = SyncChange {
        ttl_seconds: Some(60),
        ..SyncChange::default()
    };
    stage
        .world
        .update_map_item(&service, "rows", "key", longer)
        .unwrap();
    stage.advance_seconds(59);
    assert!(stage.world.map_item(&service, "rows", "key").is_ok());
    stage.advance_seconds(1);
    assert!(stage.world.map_item(&service, "rows", "key").is_err());
}

#[test]
fn taken_names_and_large_data_are_refused() {
    let mut stage = Stage::new();
    let service = with_map(&mut stage);
    let world = &mut stage.world;
    assert_eq!(
        world
            .create_map(&service, Some("rows".into()), None)
            .unwrap_err(),
        Error::UniqueNameTaken
    );
    world
        .create_map_item(&service, "rows", "key", json!({}), None)
        .unwrap();
    let mut put = |key: &str, data| {
        world
            .create_map_item(&service, "rows", key, data, None)
            .map(drop)
    };
    assert_eq!(put("key", json!({})), Err(Error::KeyTaken));
    assert_eq!(
        put("big", json!({"text": "x".repeat(MAX_DATA_BYTES)})),
        Err(Error::DataTooLarge)
    );
    assert!(matches!(
        put("list", json!([])),
        Err(Error::Invalid { name: "Data", .. })
    ));
    assert_eq!(put(&"k".repeat(MAX_KEY_CHARS), json!({})), Ok(()));
    assert!(matches!(
        put(&"k".repeat(MAX_KEY_CHARS + 1), json!({})),
        Err(Error::Invalid { name: "Key", .. })
    ));
}

#[test]
fn bulk_items_are_all_or_none() {
    let mut stage = Stage::new();
    let service = with_map(&mut stage);
    let mut put = |keys: [&str; 2], data: Value| {
        let items = keys.map(|key| (key.to_owned(), data.clone())).into();
        stage.world.put_map_items(&service, "rows", items)
    };
    assert_eq!(put(["a", "b"], json!({})), Ok(()));
    for (key, data) in [("", json!({})), ("b", json!([]))] {
        assert!(matches!(put(["c", key], data), Err(Error::Invalid { .. })));
    }
    assert_eq!(put(["b", "d"], json!({ "n": 1 })), Ok(()));
    let map = stage.world.map(&service, "rows").unwrap();
    let items = map.items.by_key().values();
    let items: Vec<_> = items
        .map(|item| (item.key.as_str(), item.revision))
        .collect();
    assert_eq!(items, [("a", 0), ("b", 1), ("d", 0)]);
    assert_eq!(map.items.by_key()["b"].data, json!({ "n": 1 }));
    assert_eq!(map.revision, 2);
}

#[test]
fn agents_sync_service_follows_the_reading() {
    for reading in ["default-service", "flex-service"] {
        let stage = Stage::with_readings(&[("agent-sync-service", reading)]);
        let world = &stage.world;
        let opened = world.sync_service(world.agent_sync_service_sid()).unwrap();
        let expected = match reading {
            "default-service" => "Default Service",
            _ => "Flex Service",
        };
        assert_eq!(opened.friendly_name, expected);
        assert_eq!(
            world.sync_service("default").unwrap().friendly_name,
            "Default Service"
        );
        let named = world.flex_configuration()["flex_service_instance_sid"].clone();
        assert_eq!(named, json!(world.flex_sync_service_sid));
    }
}
