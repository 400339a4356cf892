//! Pairs scalars and lists of values: texts, numbers, codes, and the types that are read by hand.

use crate::lint::makes_type;
use crate::scale::AnswerKind;
use crate::spec::Node;
use crate::update::align::pair::Place;
use crate::update::align::view::{Kinds, View, arms, listed};
use crate::update::align::{Align, scalar_kinds};

impl<'a> Align<'a> {
    pub(super) fn by_hand(&mut self, scalar: &str, ours: &'a Node, other: &View<'a>, place: &Place) -> Node {
        let (Some(readable), kinds) = (scalar_kinds(scalar), Kinds::of(self.theirs, other)) else {
            return self.kept_with_lists(ours, other, place);
        };
        self.unstated_of_text(ours, other, place);
        let is_read = !place.received || kinds.all_in(readable);
        let is_taken = !place.sent || readable.iter().any(|kind| kinds.has(kind));
        if is_read && is_taken {
            self.kept_with_lists(ours, other, place)
        } else {
            self.replaced(other, place)
        }
    }

    /// Ours as it is; only the elements of a list among its alternatives are paired.
    fn kept_with_lists(&mut self, ours: &'a Node, other: &View<'a>, place: &Place) -> Node {
        let mut becomes = self.pool.kept(ours);
        let mut lists = arms(self.theirs, other);
        lists.push(other.clone());
        let theirs = lists.iter().find_map(|arm| Some((arm.node.get("items")?, arm.at.then("items"))));
        let mine =
            ours.list("oneOf").iter().enumerate().find_map(|(index, arm)| Some((index, arm.get("items")?)));
        if let (Some((index, mine)), Some((theirs, at))) = (mine, theirs)
            && let Some(Node::List(arms)) = becomes.as_map_mut().and_then(|map| map.get_mut("oneOf"))
            && let Some(arm) = arms[index].as_map_mut()
        {
            arm.insert("items".into(), self.pair(mine, theirs, &place.part("item", &at)));
        }
        becomes
    }

    pub(super) fn scalar(&mut self, kind: &str, ours: &'a Node, other: &View<'a>, place: &Place) -> Node {
        let kinds = Kinds::of(self.theirs, other);
        let is_read = !place.received || kinds.all_in(&[kind]);
        if !is_read || (place.sent && !kinds.has(kind)) {
            return self.replaced(other, place);
        }
        let values = listed(self.theirs, other);
        if kind == "string" {
            return self.text(ours, other, values, place);
        }
        let mut becomes = self.pool.kept(ours);
        if let (false, "integer" | "number", Some(map)) = (place.is_component, kind, becomes.as_map_mut()) {
            self.limits(&["multipleOf"], ours, other, place, map);
        }
        if let (true, Some(values)) = (place.sent, &values)
            && !is_range(values)
        {
            self.unstated(&other.at, place, "enum", &Node::List(values.clone()));
        }
        if kind == "integer" || kind == "number" {
            let theirs = bounds(other.node, values.as_deref());
            for (key, bound) in ["minimum", "maximum"].into_iter().zip(theirs) {
                let Some(map) = becomes.as_map_mut() else { continue };
                match bound {
                    Some(bound) => {
                        self.says(&place.label, key);
                        if map.get(key) != Some(&bound) {
                            map.insert(key.into(), bound);
                        }
                    }
                    None if !ours.has(key) => {}
                    None if self.was_never_said(&place.label, key) => {
                        self.stays(other, format!("their text says no `{key}`"));
                    }
                    None => drop(map.shift_remove(key)),
                }
            }
        }
        if !place.is_component && AnswerKind::of(&becomes).is_some() && AnswerKind::of(ours).is_none() {
            self.stays(other, "their text gives a range; any number is read and sent");
            return self.pool.kept(ours);
        }
        becomes
    }

    fn text(&mut self, ours: &'a Node, other: &View<'a>, values: Option<Vec<Node>>, place: &Place) -> Node {
        if let Some(values) = values {
            if place.sent && !values.is_empty() {
                return self.replaced(other, place);
            }
            let words: Vec<&str> = values.iter().filter_map(Node::as_text).collect();
            self.stays(other, format!("their text lists {}; any text is read", words.join(", ")));
        }
        let mut becomes = self.pool.kept(ours);
        let Some(map) = becomes.as_map_mut() else { return becomes };
        self.limits(&["minLength", "maxLength", "pattern"], ours, other, place, map);
        let (mine, format) = (ours.text("format"), other.node.text("format"));
        let is_bytes = mine == Some("byte") && format.is_some_and(|format| format.starts_with("base64"));
        let makes_type = [mine, format].into_iter().flatten().any(makes_type);
        match format {
            _ if is_bytes => {}
            Some(format) if mine != Some(format) && (makes_type || place.is_component) => {
                self.stays(other, format!("their text says `format: {format}`"));
            }
            None if makes_type => {}
            _ => self.limits(&["format"], ours, other, place, map),
        }
        becomes
    }

    pub(super) fn values(&mut self, ours: &'a Node, other: &View<'a>, place: &Place) -> Node {
        let kind = ours.text("type").unwrap_or("string");
        if !Kinds::of(self.theirs, other).all_in(&[kind]) {
            return self.replaced(other, place);
        }
        self.unstated_of_text(ours, other, place);
        let key = if ours.has("enum") { "enum" } else { "x-extensible-enum" };
        let mine = ours.list(key);
        let Some(theirs) = listed(self.theirs, other).or_else(|| range(kind, other.node)) else {
            self.stays(other, "their text lists no values");
            return self.pool.kept(ours);
        };
        let missing: Vec<&Node> = mine.iter().filter(|value| !theirs.contains(value)).collect();
        let new: Vec<Node> = theirs.iter().filter(|value| !mine.contains(value)).cloned().collect();
        let new: Vec<Node> =
            new.into_iter().filter(|value| !self.is_unknown_scale(ours, value, other)).collect();
        // A code that is only received may be known to us without being in their text.
        let keeps = place.only_received() || !place.sent;
        let (kept, missing): (Vec<&Node>, Vec<&Node>) = missing
            .into_iter()
            .partition(|value| self.was_never_said(&place.label, &in_words(value)) && keeps);
        let words: Vec<String> = kept.into_iter().map(in_words).collect();
        if !words.is_empty() {
            self.stays(other, format!("their text does not list {}", words.join(", ")));
        }
        for value in theirs.iter().filter(|value| mine.contains(value)) {
            self.says(&place.label, &in_words(value));
        }
        let stays = |value: &&Node| !missing.contains(value);
        let kept: Vec<(usize, Node)> = mine
            .iter()
            .enumerate()
            .filter(|(_, value)| stays(value))
            .map(|(at, value)| (at, value.clone()))
            .collect();
        let mut becomes = self.pool.kept(ours);
        if let Some(map) = becomes.as_map_mut() {
            if ours.has("x-enum-varnames") {
                let known = ours.list("x-enum-varnames");
                let their_names = other.node.list("x-enum-varnames");
                let old = kept.iter().map(|(index, _)| known.get(*index).cloned().unwrap_or(Node::Null));
                let added = new.iter().map(|value| {
                    let at = theirs.iter().position(|other| other == value).unwrap_or_default();
                    their_names
                        .get(at)
                        .cloned()
                        .unwrap_or_else(|| Node::Text(format!("Value{}", in_words(value))))
                });
                map.insert("x-enum-varnames".into(), Node::List(old.chain(added).collect()));
            }
            let values = kept.into_iter().map(|(_, value)| value).chain(new).collect();
            map.insert(key.into(), Node::List(values));
        }
        becomes
    }
}

fn in_words(value: &Node) -> String {
    value.as_text().map_or_else(|| serde_json::to_string(value).unwrap_or_default(), str::to_owned)
}

/// A number that is whole, written as one: `3.0` is `3`.
pub(super) fn whole(node: &Node) -> Node {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match node {
        Node::Number(number) if !number.is_i64() && !number.is_u64() => match number.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
            Some(value) if value.fract() == 0.0 && value.abs() < EXACT => Node::Number((value as i64).into()),
            _ => node.clone(),
        },
        other => other.clone(),
    }
}

/// The least and the greatest value, also of a list of whole numbers without a gap.
pub(super) fn bounds(node: &Node, values: Option<&[Node]>) -> [Option<Node>; 2] {
    let numbers: Option<Vec<i64>> =
        values.map(|values| values.iter().filter_map(|value| whole(value).as_whole()).collect());
    if let Some(numbers) = numbers
        && let (Some(least), Some(most)) = (numbers.iter().min(), numbers.iter().max())
    {
        return [Some(Node::Number((*least).into())), Some(Node::Number((*most).into()))];
    }
    let excluded = |key: &str| node.is_true(key) && node.says("type", "integer");
    ["minimum", "maximum"].map(|key| {
        let bound = whole(node.get(key)?);
        let step = match (key, excluded("exclusiveMinimum"), excluded("exclusiveMaximum")) {
            ("minimum", true, _) => 1,
            ("maximum", _, true) => -1,
            _ => 0,
        };
        Some(
            bound
                .as_whole()
                .and_then(|bound| bound.checked_add(step))
                .map_or(bound, |bound| Node::Number(bound.into())),
        )
    })
}

/// Whether a list holds every whole number between its least and its greatest.
fn is_range(values: &[Node]) -> bool {
    let mut numbers: Vec<i64> = values.iter().filter_map(|value| whole(value).as_whole()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.len() == values.len() && numbers.windows(2).all(|pair| pair[1] - pair[0] == 1)
}

/// The whole numbers between two bounds, as a list of values.
fn range(kind: &str, node: &Node) -> Option<Vec<Node>> {
    const LONGEST: i64 = 100;
    let [least, most] = bounds(node, None);
    let (least, most) = (least?.as_whole()?, most?.as_whole()?);
    let is_short = kind == "integer" && most >= least && most.saturating_sub(least) < LONGEST;
    is_short.then(|| (least..=most).map(|value| Node::Number(value.into())).collect())
}
