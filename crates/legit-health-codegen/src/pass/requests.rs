//! Adds constructors to request types, and methods for optional members and parameters, so that a new optional one is minor.
//!
//! Requests: `new` with the required members and `with_…` for each other one, on a struct that is `#[non_exhaustive]`.
//!
//! Query and header parameters: `operation(required…)` and `operation_with(required…, &options)`. The first keeps its
//! signature when an optional parameter is added, also when it is the first one of its operation.
//!
//! The arguments are in the order of the document. The generator sorts fields and parameters by name: in that order, a renamed
//! one could change places with another one of its type, and calls with the old order would still compile.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use quote::{format_ident, quote};
use syn::{
    Attribute, Expr, Field, Fields, FnArg, ImplItem, ImplItemFn, Item, ItemStruct, LitStr, Pat, Type,
    parse_quote,
};

use super::{doc_text, ident, items_of};
use crate::prepare::field_name;

/// The names in JSON of the members of each type, in the order of the document.
pub(super) type Members = BTreeMap<String, Vec<String>>;

/// The names in Rust of the arguments of each method, in the order of the document. Those in the path are not among them: the
/// generator has put them in front, in the order of the path.
pub(super) type Arguments = BTreeMap<String, Vec<String>>;

/// Adds constructors to these types, and returns those that have none.
pub(super) fn constructors(file: &mut syn::File, mut sent: Members) -> Members {
    let Some(items) = items_of(file, "types") else { return sent };
    *items = std::mem::take(items)
        .into_iter()
        .flat_map(|item| match item {
            Item::Struct(mut it) => {
                let name = it.ident.to_string();
                let Some(block) = sent.get(&name).and_then(|members| constructor(&it, members)) else {
                    return vec![Item::Struct(it)];
                };
                sent.remove(&name);
                let place = it.attrs.iter().position(|attribute| attribute.path().is_ident("derive"));
                it.attrs.insert(place.unwrap_or(0), parse_quote!(#[non_exhaustive]));
                vec![Item::Struct(it), block]
            }
            item => vec![item],
        })
        .collect();
    sent
}

/// `None` also if a required field is not a member in the document: its argument has no place.
fn constructor(it: &ItemStruct, members: &[String]) -> Option<Item> {
    let Fields::Named(fields) = &it.fields else { return None };
    let name = &it.ident;
    let (mut arguments, mut values, mut methods) = (Vec::new(), Vec::new(), Vec::<ImplItem>::new());
    for field in &fields.named {
        let member = field.ident.as_ref()?;
        let Some(default) = default_of(field) else {
            let (argument, value) = argument(member, &field.ty);
            arguments.push((place(field, members)?, argument));
            values.push(quote!(#member: #value));
            continue;
        };
        values.push(quote!(#member: #default));
        let inner = option(&field.ty);
        let (argument, value) = argument(member, inner.unwrap_or(&field.ty));
        let value = if inner.is_some() { quote!(::std::option::Option::Some(#value)) } else { value };
        let docs = docs(&field.attrs, &format!(" Sets `{member}`."));
        let with = format_ident!("with_{}", member.to_string().trim_start_matches("r#"));
        methods.push(parse_quote! {
            #(#docs)*
            #[must_use]
            pub fn #with(mut self, #argument) -> Self {
                self.#member = #value;
                self
            }
        });
    }
    arguments.sort_by_key(|(place, _)| *place);
    let arguments = arguments.into_iter().map(|(_, argument)| argument);
    let doc = match methods.is_empty() {
        true => " Creates it from its members, which are all required.",
        false => " Creates it from the required members; the `with_` methods set the others.",
    };
    Some(parse_quote! {
        impl #name {
            #[doc = #doc]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
            #(#methods)*
        }
    })
}

/// The place of a field among the members.
fn place(field: &Field, members: &[String]) -> Option<usize> {
    let mut name = field.ident.as_ref()?.to_string();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // Attributes other than `rename` do not matter here.
        let _ = attribute.parse_nested_meta(|meta| {
            let value = meta.value().and_then(|value| value.parse::<LitStr>());
            if meta.path.is_ident("rename") {
                name = value?.value();
            }
            Ok(())
        });
    }
    members.iter().position(|member| *member == name)
}

/// The value of a member that is not set; `None` if it is required.
fn default_of(field: &Field) -> Option<Expr> {
    let mut default = None;
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // Other serde attributes, such as `rename`, do not matter here.
        let _ = attribute.parse_nested_meta(|meta| {
            let value = meta.value().and_then(|value| value.parse::<LitStr>()).ok();
            if meta.path.is_ident("default")
                && let Some(function) = value
            {
                let function: syn::Path = function.parse()?;
                default = Some(parse_quote!(#function()));
            } else if ["default", "skip_serializing_if", "flatten"].iter().any(|key| meta.path.is_ident(key))
            {
                default.get_or_insert_with(|| parse_quote!(::std::default::Default::default()));
            }
            Ok(())
        });
    }
    default
}

/// The argument for a member. Text and lists are accepted as `impl Into`; other types as they are, so that two cannot be mixed up.
fn argument(member: &syn::Ident, ty: &Type) -> (FnArg, proc_macro2::TokenStream) {
    match last_segment(ty) {
        Some(last) if last == "String" || last == "Vec" => {
            (parse_quote!(#member: impl ::std::convert::Into<#ty>), quote!(#member.into()))
        }
        _ => (parse_quote!(#member: #ty), quote!(#member)),
    }
}

/// The type inside of an `Option`.
fn option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(syn::GenericArgument::Type(inner)) => Some(inner),
        _ => None,
    }
}

fn last_segment(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|last| last.ident.to_string())
}

fn docs(attributes: &[Attribute], otherwise: &str) -> Vec<Attribute> {
    let mut lines: Vec<Attribute> =
        attributes.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect();
    let own: Attribute = parse_quote!(#[doc = #otherwise]);
    if !lines.is_empty() {
        lines.insert(0, parse_quote!(#[doc = ""]));
    }
    lines.insert(0, own);
    lines
}

/// Orders the arguments of every method, splits those with optional parameters in two, and returns how many these were.
pub(super) fn methods(file: &mut syn::File, arguments: &Arguments) -> usize {
    let mut structs: Vec<Item> = Vec::new();
    for item in &mut file.items {
        let Item::Impl(block) = item else { continue };
        let is_client = matches!(&*block.self_ty, Type::Path(path) if path.path.is_ident("Client"));
        if block.trait_.is_some() || !is_client {
            continue;
        }
        block.items = std::mem::take(&mut block.items)
            .into_iter()
            .flat_map(|item| match item {
                ImplItem::Fn(mut function) => {
                    if let Some(arguments) = arguments.get(&function.sig.ident.to_string()) {
                        order(&mut function, arguments);
                    }
                    match split(&function) {
                        Some((items, methods)) => {
                            structs.extend(items);
                            methods.map(ImplItem::Fn).to_vec()
                        }
                        None => vec![ImplItem::Fn(function)],
                    }
                }
                item => vec![item],
            })
            .collect();
    }
    let count = structs.len() / 2;
    if count > 0 {
        file.items.push(parse_quote! {
            /// The optional parameters of operations.
            pub mod options {
                #[allow(unused_imports)]
                use super::types;
                #(#structs)*
            }
        });
    }
    count
}

/// Orders the required arguments and their documentation. An argument that is not in the document keeps its place.
fn order(function: &mut ImplItemFn, arguments: &[String]) {
    // The generator puts `_` in front of a digit, and `field_name` a letter.
    let place = |name: &str| arguments.iter().position(|argument| *argument == field_name(name));
    let place_of = |argument: &FnArg| {
        let (name, ty) = typed(argument)?;
        if option(ty).is_some() { None } else { place(&name.to_string()) }
    };
    let mut sorted: Vec<FnArg> =
        function.sig.inputs.iter().filter(|input| place_of(input).is_some()).cloned().collect();
    sorted.sort_by_key(place_of);
    let slots = function.sig.inputs.iter_mut().filter(|input| place_of(input).is_some());
    for (slot, argument) in slots.zip(sorted) {
        *slot = argument;
    }
    function.attrs = with_lines(&function.attrs, |lines| lines.sort_by_key(|(name, _)| name.and_then(place)));
}

/// The name and the type of an argument, unless it is `self`.
fn typed(argument: &FnArg) -> Option<(&syn::Ident, &Type)> {
    match argument {
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(name) => Some((&name.ident, &*typed.ty)),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    }
}

/// The struct of the optional parameters with its methods, and the two methods of the client.
fn split(function: &ImplItemFn) -> Option<([Item; 2], [ImplItemFn; 2])> {
    let arguments: Vec<(&syn::Ident, &Type)> = function.sig.inputs.iter().filter_map(typed).collect();
    let optional: Vec<_> =
        arguments.iter().filter_map(|(name, ty)| option(ty).map(|inner| (*name, inner))).collect();
    if optional.is_empty() {
        return None;
    }
    let operation = &function.sig.ident;
    let name = ident(&format!("{}Options", operation.to_string().to_upper_camel_case()));
    let (with, described) = (format_ident!("{operation}_with"), described(&function.attrs));

    let required: Vec<&FnArg> = function
        .sig
        .inputs
        .iter()
        .filter(|argument| !matches!(argument, FnArg::Typed(typed) if option(&typed.ty).is_some()))
        .collect();
    let passed = arguments.iter().filter(|(_, ty)| option(ty).is_none()).map(|(name, _)| name);
    let mut plain = function.clone();
    plain.sig.inputs = required.iter().map(|argument| (*argument).clone()).collect();
    plain.attrs = with_lines(&function.attrs, |lines| {
        lines.retain(|(line_of, _)| !optional.iter().any(|(name, _)| line_of.is_some_and(|of| *name == of)));
    });
    plain.block = parse_quote!({
        self.#with(#(#passed,)* &::std::default::Default::default()).await
    });

    let mut full = function.clone();
    full.sig.ident = with.clone();
    full.sig.inputs = plain.sig.inputs.clone();
    full.sig.inputs.push(parse_quote!(options: &'a options::#name));
    full.attrs = plain.attrs.clone();
    full.attrs.push(parse_quote!(#[doc = " - `options`: Optional parameters"]));
    for (member, _) in optional.iter().rev() {
        full.block.stmts.insert(0, parse_quote!(let #member = options.#member.as_ref();));
    }

    let (mut fields, mut methods) = (Vec::<Field>::new(), Vec::<ImplItem>::new());
    for (member, inner) in &optional {
        let owned = owned(inner);
        let text = described.iter().rfind(|(name, _)| *member == name).map(|(_, text)| text.as_str());
        let text = format!(" {}", text.unwrap_or("An optional parameter"));
        fields.push(parse_quote!(#[doc = #text] pub #member: ::std::option::Option<#owned>));
        let (argument, value) = argument(member, &owned);
        let setter = format_ident!("with_{}", member.to_string().trim_start_matches("r#"));
        let doc = format!(" Sets `{member}`.");
        methods.push(parse_quote! {
            #[doc = #doc]
            #[doc = ""]
            #[doc = #text]
            #[must_use]
            pub fn #setter(mut self, #argument) -> Self {
                self.#member = ::std::option::Option::Some(#value);
                self
            }
        });
    }
    let doc = format!(" The optional parameters of [`{with}`](super::Client::{with}).");
    let it = parse_quote! {
        #[doc = #doc]
        #[derive(Clone, Debug, Default)]
        #[non_exhaustive]
        pub struct #name { #(#fields),* }
    };
    let block = parse_quote! {
        impl #name {
            /// Creates it without any parameter; the `with_` methods set them.
            pub fn new() -> Self {
                Self::default()
            }
            #(#methods)*
        }
    };
    Some(([it, block], [plain, full]))
}

/// The owned type: `String` for `&'a str`, for any other reference the type that it refers to.
fn owned(ty: &Type) -> Type {
    match ty {
        Type::Reference(reference) if last_segment(&reference.elem).is_some_and(|name| name == "str") => {
            parse_quote!(::std::string::String)
        }
        Type::Reference(reference) => (*reference.elem).clone(),
        other => other.clone(),
    }
}

/// The lines ``- `name`: text`` of a method's documentation.
fn described(attributes: &[Attribute]) -> Vec<(String, String)> {
    let lines = attributes.iter().filter_map(doc_text);
    let lines = lines.flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>());
    lines
        .filter_map(|line| {
            let (name, text) = parameter_line(&line)?;
            Some((name.to_owned(), text?.to_owned()))
        })
        .collect()
}

/// The parameter that begins in this line, and the text about it.
fn parameter_line(line: &str) -> Option<(&str, Option<&str>)> {
    let (name, text) = line.trim().strip_prefix("- `")?.split_once('`')?;
    if text.is_empty() { Some((name, None)) } else { Some((name, Some(text.strip_prefix(": ")?))) }
}

/// The attributes of a method with other lines of documentation, which come with the parameter that they are about. Such lines
/// stand at the end; a list before them is part of the description.
fn with_lines(attributes: &[Attribute], change: impl Fn(&mut Vec<(Option<&str>, &str)>)) -> Vec<Attribute> {
    const HEADING: &str = "Arguments:";
    let begins = |attribute: &Attribute| doc_text(attribute).is_some_and(|text| text.contains(HEADING));
    let first = attributes.iter().rposition(begins).unwrap_or(attributes.len());
    let changed = |(index, attribute): (usize, &Attribute)| {
        let Some(text) = doc_text(attribute).filter(|_| index >= first) else { return attribute.clone() };
        let begin = text.rfind(HEADING).unwrap_or_default();
        let mut parameter = None;
        let mut lines: Vec<_> = text[..begin].lines().map(|line| (None, line)).collect();
        lines.extend(text[begin..].lines().map(|line| {
            parameter = parameter_line(line).map(|(name, _)| name).or(parameter);
            (parameter, line)
        }));
        change(&mut lines);
        let text = lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>().join("\n");
        parse_quote!(#[doc = #text])
    };
    attributes.iter().enumerate().map(changed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(name: &str, members: &[&str]) -> (String, Vec<String>) {
        (name.to_owned(), members.iter().map(|member| (*member).to_owned()).collect())
    }

    #[test]
    fn a_request_has_a_constructor_and_a_method_for_each_optional_member() {
        let mut file = syn::parse_file(
            "pub mod types {
                #[derive(Clone)]
                pub struct Request {
                    /// Words
                    #[serde(skip_serializing_if = \"::std::option::Option::is_none\")]
                    pub title: ::std::option::Option<::std::string::String>,
                    #[serde(rename = \"bodySite\")]
                    pub body_site: Site,
                    #[serde(default, skip_serializing_if = \"::std::vec::Vec::is_empty\")]
                    pub payload: ::std::vec::Vec<Media>,
                    #[serde(default = \"defaults::limit\")]
                    pub limit: i64,
                    pub note: ::std::option::Option<bool>,
                }
                #[derive(Clone)]
                pub struct Report { pub id: u8 }
            }",
        )
        .unwrap();
        let request = members("Request", &["payload", "note", "title", "bodySite", "limit"]);
        let lost = members("Lost", &["id"]);
        assert_eq!(constructors(&mut file, [request, lost.clone()].into()), [lost].into());
        let text = prettyplease::unparse(&file);
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "#[non_exhaustive] #[derive(Clone)] pub struct Request",
            "pub fn new(note: ::std::option::Option<bool>, body_site: Site) -> Self",
            "limit: defaults::limit(),",
            "/// Sets `title`. /// /// Words #[must_use] pub fn with_title( mut self, title: impl \
             ::std::convert::Into<::std::string::String>, ) -> Self { self.title = \
             ::std::option::Option::Some(title.into()); self }",
            "pub fn with_payload( mut self, payload: impl ::std::convert::Into<::std::vec::Vec<Media>>, ) -> Self",
            "pub fn with_limit(mut self, limit: i64) -> Self { self.limit = limit; self }",
        ] {
            assert!(flat.contains(part), "{part} is missing in\n{flat}");
        }
        assert!(!flat.contains("impl Report"), "{flat}");
    }

    /// A constructor with its arguments in a guessed order would be worse than none.
    #[test]
    fn a_required_field_that_is_not_in_the_document_is_refused() {
        const REQUEST: &str = "pub mod types { pub struct Request { #[serde(rename = \"b\")] pub a: u8 } }";
        for (member, refused) in [("b", false), ("a", true)] {
            let mut file = syn::parse_file(REQUEST).unwrap();
            let left = constructors(&mut file, [members("Request", &[member])].into());
            assert_eq!(left.contains_key("Request"), refused, "{member}");
        }
    }

    #[test]
    fn optional_parameters_are_in_a_struct_of_their_own() {
        let mut file = syn::parse_file(
            "impl Client {
                ///List
                ///
                ///- `code`: not an argument
                ///
                ///Arguments:
                ///- `code`: Code of one
                ///- `pathology`: ICD-11 code
                pub async fn list<'a>(&'a self, code: Option<&'a str>, limit: Option<i64>, pathology: &'a str) -> u8 {
                    query(\"code\", &code);
                }
                pub async fn bare<'a>(&'a self) -> u8 { 0 }
            }",
        )
        .unwrap();
        assert_eq!(methods(&mut file, &Arguments::new()), 1);
        let text = prettyplease::unparse(&file);
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "pub async fn list<'a>(&'a self, pathology: &'a str) -> u8 { self.list_with(pathology, \
             &::std::default::Default::default()).await }",
            "pub async fn list_with<'a>( &'a self, pathology: &'a str, options: &'a options::ListOptions, ) -> u8 { \
             let code = options.code.as_ref(); let limit = options.limit.as_ref(); query(\"code\", &code); }",
            "#[non_exhaustive] pub struct ListOptions",
            "/// Code of one pub code: ::std::option::Option<::std::string::String>,",
            "pub fn with_limit(mut self, limit: i64) -> Self",
            "pub async fn bare<'a>(&'a self) -> u8",
        ] {
            assert!(flat.contains(part), "{part} is missing in\n{flat}");
        }
        assert_eq!(flat.matches("- `code`: Code").count(), 0, "{flat}");
    }

    /// The generator has sorted them by name, with headers after the body.
    #[test]
    fn the_arguments_of_a_method_are_in_the_order_of_the_document() {
        let mut file = syn::parse_file(
            "impl Client {
                #[doc = \"Arguments:\\n- `id`\\n- `_7`: Seven\\nof them\\n- `area`: Area\\n- `limit`: Most\\nof all\\n- `zone`\\n- `body`\\n\"]
                pub async fn list<'a>(&'a self, id: &'a str, _7: &'a str, area: &'a str, limit: Option<i64>, zone: &'a str,
                    body: &'a B, unknown: &'a str, x_kind: &'a str) -> u8 { 0 }
                pub async fn bare<'a>(&'a self, a: &'a str, b: &'a str) -> u8 { 0 }
            }",
        )
        .unwrap();
        let arguments = [
            members("list", &["zone", "x_kind", "area", "limit", "x7", "body"]),
            members("bare", &["b", "a", "body"]),
        ];
        assert_eq!(methods(&mut file, &arguments.into()), 1);
        let text = prettyplease::unparse(&file);
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "Arguments: - `id` - `zone` - `area`: Area - `_7`: Seven of them - `body`*/ pub async fn list<'a>( &'a self, \
             id: &'a str, zone: &'a str, x_kind: &'a str, area: &'a str, _7: &'a str, unknown: &'a str, body: &'a B, ) -> \
             u8 { self.list_with( id, zone, x_kind, area, _7, unknown, body, &::std::default::Default::default(), )",
            "body: &'a B, options: &'a options::ListOptions, ) -> u8",
            "pub async fn bare<'a>(&'a self, b: &'a str, a: &'a str) -> u8",
        ] {
            assert!(flat.contains(part), "{part} is missing in\n{flat}");
        }
    }
}
