//! Renders scales: an answer sheet with one bounded field for each item, and the sets that sheets are sent in.

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::ident;
use crate::scale::{AnswerKind, Item, Mode, Scale, ScaleSet};
use crate::target_module::TargetModule;

/// One module with all sheets and sets, in the given order. `codes` is the path of the list of their codes.
pub(crate) fn render(
    scales: &[Scale],
    sets: &[ScaleSet],
    codes: &str,
    target_module: &TargetModule,
) -> TokenStream {
    let sheets = scales.iter().map(|scale| sheet(scale, target_module));
    let sets = sets.iter().map(|one| set(one, codes));
    let (only_sheets, all, each_scale) =
        (only_sheets(scales), all(scales, target_module), each_scale(scales, target_module));
    quote! {
        //! Answer sheets of the scoring systems. The type of a field has the bounds of its answer.
        #[allow(unused_imports)]
        use ::legit_health_api::scale::{
            Answer, AnswerError, KnownCondition, GlobalScale, Item, AnswerKind, LocalScale, ManualScale, Scale, ScaleInfo,
            ask,
        };
        #(#sheets)*
        #(#sets)*
        #only_sheets
        #all
        #each_scale
    }
}

/// The facts about every scale at run time, for `legit-health-api` alone: another module does not change what `find` returns.
fn all(scales: &[Scale], target_module: &TargetModule) -> Option<TokenStream> {
    let infos = scales.iter().map(|scale| {
        let name = ident(&scale.name);
        let modes = scale.modes.iter().map(|mode| ident(&mode.word().to_upper_camel_case()));
        quote! {
            ScaleInfo {
                code: #name::CODE,
                title: #name::TITLE,
                modes: &[#(::legit_health_api::codes::Mode::#modes),*],
                conditions: #name::CONDITIONS,
                accepted_sites: #name::ACCEPTED_SITES,
                refused_sites: #name::REFUSED_SITES,
                items: #name::ITEMS,
            }
        }
    });
    target_module.is_ours().then(|| {
        quote! {
            pub(crate) static ALL: &[ScaleInfo] = &[#(#infos),*];
        }
    })
}

/// A module for glob imports, so that a new sheet is exported without an edit.
fn only_sheets(scales: &[Scale]) -> TokenStream {
    let names = scales.iter().map(|scale| ident(&scale.name));
    quote! {
        /// The sheets, without the sets they are sent in.
        pub mod sheets {
            pub use super::{#(#names),*};
        }
    }
}

/// A macro over all sheets, for code that is needed once for each type.
fn each_scale(scales: &[Scale], target_module: &TargetModule) -> TokenStream {
    let names =
        scales.iter().map(|scale| tokens(&target_module.path_in_macro(&format!("scales::{}", scale.name))));
    let modes = scales.iter().map(|scale| {
        let modes = scale.modes.iter().map(|mode| ident(mode.word()));
        quote!(#(#modes),*)
    });
    // An exported macro is at the root of its crate, where two contracts would each have one.
    let (exported, own) = if target_module.is_ours() {
        (quote!(#[macro_export]), quote!())
    } else {
        (
            quote!(#[allow(unused_macros)]),
            quote!(
                #[allow(unused_imports)]
                pub(crate) use each_scale;
            ),
        )
    };
    quote! {
        /// Calls a macro with the type of every sheet and the calls that take it (`manual`, `local`, `global`), in the
        /// order of the spec: `$($sheet:path: [$($mode:ident),+]),+`.
        #exported
        macro_rules! each_scale {
            ($with:ident) => {
                $with! { #(#names: [#modes]),* }
            };
        }
        #own
    }
}

fn sheet(scale: &Scale, target_module: &TargetModule) -> TokenStream {
    let Scale { name, title, code, conditions, accepted_sites, refused_sites, items, .. } = scale;
    let name = ident(name);
    let definition = definition(scale);
    let (condition_codes, condition_texts): (Vec<_>, Vec<_>) =
        conditions.iter().map(|condition| (&condition.code, &condition.text)).unzip();
    let item_constants = items.iter().map(item);
    let (answer, build) = (answer(scale), build(items));
    let markers = scale.modes.iter().map(|mode| {
        let (marker, input) = match mode {
            Mode::Manual => ("ManualScale", Some("ManualInput")),
            Mode::Local => ("LocalScale", Some("LocalInput")),
            Mode::Global => ("GlobalScale", None),
        };
        let marker = ident(marker);
        // The sets of `legit-health-api` do not know a sheet of another module, and take it by its code.
        let input = input.filter(|_| !target_module.is_ours()).map(ident);
        let input = input.map(|input| quote!(::legit_health_api::scale::foreign_scale!(#name, #input);));
        quote!(impl #marker for #name {} #input)
    });
    quote! {
        #definition
        impl Scale for #name {
            const CODE: &'static str = #code;
            const TITLE: &'static str = #title;
            const CONDITIONS: &'static [KnownCondition] =
                &[#(KnownCondition { icd11: #condition_codes, text: #condition_texts }),*];
            const ACCEPTED_SITES: &'static [&'static str] = &[#(#accepted_sites),*];
            const REFUSED_SITES: &'static [&'static str] = &[#(#refused_sites),*];
            const ITEMS: &'static [Item] = &[#(#item_constants),*];
            #answer
            #build
        }
        #(#markers)*
        ::legit_health_api::scale::scale!(#name);
    }
}

fn definition(scale: &Scale) -> TokenStream {
    let name = ident(&scale.name);
    let doc = format!(" {} (`{}`).", scale.title, scale.code);
    if scale.items.is_empty() {
        return quote! {
            #[doc = #doc]
            #[derive(Clone, Copy, PartialEq, Eq, Default)]
            pub struct #name;
        };
    }
    let fields = scale.items.iter().map(|item| {
        let Item { code, label, kind } = item;
        let field = field(item);
        let doc = format!(" {label} (`{code}`), {kind}.");
        let rust_type = tokens(&kind.rust_type());
        quote!(#[doc = #doc] pub #field: #rust_type)
    });
    quote! {
        #[doc = #doc]
        #[derive(Clone, PartialEq)]
        pub struct #name { #(#fields),* }
    }
}

fn item(item: &Item) -> TokenStream {
    let Item { code, label, kind } = item;
    let kind = match kind {
        AnswerKind::YesNo => quote!(AnswerKind::YesNo),
        AnswerKind::Count => quote!(AnswerKind::Count),
        AnswerKind::Percent => quote!(AnswerKind::Percent),
        AnswerKind::Whole(min, max) => quote!(AnswerKind::Whole { min: #min, max: #max }),
    };
    quote!(Item { code: #code, label: #label, kind: #kind })
}

fn answer(scale: &Scale) -> TokenStream {
    let no_item = format!("{} has no item {{index}}", scale.code);
    let fields = scale.items.iter().map(field);
    let indices = 0..scale.items.len();
    let body = if scale.items.is_empty() {
        quote!(panic!(#no_item))
    } else {
        quote!(match index {
            #(#indices => self.#fields.into(),)*
            _ => panic!(#no_item),
        })
    };
    quote!(fn answer(&self, index: usize) -> Answer { #body })
}

fn build(items: &[Item]) -> TokenStream {
    let answers = quote!(impl FnMut(&'static Item) -> Result<Answer, AnswerError>);
    if items.is_empty() {
        return quote!(fn build(_: #answers) -> Result<Self, AnswerError> { Ok(Self) });
    }
    let fields = items.iter().map(field);
    let indices = 0..items.len();
    quote! {
        fn build(mut answer: #answers) -> Result<Self, AnswerError> {
            Ok(Self { #(#fields: ask(&Self::ITEMS[#indices], &mut answer)?),* })
        }
    }
}

fn field(item: &Item) -> proc_macro2::Ident {
    ident(&item.code.to_snake_case())
}

fn tokens(path: &str) -> TokenStream {
    path.parse().expect("the names of our types are Rust")
}

/// The name of a set ends in `Scales`; one of its members is an `…Input`.
fn set(set: &ScaleSet, codes: &str) -> TokenStream {
    let one = format_ident!("{}Input", set.name.strip_suffix("Scales").unwrap_or(&set.name));
    let (name, mode) = (ident(&set.name), set.mode.word());
    let scales = set.scales.iter().map(|scale| ident(scale));
    let codes = tokens(codes);
    quote!(::legit_health_api::scale::scale_set!(#one, #name, #mode, #codes, [#(#scales),*]);)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::KnownCondition;

    fn scale(items: Vec<Item>, modes: Vec<Mode>) -> Scale {
        Scale {
            name: "Uas".into(),
            title: "Urticaria".into(),
            code: "uas".into(),
            modes,
            conditions: vec![KnownCondition { code: "EB05".into(), text: "Urticaria".into() }],
            accepted_sites: vec!["headLeft".into()],
            refused_sites: Vec::new(),
            items,
        }
    }

    fn rendered(scale: Scale) -> String {
        rendered_in(scale, &TargetModule::OURS)
    }

    fn rendered_in(scale: Scale, target_module: &TargetModule) -> String {
        let sets = [ScaleSet { name: "ManualScales".into(), mode: Mode::Manual, scales: vec!["Uas".into()] }];
        prettyplease::unparse(
            &syn::parse2(render(
                &[scale],
                &sets,
                &target_module.path("codes::ScoringSystemCode"),
                target_module,
            ))
            .unwrap(),
        )
    }

    #[test]
    fn a_sheet_of_another_module_has_its_own_codes_and_fits_the_sets_of_the_client() {
        let target_module = TargetModule::module("crate::api").unwrap();
        let text = rendered_in(scale(Vec::new(), vec![Mode::Manual, Mode::Global]), &target_module);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for line in [
            "::legit_health_api::scale::foreign_scale!(Uas, ManualInput);",
            "\"manual\", crate ::api::codes::ScoringSystemCode, [Uas]",
            "$crate::api::scales::Uas : [manual, global]",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
        assert_eq!(text.matches("foreign_scale!").count(), 1, "{text}");
        assert!(!rendered(scale(Vec::new(), vec![Mode::Manual])).contains("foreign_scale!"));
    }

    #[test]
    fn items_become_bounded_fields_that_are_asked_for_in_order() {
        let item = |code: &str, kind| Item { code: code.into(), label: "Label".into(), kind };
        let items = vec![
            item("itchNow", AnswerKind::Whole(0, 3)),
            item("fever", AnswerKind::YesNo),
            item("nodules", AnswerKind::Count),
            item("area", AnswerKind::Percent),
        ];
        let text = rendered(scale(items, vec![Mode::Manual]));
        for line in [
            "/// Label (`itchNow`), 0 to 3.",
            "pub itch_now: ::legit_health_api::scalar::Bounded<0, 3>,",
            "pub fever: bool,",
            "pub nodules: u32,",
            "pub area: ::legit_health_api::scalar::Percent,",
            "kind: AnswerKind::Whole {\n                min: 0u8,\n                max: 3u8,\n            },",
            "modes: &[::legit_health_api::codes::Mode::Manual],",
            "0usize => self.itch_now.into(),",
            "area: ask(&Self::ITEMS[3usize], &mut answer)?,",
            "impl ManualScale for Uas {}",
            "const ACCEPTED_SITES: &'static [&'static str] = &[\"headLeft\"];",
            "ManualInput, ManualScales, \"manual\", ::legit_health_api::codes::ScoringSystemCode,",
            "pub use super::Uas;",
            "$crate::scales::Uas : [manual]",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
    }

    #[test]
    fn a_scale_without_items_is_a_unit() {
        let text = rendered(scale(Vec::new(), vec![Mode::Local, Mode::Global]));
        assert!(text.contains("pub struct Uas;") && text.contains("Ok(Self)"), "{text}");
        assert!(text.contains("impl LocalScale for Uas {}\nimpl GlobalScale for Uas {}"), "{text}");
        assert!(text.contains("$crate::scales::Uas : [local, global]"), "{text}");
    }
}
