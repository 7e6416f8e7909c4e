//! A list that is found by key: the books grow by a hundred thousand rows when a gateway is under load.

use std::collections::HashMap;

/// Rows in the order of entry, found by any of their keys.
pub(super) struct Table<T> {
    rows: Vec<T>,
    places: HashMap<String, Vec<usize>>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), places: HashMap::new() }
    }
}

impl<T> Table<T> {
    pub(super) fn push(&mut self, row: T, keys: &[&str]) {
        for key in keys {
            self.places.entry((*key).to_owned()).or_default().push(self.rows.len());
        }
        self.rows.push(row);
    }

    pub(super) fn all(&self) -> &[T] {
        &self.rows
    }

    /// The rows of a key, in the order of entry.
    pub(super) fn of<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a T> + use<'a, T> {
        let places = self.places.get(key).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.rows.get(*place))
    }

    /// The first row of a key that fits, to be changed.
    pub(super) fn first_mut(&mut self, key: &str, fits: impl Fn(&T) -> bool) -> Option<&mut T> {
        let rows = &self.rows;
        let places = self.places.get(key)?;
        let place = *places.iter().find(|place| rows.get(**place).is_some_and(&fits))?;
        self.rows.get_mut(place)
    }

    /// Changes every row of a key.
    pub(super) fn change(&mut self, key: &str, mut change: impl FnMut(&mut T)) {
        for place in self.places.get(key).map(Vec::as_slice).unwrap_or_default() {
            if let Some(row) = self.rows.get_mut(*place) {
                change(row);
            }
        }
    }
}
