//! The chart at the top of `docs/performance.md`: processor time for one request, a bar for each client.

use std::fmt::Write as _;

const WIDTH: f64 = 780.0;
/// Where the bars begin, and how long the longest is.
const LEFT: f64 = 200.0;
const LONGEST: f64 = 500.0;
const ROW: f64 = 34.0;
const TOP: f64 = 52.0;

/// Draws milliseconds as bars, the longest first. Light and dark follow the reader's system.
pub(super) fn svg(title: &str, times: &[(String, f64)]) -> String {
    let mut times: Vec<&(String, f64)> = times.iter().collect();
    times.sort_by(|a, b| b.1.total_cmp(&a.1));
    let most = times.first().map_or(1.0, |(_, time)| *time);
    let mut bars = String::new();
    let mut y = TOP;
    for (name, time) in &times {
        let class = if name.starts_with("legit-health") { "ours" } else { "other" };
        let (length, digits) = (LONGEST * time / most, if *time < 100.0 { 1 } else { 0 });
        let middle = y + 16.0;
        let _ = writeln!(
            bars,
            "  <text class=\"name\" x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{name}</text>\n  \
             <rect class=\"{class}\" x=\"{LEFT}\" y=\"{y}\" width=\"{length:.1}\" height=\"22\" rx=\"2\"/>\n  \
             <text class=\"name\" x=\"{:.1}\" y=\"{middle}\">{time:.digits$}</text>",
            LEFT - 10.0,
            LEFT + length + 8.0,
        );
        y += ROW;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" role=\"img\" aria-label=\"{title}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"14\">
  <style>
    .ground {{ fill: #ffffff; }}
    .name {{ fill: #16202a; }}
    .title {{ fill: #16202a; font-weight: 600; }}
    .ours {{ fill: #2f8f68; }}
    .other {{ fill: #9aa7b4; }}
    @media (prefers-color-scheme: dark) {{
      .ground {{ fill: #1b1f24; }}
      .name, .title {{ fill: #eef2f6; }}
      .ours {{ fill: #4fb88c; }}
      .other {{ fill: #66727f; }}
    }}
  </style>
  <rect class=\"ground\" width=\"{WIDTH}\" height=\"{y}\"/>
  <text class=\"title\" x=\"20\" y=\"30\">{title}</text>
{bars}</svg>
"
    )
}

#[cfg(test)]
mod tests {
    use super::super::measures::CHART_TITLE;
    use super::*;
    use std::fs;
    use std::path::Path;

    #[test]
    fn bars_are_as_long_as_their_figures_say() {
        let times = [("legit-health, from file".to_owned(), 20.0), ("Node fetch".to_owned(), 200.0)];
        let chart = svg("Time", &times);
        let bars: Vec<&str> = chart.lines().filter(|line| line.contains("rx=\"2\"")).collect();
        assert!(bars[0].contains("class=\"other\"") && bars[0].contains("width=\"500.0\""), "{chart}");
        assert!(bars[1].contains("class=\"ours\"") && bars[1].contains("width=\"50.0\""), "{chart}");
        assert!(chart.contains(">20.0</text>") && chart.contains(">200</text>"), "{chart}");
    }

    /// With `INSTA_UPDATE=always`, the chart is drawn anew from the page.
    #[test]
    fn the_chart_of_the_page_shows_the_figures_of_the_page() {
        let docs = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs"));
        let page = fs::read_to_string(docs.join("performance.md")).unwrap();
        let (_, upload) = page.split_once("### Peak memory of ours").unwrap();
        let upload = upload.split("\n### ").next().unwrap();
        let rows = upload.lines().filter_map(|line| line.strip_prefix("| 20 MB | "));
        let times: Vec<(String, f64)> = rows
            .map(|row| {
                let (name, figures) = row.split_once(" | ").unwrap();
                (name.to_owned(), figures.split(' ').next().unwrap().parse().unwrap())
            })
            .collect();
        assert_eq!(times.len(), 7, "{times:?}");
        let (path, drawn) = (docs.join("performance.svg"), svg(CHART_TITLE, &times));
        if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
            fs::write(&path, &drawn).unwrap();
        }
        assert_eq!(fs::read_to_string(path).unwrap(), drawn, "draw it anew with INSTA_UPDATE=always");
    }
}
