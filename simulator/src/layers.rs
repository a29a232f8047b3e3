//! Tests of the layers: a product imports only the products before it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use regex::Regex;

/// The products of Twilio, and the contact centre that uses them, from the lowest up.
const PRODUCTS: [&str; 9] = [
    "iam",
    "sync",
    "event_streams",
    "conversations",
    "taskrouter",
    "interactions",
    "flex",
    "serverless",
    "contact_centre",
];

/// The modules that all products may import: the world with its state, and the forms of requests and answers.
const SHARED: [&str; 4] = ["http", "readings", "sim", "world"];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Returns the source files below a folder, without tests, which may import any product.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap();
        if name == "tests" {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Checks that files import only the modules in `allowed`.
fn check_imports(paths: &[PathBuf], allowed: &[&str]) {
    let import = Regex::new(r"\bcrate::(\w+)").unwrap();
    for path in paths {
        let text = read_to_string(path).unwrap();
        let code = text.lines().filter(|line| !line.trim().starts_with("//"));
        for line in code {
            for found in import.captures_iter(line) {
                let name = found.get(1).unwrap().as_str();
                assert!(allowed.contains(&name), "{} imports {name}", path.display());
            }
        }
    }
}

/// With a circle of products, none of them could be read without the others.
#[test]
fn a_product_imports_only_those_before_it() {
    for (place, product) in PRODUCTS.iter().enumerate() {
        let before = PRODUCTS.iter().take(place + 1);
        let allowed: Vec<&str> = SHARED.iter().chain(before).copied().collect();
        check_imports(&files(&source().join(product)), &allowed);
    }
}

/// Of the world only the errors, which name no product.
#[test]
fn http_imports_no_product() {
    let paths = files(&source().join("http"));
    check_imports(&paths, &["http", "world"]);
    for path in paths {
        let text = read_to_string(&path).unwrap();
        let others = text.replace("crate::world::error", "");
        assert!(!others.contains("crate::world"), "{}", path.display());
    }
}

/// A product that is missing in the list would escape the first test.
#[test]
fn folders_with_rest_routes_are_products() {
    for entry in read_dir(source()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let has_routes = path.join("rest.rs").exists() || path.join("rest").is_dir();
        let is_known = PRODUCTS.contains(&name) || name == "front";
        assert!(!has_routes || is_known, "{name} is not in the list");
    }
}
