//! The console in a browser: every job, with axe, and without a message, a foreign request or a secret. Not in the package,
//! which lacks the walk: `tests/browser` of the workspace.

#[path = "../../../tests/browser/walk.rs"]
mod browser;

use legit_health_sandbox::{Config, Sandbox};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_can_do_every_job_of_the_console() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let without_bodies =
        Config { keep_bodies: false, ..Config::default() }.start().await.expect("a free port");
    let account = sandbox.account().clone();
    let urls = [sandbox.console_url(), &account.username, &account.password, without_bodies.console_url()];
    let mut arguments: Vec<_> = urls.into_iter().map(std::ffi::OsString::from).collect();
    // Where to write pictures of every screen, for a person to look at.
    arguments.extend(std::env::var_os("LEGIT_HEALTH_SCREENSHOTS"));
    let walk =
        tokio::task::spawn_blocking(move || browser::walk("console.mjs", &arguments, "the console works"));
    walk.await.expect("the walk does not panic");
}
