//! A pass over the generated client: its constructor.

use syn::{ImplItem, Item};

/// Removes the constructor that makes an HTTP client of its own.
///
/// That client ends every call after 15 s, follows redirects, and panics if it cannot be built. A call may be billed and
/// takes longer than that, so the HTTP client is always given.
pub(super) fn given_client(file: &mut syn::File) -> usize {
    let mut removed = 0;
    for item in &mut file.items {
        let Item::Impl(block) = item else { continue };
        if block.trait_.is_none()
            && matches!(&*block.self_ty, syn::Type::Path(path) if path.path.is_ident("Client"))
        {
            let before = block.items.len();
            block.items.retain(|item| !matches!(item, ImplItem::Fn(function) if function.sig.ident == "new"));
            removed += before - block.items.len();
        }
    }
    removed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_constructor_without_a_client_is_removed() {
        let mut file = syn::parse_file(
            "impl Client { pub fn new() -> Self { panic!() } pub fn new_with_client(c: C) -> Self { Self(c) } }
             impl Other { pub fn new() -> Self { Self } }",
        )
        .unwrap();
        assert_eq!(given_client(&mut file), 1);
        let text = prettyplease::unparse(&file);
        assert!(
            text.contains("new_with_client") && text.contains("impl Other {\n    pub fn new()"),
            "{text}"
        );
    }
}
