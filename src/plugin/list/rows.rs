//! The rows, all of them and those that match, in their order. A change costs two binary searches, not another sort.

use std::rc::Rc;

use super::entry::Entry;
use super::filter::Filters;
use super::order::{compare, NEWEST_FIRST};
use super::text::Search;
use super::view::Sort;

/// The rows of the list.
#[derive(Debug)]
pub struct Rows {
    /// All rows, sorted by key.
    by_key: Vec<Rc<Entry>>,
    /// All rows in the order of the view.
    sorted: Vec<Rc<Entry>>,
    /// The rows that match, in that order.
    matching: Vec<Rc<Entry>>,
    search: Search,
    filters: Filters,
    sort: Sort,
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            by_key: Vec::new(),
            sorted: Vec::new(),
            matching: Vec::new(),
            search: Search::default(),
            filters: Filters::default(),
            sort: NEWEST_FIRST,
        }
    }
}

impl Rows {
    /// Returns all rows, by key.
    #[must_use]
    pub fn all(&self) -> &[Rc<Entry>] {
        &self.by_key
    }

    /// Returns the rows that match, in their order.
    #[must_use]
    pub fn matching(&self) -> &[Rc<Entry>] {
        &self.matching
    }

    /// Returns the filters.
    #[must_use]
    pub fn filters(&self) -> &Filters {
        &self.filters
    }

    /// Returns the order.
    #[must_use]
    pub fn sort(&self) -> Sort {
        self.sort
    }

    /// Returns the row with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry> {
        let place = self.place(key).ok()?;
        self.by_key.get(place).map(Rc::as_ref)
    }

    /// Returns the place of a row among those that match.
    #[must_use]
    pub fn index_of(&self, key: &str) -> Option<usize> {
        find(&self.matching, self.get(key)?, self.sort).ok()
    }

    /// Puts a row in, in place of the one with the same key. Returns true if it is new.
    pub fn put(&mut self, entry: Entry) -> bool {
        let entry = Rc::new(entry);
        let is_new = match self.place(&entry.key) {
            Ok(place) => {
                if let Some(known) = self.by_key.get_mut(place) {
                    let old = std::mem::replace(known, Rc::clone(&entry));
                    self.hide(&old);
                }
                false
            }
            Err(place) => {
                self.by_key.insert(place, Rc::clone(&entry));
                true
            }
        };
        if self.matches(&entry) {
            insert(&mut self.matching, Rc::clone(&entry), self.sort);
        }
        insert(&mut self.sorted, entry, self.sort);
        is_new
    }

    /// Takes a row out. Returns true if it was there.
    pub fn take(&mut self, key: &str) -> bool {
        let Ok(place) = self.place(key) else {
            return false;
        };
        let old = self.by_key.remove(place);
        self.hide(&old);
        true
    }

    /// Keeps only the rows for which `keep` returns true. Returns the number of rows that went.
    pub fn retain(&mut self, keep: &dyn Fn(&Entry) -> bool) -> usize {
        let before = self.by_key.len();
        for rows in [&mut self.by_key, &mut self.sorted, &mut self.matching] {
            rows.retain(|entry| keep(entry));
        }
        before - self.by_key.len()
    }

    /// Shows only rows that `search` finds.
    pub fn set_search(&mut self, search: Search) {
        self.search = search;
        self.match_again();
    }

    /// Shows only rows that match all filters.
    pub fn set_filters(&mut self, filters: Filters) {
        self.filters = filters;
        self.match_again();
    }

    /// Changes the order.
    pub fn set_sort(&mut self, sort: Sort) {
        self.sort = sort;
        self.sorted.clear();
        // The standard library's sort would be a tenth of the plugin's Wasm.
        for entry in &self.by_key {
            insert(&mut self.sorted, Rc::clone(entry), sort);
        }
        self.match_again();
    }

    fn match_again(&mut self) {
        let mut matching = std::mem::take(&mut self.matching);
        matching.clear();
        matching.extend(
            self.sorted
                .iter()
                .filter(|entry| self.matches(entry))
                .cloned(),
        );
        self.matching = matching;
    }

    fn matches(&self, entry: &Entry) -> bool {
        self.filters.misses(entry) == Some(0) && self.search.finds(&entry.texts.all)
    }

    fn place(&self, key: &str) -> Result<usize, usize> {
        self.by_key
            .binary_search_by(|entry| entry.key.as_str().cmp(key))
    }

    fn hide(&mut self, entry: &Entry) {
        for rows in [&mut self.sorted, &mut self.matching] {
            if let Ok(place) = find(rows, entry, self.sort) {
                rows.remove(place);
            }
        }
    }
}

fn find(rows: &[Rc<Entry>], entry: &Entry, sort: Sort) -> Result<usize, usize> {
    rows.binary_search_by(|other| compare(sort, other, entry))
}

fn insert(rows: &mut Vec<Rc<Entry>>, entry: Rc<Entry>, sort: Sort) {
    let place = find(rows, &entry, sort).unwrap_or_else(|place| place);
    rows.insert(place, entry);
}
