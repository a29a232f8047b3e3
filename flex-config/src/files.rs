//! The files `ui_attributes.*.json` of a folder.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path as FilePath;

use crate::check::SCHEMA;
use crate::failure::Failure;
use crate::nearest::suggestion;
use crate::plan::{plan, Edit, Plan};
use crate::raw;

/// The file that goes into every environment.
pub const COMMON: &str = "common";

/// A file as it was read.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name, without the folder.
    pub name: String,
    /// Its content.
    pub text: String,
}

/// Returns the name of a file.
pub fn name(environment: &str) -> String {
    format!("ui_attributes.{environment}.json")
}

/// Reads the common file and the environment's.
pub fn read(folder: &FilePath, environment: &str) -> Result<[File; 2], Failure> {
    Ok([read_one(folder, COMMON)?, read_one(folder, environment)?])
}

/// Reads one file.
pub fn read_one(folder: &FilePath, environment: &str) -> Result<File, Failure> {
    if let Some(file) = find(folder, environment)? {
        return Ok(file);
    }
    let known = environments(folder)?;
    Err(Failure::Wrong(format!(
        "error: {}: there is no such file in {}.{} `set-domain` and `--save` make it. Environments that have one: {}",
        name(environment),
        folder.display(),
        suggestion(environment, known.iter().map(String::as_str)),
        listed(&known)
    )))
}

fn find(folder: &FilePath, environment: &str) -> Result<Option<File>, Failure> {
    let name = name(environment);
    match fs::read_to_string(folder.join(&name)) {
        Ok(text) => Ok(Some(File {
            name,
            // Some editors on Windows begin a file with this byte order mark.
            text: text.trim_start_matches('\u{feff}').to_owned(),
        })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(&folder.join(&name), &error)),
    }
}

/// Returns the environment's file with these edits in it. A file that is no JSON, or has no place for an edit, is returned as it is:
/// `check` names the mistake.
pub fn with_edits(folder: &FilePath, environment: &str, edits: &[Edit]) -> Result<File, Failure> {
    let mut file = find(folder, environment)?.unwrap_or_else(|| File {
        name: name(environment),
        text: format!(r#"{{"{SCHEMA}":"./schema.json"}}"#),
    });
    if let Ok(object) = serde_json::from_str(&file.text) {
        if let Ok(Plan { result, .. }) = plan(&object, edits) {
            file.text = raw::pretty(&result);
        }
    }
    Ok(file)
}

/// Writes a file.
pub fn write(folder: &FilePath, file: &File) -> Result<(), Failure> {
    let path = folder.join(&file.name);
    fs::write(&path, &file.text).map_err(|error| failed(&path, &error))
}

/// Returns the environments that have a file.
pub fn environments(folder: &FilePath) -> Result<Vec<String>, Failure> {
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, &error))?;
    let mut found: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|file| {
            let rest = file.strip_prefix("ui_attributes.")?;
            rest.strip_suffix(".json").map(str::to_owned)
        })
        .filter(|environment| environment != COMMON)
        .collect();
    found.sort();
    Ok(found)
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "none yet".into()
    } else {
        names.join(", ")
    }
}

fn failed(path: &FilePath, error: &io::Error) -> Failure {
    Failure::Wrong(format!("error: {}: {error}", path.display()))
}
