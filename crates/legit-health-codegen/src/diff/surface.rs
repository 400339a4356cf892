//! The public Rust items of everything generated, and how two sets of them differ for those who use them.
//!
//! Read off the generated text itself, so that no second opinion on what the generator makes can be wrong.

mod compare;
mod item;

use indexmap::IndexMap;
use syn::Item;

pub(crate) use compare::{Effect, compare};
use item::RustItem;

use crate::error::{Findings, Result};
use crate::generate::Generated;

/// Items by path below the root of `legit-health-api`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surface {
    items: IndexMap<String, RustItem>,
}

impl Surface {
    pub(crate) fn of(generated: &Generated) -> Result<Self> {
        let Generated { device, catalog, codes, scales, .. } = generated;
        let texts: [(&str, &str); 4] =
            [("device", device), ("catalog", catalog), ("codes", codes), ("scales", scales)];
        Self::of_texts(texts)
    }

    /// Of modules with their texts.
    pub(crate) fn of_texts<'a>(modules: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let mut surface = Self::default();
        for (module, text) in modules {
            let file = syn::parse_file(text).map_err(|error| {
                let what = format!("the generated module `{module}` is no Rust: {error}");
                Findings::of(module).fatal("", what, "see what was generated")
            })?;
            surface.collect(module, &file.items);
        }
        Ok(surface)
    }

    /// The name of a member in Rust, where it is written otherwise in JSON.
    pub(crate) fn member(&self, item: &str, on_the_wire: &str) -> Option<&str> {
        let members = &self.items.get(item)?.members;
        let found = members.iter().find(|(_, member)| member.on_the_wire == on_the_wire);
        found.map(|(name, _)| name.as_str())
    }

    fn collect(&mut self, module: &str, items: &[Item]) {
        for item in items {
            if let Some((name, item)) = RustItem::of(item) {
                self.items.insert(format!("{module}::{name}"), item);
            }
        }
        for item in items {
            match item {
                Item::Impl(block) => {
                    if let Some(name) = crate::outline::compact::self_name(block)
                        && let Some(item) = self.items.get_mut(&format!("{module}::{name}"))
                    {
                        item.attach(block);
                    }
                }
                Item::Macro(call) => {
                    for (name, item) in RustItem::of_scale_set(call) {
                        self.items.insert(format!("{module}::{name}"), item);
                    }
                }
                Item::Mod(inner) => {
                    if let Some((_, items)) = &inner.content {
                        self.collect(&format!("{module}::{}", inner.ident), items);
                    }
                }
                _ => {}
            }
        }
    }
}
