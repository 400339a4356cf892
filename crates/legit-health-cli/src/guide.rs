//! The pages of the guide in `docs/` whose tables are made from the code: a test compares them, and writes them on request.

mod configuration;
mod errors;
mod images;
mod privacy;
mod scripted_device;
mod software;
mod source_text;

use std::fs;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");

/// Compares the generated blocks of a page, in their order, with what the code yields; writes them if `UPDATE_PAGES` is set.
fn check(page: &str, blocks: &[(&str, String)]) {
    let path = format!("{ROOT}docs/{page}");
    let old = fs::read_to_string(&path).unwrap();
    let in_page = old.lines().filter_map(|line| line.strip_prefix("<!-- generated: ")?.strip_suffix(" -->"));
    assert!(in_page.eq(blocks.iter().map(|(name, _)| *name)), "docs/{page} has other generated blocks");
    let new = blocks.iter().fold(old.clone(), |text, (name, block)| with_block(&text, name, block));
    if std::env::var_os("UPDATE_PAGES").is_some() {
        fs::write(&path, new).unwrap();
    } else {
        assert!(
            new == old,
            "docs/{page} is stale: UPDATE_PAGES=1 cargo test -p legit-health-cli --bin legit-health guide"
        );
    }
}

fn with_block(page: &str, name: &str, block: &str) -> String {
    let begin = format!("<!-- generated: {name} -->\n");
    let (before, rest) = page.split_once(&begin).unwrap();
    let end = rest.find("<!-- /generated -->").expect("a block has an end");
    format!("{before}{begin}\n{}\n\n{}", block.trim_end(), &rest[end..])
}

fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let rule = format!("|{}\n", "---|".repeat(head.len()));
    let rows = rows.into_iter().map(|row| {
        assert_eq!(row.len(), head.len(), "{row:?}");
        line(&row)
    });
    line(&head) + &rule + &rows.collect::<String>()
}

fn code(text: impl std::fmt::Display) -> String {
    format!("`{text}`")
}

#[test]
fn a_block_is_replaced_and_nothing_else() {
    let page =
        "a\n<!-- generated: x -->\nold\n<!-- /generated -->\nb\n<!-- generated: y -->\n<!-- /generated -->\n";
    assert_eq!(
        with_block(page, "x", "new\n"),
        "a\n<!-- generated: x -->\n\nnew\n\n<!-- /generated -->\nb\n<!-- generated: y -->\n<!-- /generated -->\n"
    );
}

#[test]
fn a_bar_does_not_end_a_cell() {
    let rows = [vec!["a|b".to_owned(), "c".to_owned()]];
    assert_eq!(table(&["x", "y"], rows), "| x | y |\n|---|---|\n| a\\|b | c |\n");
}
