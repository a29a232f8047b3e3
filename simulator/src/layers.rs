//! The test of the layers: a product imports only those that stand before it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should fail")]

use std::fs::{read_dir, read_to_string};
use std::path::{Path, PathBuf};

use regex::Regex;

/// The products of Twilio, and the contact centre that uses them, from the lowest on.
const PRODUCTS: [&str; 8] = [
    "iam",
    "sync",
    "conversations",
    "taskrouter",
    "interactions",
    "flex",
    "serverless",
    "contact_centre",
];

/// The modules that products may import beside those: the world with its state, and the forms of requests and answers.
const SHARED: [&str; 6] = [
    "http",
    "readings",
    "signature",
    "sim",
    "surrogates",
    "world",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Returns the files below a folder, apart from tests, which may set the stage with anything.
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

/// A circle of products would make each of them unreadable without the others.
#[test]
fn a_product_imports_only_those_before_it() {
    let import = Regex::new(r"\bcrate::(\w+)").unwrap();
    for (place, product) in PRODUCTS.iter().enumerate() {
        let is_allowed = |name: &str| {
            name == *product
                || SHARED.contains(&name)
                || PRODUCTS.iter().take(place).any(|before| *before == name)
        };
        for path in files(&source().join(product)) {
            let text = read_to_string(&path).unwrap();
            let code = text.lines().filter(|line| !line.trim().starts_with("//"));
            for line in code {
                for found in import.captures_iter(line) {
                    let name = found.get(1).unwrap().as_str();
                    assert!(is_allowed(name), "{} imports {name}", path.display());
                }
            }
        }
    }
}

/// A new product has a place among the others, or the first test says nothing about it.
#[test]
fn every_folder_with_rest_routes_is_a_product() {
    for entry in read_dir(source()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let has_routes = path.join("rest.rs").exists() || path.join("rest").is_dir();
        let is_known = PRODUCTS.contains(&name) || name == "front";
        assert!(!has_routes || is_known, "{name} is not in the list");
    }
}
