use serde_json::json;

use super::Stage;
use crate::world::error::Error;
use crate::world::sync::{Change, MAX_DATA, MAX_KEY};
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
    let change = Change {
        data: Some(json!({"n": 2})),
        ttl: None,
        if_match: if_match.map(str::to_owned),
    };
    world
        .update_map_item(service, "rows", "key", change)
        .map(|item| item.revision)
}

#[test]
fn a_revision_that_is_not_current_changes_and_deletes_nothing() {
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
fn an_item_goes_when_its_time_has_come_and_its_key_is_free_again() {
    let mut stage = Stage::new();
    let service = with_map(&mut stage);
    stage
        .world
        .create_map_item(&service, "rows", "key", json!({}), Some(86_400))
        .unwrap();
    stage.pass(86_399);
    assert!(stage.world.map_item(&service, "rows", "key").is_ok());
    stage.pass(1);
    assert!(stage.world.map_item(&service, "rows", "key").is_err());
    stage
        .world
        .create_map_item(&service, "rows", "key", json!({}), None)
        .unwrap();
}

#[test]
fn a_changed_time_to_live_counts_from_the_change() {
    let mut stage = Stage::new();
    let service = with_map(&mut stage);
    stage
        .world
        .create_map_item(&service, "rows", "key", json!({}), Some(60))
        .unwrap();
    stage.pass(50);
    let longer = Change {
        ttl: Some(60),
        ..Change::default()
    };
    stage
        .world
        .update_map_item(&service, "rows", "key", longer)
        .unwrap();
    stage.pass(59);
    assert!(stage.world.map_item(&service, "rows", "key").is_ok());
    stage.pass(1);
    assert!(stage.world.map_item(&service, "rows", "key").is_err());
}

#[test]
fn taken_names_and_what_is_too_large_are_refused() {
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
        put("big", json!({"text": "x".repeat(MAX_DATA)})),
        Err(Error::DataTooLarge)
    );
    assert!(matches!(
        put("list", json!([])),
        Err(Error::Invalid { name: "Data", .. })
    ));
    assert_eq!(put(&"k".repeat(MAX_KEY), json!({})), Ok(()));
    assert!(matches!(
        put(&"k".repeat(MAX_KEY + 1), json!({})),
        Err(Error::Invalid { name: "Key", .. })
    ));
}

#[test]
fn of_new_items_that_are_put_together_either_all_are_there_or_none() {
    let mut stage = Stage::new();
    let service = with_map(&mut stage);
    let mut put = |keys: [&str; 2]| {
        let items = keys.map(|key| (key.to_owned(), json!({}))).into();
        stage.world.create_map_items(&service, "rows", items)
    };
    assert_eq!(put(["a", "b"]), Ok(()));
    assert_eq!(put(["b", "c"]), Err(Error::KeyTaken));
    let map = stage.world.map(&service, "rows").unwrap();
    assert!(map.items.by_key().keys().eq(["a", "b"]));
    assert_eq!(map.revision, 1);
}
