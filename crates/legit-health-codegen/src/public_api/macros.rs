//! Expands calls of `macro_rules!` macros that define items, so that what they define is part of the public API.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::{Attribute, Item, ItemMacro};

use crate::outline::compact;

/// Macros that call macros are expanded to this depth.
const DEPTH: usize = 8;

/// The macros of the crates that were read, by name.
#[derive(Default)]
pub(super) struct Macros(BTreeMap<String, Vec<Macro>>);

struct Macro {
    /// The crate that `$crate` stands for.
    krate: String,
    /// Its `#[cfg]`, which holds for all that it defines.
    conditions: Vec<Attribute>,
    /// Patterns and what each becomes.
    arms: Vec<(Vec<TokenTree>, Vec<TokenTree>)>,
}

/// What the variables of a pattern stand for.
type Bindings = BTreeMap<String, Binding>;

#[derive(Clone)]
enum Binding {
    One(Vec<TokenTree>),
    /// Of a repetition: each of its rounds.
    Each(Vec<Vec<TokenTree>>),
}

impl Macros {
    /// Takes the definition of a macro; does nothing for any other item. `__name` is also found as `name`: that is how
    /// this workspace gives exported macros a path.
    pub(super) fn define(&mut self, krate: &str, item: &Item) {
        let Item::Macro(ItemMacro { ident: Some(name), mac, attrs, .. }) = item else { return };
        let tokens: Vec<TokenTree> = mac.tokens.clone().into_iter().collect();
        let groups: Vec<&Group> = tokens
            .iter()
            .filter_map(|token| match token {
                TokenTree::Group(group) => Some(group),
                _ => None,
            })
            .collect();
        let inner = |group: &Group| group.stream().into_iter().collect();
        let arms = groups.chunks_exact(2).map(|arm| (inner(arm[0]), inner(arm[1]))).collect();
        let conditions = attrs.iter().filter(|attribute| attribute.path().is_ident("cfg")).cloned().collect();
        let name = name.to_string().trim_start_matches("__").to_owned();
        self.0.entry(name).or_default().push(Macro { krate: krate.to_owned(), conditions, arms });
    }

    /// The items that a call defines; none for any other item, and for macros that are not known.
    pub(super) fn expand(&self, item: &Item) -> Vec<Item> {
        self.step(item, DEPTH)
    }

    fn step(&self, item: &Item, depth: usize) -> Vec<Item> {
        let (Item::Macro(ItemMacro { ident: None, mac, .. }), Some(depth)) = (item, depth.checked_sub(1))
        else {
            return Vec::new();
        };
        let input: Vec<TokenTree> = mac.tokens.clone().into_iter().collect();
        let name = compact::last_segment(&mac.path);
        let known = self.0.get(name.trim_start_matches("__")).into_iter().flatten();
        let mut made = known.filter_map(|known| {
            let body = known.arms.iter().find_map(|(pattern, body)| {
                let (bindings, rest) = matched(pattern, &input)?;
                rest.is_empty().then(|| transcribed(body, &bindings, &known.krate))
            })?;
            let mut items = syn::parse2::<syn::File>(body).ok()?.items;
            for item in &mut items {
                if let Item::Impl(block) = item {
                    block.attrs.extend(known.conditions.iter().cloned());
                }
            }
            (!items.is_empty()).then_some(items)
        });
        let items = made.next().unwrap_or_default();
        let inner: Vec<Item> = items.iter().flat_map(|item| self.step(item, depth)).collect();
        items.into_iter().chain(inner).collect()
    }
}

/// Matches a pattern with the beginning of the input. Returns what its variables stand for, and the rest of the input.
fn matched<'a>(pattern: &[TokenTree], input: &'a [TokenTree]) -> Option<(Bindings, &'a [TokenTree])> {
    let mut bindings = Bindings::new();
    let (mut pattern, mut input) = (pattern, input);
    while let Some((first, rest)) = pattern.split_first() {
        match (first, rest) {
            (TokenTree::Punct(dollar), [TokenTree::Ident(name), _, TokenTree::Ident(kind), rest @ ..])
                if dollar.as_char() == '$' =>
            {
                let length = match kind.to_string().as_str() {
                    "ident" | "literal" | "tt" => usize::from(!input.is_empty()),
                    _ => length_of_argument(input),
                };
                let (taken, left) = input.split_at(length);
                bindings.insert(name.to_string(), Binding::One((!taken.is_empty()).then(|| taken.to_vec())?));
                (pattern, input) = (rest, left);
            }
            (TokenTree::Punct(dollar), [TokenTree::Group(group), rest @ ..]) if dollar.as_char() == '$' => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let (separator, rest) = repetition(rest)?;
                let mut rounds = Vec::new();
                while let Some((round, left)) =
                    matched(&inner, input).filter(|(_, left)| left.len() < input.len())
                {
                    rounds.push(round);
                    input = left;
                    match (separator, input.split_first()) {
                        (Some(separator), Some((token, left))) if is_punct(token, separator) => input = left,
                        (None, _) => {}
                        _ => break,
                    }
                }
                for round in rounds {
                    for (name, binding) in round {
                        let Binding::One(tokens) = binding else { return None };
                        match bindings.entry(name).or_insert(Binding::Each(Vec::new())) {
                            Binding::Each(all) => all.push(tokens),
                            Binding::One(_) => return None,
                        }
                    }
                }
                pattern = rest;
            }
            (TokenTree::Group(group), rest) => {
                let Some((TokenTree::Group(other), left)) = input.split_first() else { return None };
                let [wanted, given] = [group, other].map(|it| it.stream().into_iter().collect::<Vec<_>>());
                let (inner, remains) = matched(&wanted, &given)?;
                if !remains.is_empty() || group.delimiter() != other.delimiter() {
                    return None;
                }
                bindings.extend(inner);
                (pattern, input) = (rest, left);
            }
            (token, rest) => {
                let (other, left) = input.split_first()?;
                if token.to_string() != other.to_string() {
                    return None;
                }
                (pattern, input) = (rest, left);
            }
        }
    }
    Some((bindings, input))
}

/// What stands between the rounds of a repetition, and the tokens after its `*`, `+` or `?`.
fn repetition(tokens: &[TokenTree]) -> Option<(Option<char>, &[TokenTree])> {
    let is_end = |token: &TokenTree| ['*', '+', '?'].iter().any(|end| is_punct(token, *end));
    match tokens {
        [end, rest @ ..] if is_end(end) => Some((None, rest)),
        [TokenTree::Punct(separator), end, rest @ ..] if is_end(end) => {
            Some((Some(separator.as_char()), rest))
        }
        _ => None,
    }
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

/// The number of tokens up to the next comma or semicolon that is not between `<` and `>`.
fn length_of_argument(input: &[TokenTree]) -> usize {
    let mut depth = 0;
    let end = input.iter().position(|token| {
        depth += i32::from(is_punct(token, '<')) - i32::from(is_punct(token, '>'));
        depth <= 0 && (is_punct(token, ',') || is_punct(token, ';'))
    });
    end.unwrap_or(input.len())
}

/// The body of a macro with its variables replaced.
fn transcribed(body: &[TokenTree], bindings: &Bindings, krate: &str) -> TokenStream {
    let mut made = TokenStream::new();
    let mut at = body;
    while let Some((first, rest)) = at.split_first() {
        at = rest;
        match (first, rest) {
            (dollar, [TokenTree::Ident(name), rest @ ..]) if is_punct(dollar, '$') => {
                at = rest;
                match bindings.get(&name.to_string()) {
                    Some(Binding::One(tokens)) => made.extend(tokens.iter().cloned()),
                    _ if name == "crate" => {
                        made.extend([TokenTree::Ident(Ident::new(krate, Span::call_site()))])
                    }
                    _ => made.extend([first.clone(), name.clone().into()]),
                }
            }
            (dollar, [TokenTree::Group(group), rest @ ..]) if is_punct(dollar, '$') => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let Some((separator, rest)) = repetition(rest) else { continue };
                at = rest;
                let text = group.stream().to_string();
                let is_used = |name: &str| {
                    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
                };
                let each = bindings.iter().filter_map(|(name, binding)| match binding {
                    Binding::Each(rounds) if is_used(name) => Some((name, rounds)),
                    _ => None,
                });
                let each: Vec<_> = each.collect();
                let count = each.iter().map(|(_, rounds)| rounds.len()).min().unwrap_or(0);
                for round in 0..count {
                    let mut bindings = bindings.clone();
                    for (name, rounds) in &each {
                        bindings.insert((*name).clone(), Binding::One(rounds[round].clone()));
                    }
                    made.extend(transcribed(&inner, &bindings, krate));
                    if let Some(separator) = separator.filter(|_| round + 1 < count) {
                        made.extend([TokenTree::Punct(Punct::new(separator, Spacing::Alone))]);
                    }
                }
            }
            (TokenTree::Group(group), _) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let inner = transcribed(&inner, bindings, krate);
                let delimiter = match group.delimiter() {
                    Delimiter::None => Delimiter::Parenthesis,
                    delimiter => delimiter,
                };
                made.extend([TokenTree::Group(Group::new(delimiter, inner))]);
            }
            (token, _) => made.extend([token.clone()]),
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first line of each item that the calls in a text define.
    fn expanded(text: &str) -> Vec<String> {
        let file = syn::parse_file(text).unwrap();
        let mut macros = Macros::default();
        file.items.iter().for_each(|item| macros.define("own", item));
        let items = file.items.iter().flat_map(|item| macros.expand(item)).collect();
        let text = prettyplease::unparse(&syn::File { shebang: None, attrs: Vec::new(), items });
        text.lines().filter(|line| !line.starts_with([' ', '}'])).map(str::to_owned).collect()
    }

    #[test]
    fn calls_become_the_items_that_they_define() {
        let rules = "macro_rules! one { ($name:ident, $ty:ty) => { pub struct $name($ty); impl $crate::Mark for $name {} } }";
        assert_eq!(
            expanded(&format!("{rules} one!(A, Map<u8, u8>);")),
            ["pub struct A(Map<u8, u8>);", "impl own::Mark for A {}"]
        );
        let rules =
            "macro_rules! each { ($(#[$_m:meta])* $($name:ident),+ $(,)?) => { $(impl A for $name {})+ } }";
        assert_eq!(expanded(&format!("{rules} each!(B, C,);")), ["impl A for B {}", "impl A for C {}"]);
        let rules = "#[cfg(feature = \"x\")] macro_rules! __inner { ($name:ident) => { impl B for $name {} } }
            #[cfg(not(feature = \"x\"))] macro_rules! __inner { ($($any:tt)*) => {} }
            macro_rules! outer { ($set:ident, [$($one:ident),*]) => { enum $set { $($one),* } crate::inner!($set); } }";
        assert_eq!(
            expanded(&format!("{rules} outer!(S, [A, B]);")),
            ["enum S {", "crate::inner!(S);", "#[cfg(feature = \"x\")]", "impl B for S {}"]
        );
    }

    #[test]
    fn a_call_that_matches_no_arm_defines_nothing() {
        assert_eq!(
            expanded("macro_rules! one { ($name:ident) => { struct $name; } } one!(A, B); two!(C);"),
            [""; 0]
        );
    }
}
