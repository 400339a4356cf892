//! The bounds of the list, and what is left out of it.

use super::*;

fn begin(exchanges: &Arc<Exchanges>, id: &str) -> ExchangeGuard {
    exchanges.begin(id, &Method::POST, &Uri::from_static("/v2.0/x?secret=1"), &HeaderMap::new())
}

fn keep(exchanges: &Arc<Exchanges>, id: &str, size: usize) -> ExchangeGuard {
    let guard = begin(exchanges, id);
    guard.handle.set_operation(Operation::DiagnosisSupport, &Uri::from_static("/v2.0/diagnosis-support"));
    guard.handle.append(Side::Request, &vec![b'x'; size]);
    guard
}

fn is_kept(exchanges: &Exchanges, id: &str) -> bool {
    exchanges.body(id, Side::Request).is_some()
}

#[test]
fn the_oldest_requests_are_forgotten() {
    let exchanges = Arc::new(Exchanges::new(true));
    for number in 0..=MOST_EXCHANGES {
        drop(keep(&exchanges, &number.to_string(), 10));
    }
    let changes = exchanges.changes(0);
    assert_eq!(changes["requests"].as_array().unwrap().len(), MOST_EXCHANGES);
    assert_eq!(changes["oldest"], 2);
    assert!(!is_kept(&exchanges, "0") && is_kept(&exchanges, "1"));
    assert_eq!(exchanges.list().bytes, 10 * MOST_EXCHANGES);
}

#[test]
fn the_oldest_bodies_are_removed_beyond_the_limit_while_their_requests_stay() {
    let exchanges = Arc::new(Exchanges::new(true));
    let (one, other) = (keep(&exchanges, "one", MOST_BYTES / 2), keep(&exchanges, "other", MOST_BYTES / 2));
    assert!(is_kept(&exchanges, "one") && is_kept(&exchanges, "other"));
    let third = keep(&exchanges, "third", 1);
    assert!(!is_kept(&exchanges, "one") && is_kept(&exchanges, "other") && is_kept(&exchanges, "third"));
    assert_eq!(exchanges.changes(0)["requests"][0]["request"]["kept"], "removed");
    assert_eq!(exchanges.changes(0)["requests"][0]["request"]["size"], MOST_BYTES / 2);
    drop((one, other, third));
    assert_eq!(exchanges.list().bytes, MOST_BYTES / 2 + 1);
}

#[test]
fn a_body_above_the_limit_is_not_kept_and_its_bytes_are_still_counted() {
    let exchanges = Arc::new(Exchanges::new(true));
    let guard = keep(&exchanges, "huge", MOST_BYTES);
    guard.handle.append(Side::Request, b"12345");
    guard.handle.append(Side::Request, b"6");
    assert!(!is_kept(&exchanges, "huge"));
    assert_eq!(exchanges.list().bytes, 0);
    assert_eq!(exchanges.changes(0)["requests"][0]["request"]["size"], MOST_BYTES + 6);
}

#[test]
fn nothing_of_a_login_or_of_a_request_outside_the_contract_is_kept() {
    let exchanges = Arc::new(Exchanges::new(true));
    let login = begin(&exchanges, "login");
    login.handle.set_operation(Operation::Login, &Uri::from_static("/v2.0/login?password=1"));
    for guard in [login, begin(&exchanges, "unmatched")] {
        guard.handle.append(Side::Request, b"password");
        guard.set_response(200, &HeaderMap::new());
        guard.handle.append(Side::Response, b"token");
    }
    for id in ["login", "unmatched"] {
        assert!(exchanges.body(id, Side::Request).is_none() && exchanges.body(id, Side::Response).is_none());
    }
    let text = exchanges.changes(0).to_string();
    assert!(!text.contains("secret") && !text.contains("password"), "{text}");
}

#[test]
fn bodies_can_be_turned_off() {
    let exchanges = Arc::new(Exchanges::new(false));
    let _guard = keep(&exchanges, "a", 10);
    assert!(!is_kept(&exchanges, "a"));
    assert_eq!(exchanges.changes(0)["keepsBodies"], false);
    assert_eq!(exchanges.changes(0)["requests"][0]["request"]["size"], 10);
}

#[test]
fn a_detail_is_kept_without_what_was_sent() {
    let exchanges = Arc::new(Exchanges::new(true));
    let guard = begin(&exchanges, "a");
    guard
        .handle
        .set_detail(&json!([{"type": "missing", "loc": ["body"], "msg": "Field required", "input": "x"}]));
    let detail = json!([{"type": "missing", "loc": ["body"], "msg": "Field required"}]);
    assert_eq!(exchanges.changes(0)["requests"][0]["detail"], detail);
}

#[test]
fn the_state_follows_from_the_response_and_its_end() {
    let exchanges = Arc::new(Exchanges::new(true));
    let state = |index: usize| exchanges.changes(0)["requests"][index]["state"].clone();
    let unanswered = begin(&exchanges, "a");
    assert_eq!(state(0), "running");
    drop(unanswered);
    assert_eq!(state(0), "unanswered");
    let cut = begin(&exchanges, "b");
    cut.set_response(200, &HeaderMap::new());
    drop(cut);
    assert_eq!(state(1), "cut_short");
    let mut whole = begin(&exchanges, "c");
    whole.set_response(200, &HeaderMap::new());
    whole.complete();
    drop(whole);
    assert_eq!(state(2), "answered");
}

#[test]
fn only_changes_are_listed_and_clearing_forgets_all() {
    let exchanges = Arc::new(Exchanges::new(true));
    drop(keep(&exchanges, "a", 1));
    let version = exchanges.changes(0)["version"].as_u64().unwrap();
    assert_eq!(exchanges.changes(version)["requests"], json!([]));
    let running = keep(&exchanges, "b", 1);
    assert_eq!(exchanges.changes(version)["requests"][0]["id"], "b");
    exchanges.clear();
    // Notes of a request that was forgotten go nowhere.
    running.handle.append(Side::Request, b"x");
    running.set_response(200, &HeaderMap::new());
    drop(running);
    let changes = exchanges.changes(0);
    assert_eq!((&changes["requests"], &changes["oldest"]), (&json!([]), &json!(3)));
    assert_eq!(exchanges.list().bytes, 0);
}

/// A login that is sent to another operation, for example.
#[test]
fn a_secret_that_was_sent_where_none_belongs_is_not_kept() {
    let exchanges = Arc::new(Exchanges::new(true));
    let guard = begin(&exchanges, "a");
    guard.handle.set_operation(Operation::DiagnosisSupport, &Uri::from_static("/v2.0/x?password=s3cret"));
    guard.handle.append(Side::Request, b"username=a&pass");
    guard.handle.append(Side::Request, b"word=s3cret");
    guard.set_response(422, &HeaderMap::new());
    guard.handle.append(Side::Response, b"s3cret");
    let is_hidden =
        || [Side::Request, Side::Response].iter().all(|side| exchanges.body("a", *side).is_none());
    assert!(is_hidden(), "while it runs");
    drop(guard);
    assert!(is_hidden());
    assert_eq!(exchanges.list().bytes, 0);
    let listed = exchanges.changes(0);
    assert_eq!(listed["requests"][0]["request"]["kept"], "never");
    assert!(!listed.to_string().contains("s3cret"), "{listed}");
}

#[test]
fn a_request_that_has_ended_gets_a_line_of_a_log() {
    let exchanges = Arc::new(Exchanges::new(true));
    let lines = Arc::new(Mutex::new(Vec::new()));
    let received = Arc::clone(&lines);
    exchanges.on_line(move |line| received.lock().unwrap().push(line));
    let guard = keep(&exchanges, "the-id", 1);
    guard.set_response(422, &HeaderMap::new());
    guard.handle.set_detail(&json!([{"input": "what was sent"}, {}]));
    guard.handle.set_account(Some("a@example.org"));
    assert!(lines.lock().unwrap().is_empty());
    drop(guard);
    drop(begin(&exchanges, "other"));
    let lines = lines.lock().unwrap();
    let [line, lost] = lines.as_slice() else { panic!("{lines:?}") };
    assert!(line.contains(" 422 POST /v2.0/x, ") && !line.contains("what was sent"), "{line}");
    assert!(line.ends_with(" ms, 2 errors, a@example.org, the-id"), "{line}");
    assert!(lost.contains(" --- POST /v2.0/x, ") && lost.ends_with(", other"), "{lost}");
}
