//! The links of a Markdown page. `tests/behaviour/pages.rs` uses the same file.

/// Returns the targets of the links and pictures of a page, without code and without addresses of other sites.
pub(crate) fn links(page: &str) -> Vec<&str> {
    let prose = page.split("\n```").step_by(2);
    let mut found = Vec::new();
    for line in prose.flat_map(str::lines) {
        // Between backticks stands code; a link begins outside.
        let mut is_code = false;
        let mut rest = line;
        while let Some(at) = rest.find(['`', ']']) {
            is_code ^= rest[at..].starts_with('`');
            let target = rest[at..].strip_prefix("](").filter(|_| !is_code);
            found.extend(target.and_then(|target| target.split_once(')')).map(|(target, _)| target));
            rest = &rest[at + 1..];
        }
    }
    found.retain(|target| !target.contains("://") && !target.starts_with("mailto:"));
    found
}

#[cfg(test)]
mod tests {
    use super::links;

    #[test]
    fn links_are_found_outside_of_code() {
        let page = "# A\n[a](a.md#b), ![`b`](../b.svg) and [`c`](c.rs) `[d](d.md)`\n```sh\n[e](e.md)\n```\n[f](#f)\n\
                    [g](https://example.org)\n";
        assert_eq!(links(page), ["a.md#b", "../b.svg", "c.rs", "#f"]);
    }
}
