//! `cargo xtask campaign sandbox`: the sandbox under load.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::measured::Measured;
use super::write_page;
use crate::Outcome;

const PAGE: &str = "docs/maintainers/sandbox-load.md";

const LOAD: Measured<'static> = Measured {
    package: "legit-health-sandbox",
    target: "load",
    test: "every_request_is_answered_whatever_the_other_clients_do",
    settings: &[("LEGIT_HEALTH_LOAD_FULL", "1")],
};

const SOAK: Measured<'static> = Measured {
    package: "legit-health-sandbox",
    target: "load",
    test: "a_long_run_does_not_grow",
    settings: &[("LEGIT_HEALTH_SOAK_SECONDS", "3600")],
};

pub(super) fn run(root: &Path) -> Outcome {
    let mut figures = LOAD.figures(root)?;
    let soak = SOAK.figures(root)?;
    if let (Some(figures), Value::Object(soak)) = (figures.as_object_mut(), soak) {
        figures.extend(soak);
    }
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    write_page(root, PAGE, &render(&figures, processors).ok_or("the figures are not JSON objects")?)?;
    Ok(std::process::ExitCode::SUCCESS)
}

fn render(figures: &Value, processors: usize) -> Option<String> {
    let mut page = format!(
        "# The sandbox under load\n\nWritten by `cargo xtask campaign sandbox`, which runs `crates/legit-health-sandbox/tests/load.rs` \
         in a release build. Clients and\nsandbox are one process on {processors} processors, so the clients' own work is in \
         the figures. Connections are kept open, and each sends\nits next request when it has the response to the one before. \
         A slow client sends half a request and waits; the good one beside\nthem makes calls without images, and its p99 \
         has to stay below 50 ms. The soak sends every kind of\nrequest for an hour, beside clients that die; its memory is that \
         of clients and sandbox together.\n\n*Requests* are all that were sent, and *per second* how many of them were answered in a \
         second. Half of the responses came within the\ntime *p50*, 99 of 100 within *p99*.\n\n| | requests | per second | p50 in ms \
         | p99 in ms |\n|---|---|---|---|---|\n"
    );
    let mut others = String::new();
    for (name, measured) in figures.as_object()? {
        let measured = measured.as_object()?;
        match ["requests", "per second", "p50 ms", "p99 ms"].map(|column| measured.get(column)) {
            [Some(requests), Some(rate), Some(median), Some(p99)] => {
                let _ = writeln!(page, "| {name} | {requests} | {rate} | {median} | {p99} |");
            }
            _ => measured.iter().for_each(|(what, value)| {
                let _ = writeln!(others, "- {name}: {value} {what}");
            }),
        }
    }
    Some(format!("{page}\n{others}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn figures_become_rows_and_the_rest_a_list() {
        let row = json!({"requests": 10, "per second": 5.0, "p50 ms": 1.5, "p99 ms": 9.0});
        let page = render(&json!({"GET /a, 20": row, "20 clients die": {"seconds": 0.1}}), 2).unwrap();
        assert!(page.contains("| GET /a, 20 | 10 | 5.0 | 1.5 | 9.0 |\n"), "{page}");
        assert!(page.ends_with("\n\n- 20 clients die: 0.1 seconds\n"), "{page}");
        assert!(page.contains(" on 2 processors"), "{page}");
    }
}
