//! The sandbox under load: many connections, slow clients beside a good one, clients that die, and a long run. `cargo xtask campaign
//! sandbox` runs it with many more of each, and writes down the figures that it prints.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use legit_health_sandbox::{Config, Ledger, Sandbox, samples};
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// How much load.
struct Load {
    /// Numbers of connections that are kept open and used at once.
    connections: &'static [usize],
    /// Requests on each of them; of those with an image a fiftieth, and at least one.
    requests: usize,
    /// Clients that begin a request and send no more.
    slow: usize,
    /// Requests of the good client beside them.
    good: usize,
    /// Clients that close the connection in the middle of a body.
    dying: usize,
}

const USUAL: Load = Load { connections: &[20], requests: 5, slow: 50, good: 50, dying: 20 };
const FULL: Load = Load { connections: &[200, 1000], requests: 50, slow: 1000, good: 2000, dying: 300 };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_is_answered_whatever_the_other_clients_do() {
    let is_full = std::env::var_os("LEGIT_HEALTH_LOAD_FULL").is_some();
    let load = if is_full { &FULL } else { &USUAL };
    // Bodies are kept, as where a person looks at the console.
    let sandbox = Config { seed: Some(1), ..Config::default() }.start().await.unwrap();
    let requests = Requests::of(&sandbox).await;
    let mut figures = Map::new();
    for count in load.connections {
        for (name, request, share) in [
            ("GET /device-information", &requests.device, 1),
            ("GET /body-sites", &requests.sites, 1),
            ("POST /login", &requests.login, 1),
            ("POST /severity-assessment/manual", &requests.manual, 1),
            ("POST /diagnosis-support, an image of 77 kB", &requests.image, 50),
            ("POST /severity-assessment/automatic/local, an image of 77 kB", &requests.local, 50),
            ("POST /severity-assessment/automatic/global, an image of 77 kB", &requests.global, 50),
        ] {
            let each = (load.requests / share).max(1);
            figures
                .insert(format!("{name}, {count} connections"), many(&sandbox, request, *count, each).await);
        }
    }
    let beside_slow = beside_slow_clients(&sandbox, &requests, load).await;
    if is_full {
        let p99 = beside_slow["p99 ms"].as_f64().unwrap();
        assert!(p99 < 50.0, "the good client waits for the slow ones: {beside_slow}");
    }
    figures.insert(format!("the good client beside {} slow ones", load.slow), beside_slow);
    figures.insert(format!("{} clients die in a body", load.dying), dying(&sandbox, &requests, load).await);
    io::stdout().write_all(format!("{}\n", Value::Object(figures)).as_bytes()).unwrap();
}

/// Every kind of request, again and again, on connections that are opened anew each round, beside clients that die. What is kept
/// for the console is bounded, so the memory of the process has to stay where it was after a tenth of the time.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_run_does_not_grow() {
    let seconds = std::env::var("LEGIT_HEALTH_SOAK_SECONDS").map_or(5, |text| text.parse().unwrap());
    let sandbox = Config { seed: Some(1), ..Config::default() }.start().await.unwrap();
    let (started, whole) = (Instant::now(), Duration::from_secs(seconds));
    let (mut rounds, mut sent, mut settled, mut most) = (0_u64, 0_usize, None, 0);
    while started.elapsed() < whole {
        // A token of the beginning would end before an hour has passed.
        let requests = Requests::of(&sandbox).await;
        for request in requests.all() {
            many(&sandbox, request, 4, 2).await;
            sent += 8;
        }
        dying(&sandbox, &requests, &USUAL).await;
        rounds += 1;
        if started.elapsed() >= whole / 10 {
            most = most.max(resident_kilobytes());
            settled.get_or_insert(most);
        }
    }
    let (settled, last) = (settled.unwrap(), resident_kilobytes());
    let figures = json!({"soak": {
        "seconds": started.elapsed().as_secs(), "rounds": rounds, "requests with a response": sent,
        "clients that died": rounds * USUAL.dying as u64, "kB of memory after a tenth of the time": settled,
        "kB of memory at the end": last, "kB of memory at most": most,
    }});
    io::stdout().write_all(format!("{figures}\n").as_bytes()).unwrap();
    assert!(last < settled + settled / 10 + 16_384, "{figures}");
}

/// The memory of this process, clients included.
#[cfg(target_os = "linux")]
fn resident_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the status of this process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number of kB")
}

/// Requests as they are sent.
struct Requests {
    device: Vec<u8>,
    sites: Vec<u8>,
    login: Vec<u8>,
    manual: Vec<u8>,
    image: Vec<u8>,
    local: Vec<u8>,
    global: Vec<u8>,
}

impl Requests {
    async fn of(sandbox: &Sandbox) -> Self {
        let account = sandbox.account();
        let form = format!("username={}&password={}", account.username, account.password);
        let login = request("POST /v2.0/login", "content-type: application/x-www-form-urlencoded\r\n", &form);
        let answer = connect(sandbox).await.expect("a connection").ask(&login).await.expect("a response");
        let answer: Value = serde_json::from_slice(&answer.1).expect("JSON");
        let token =
            format!("authorization: Bearer {}\r\n", answer["access_token"].as_str().expect("a token"));
        let typed = format!("{token}content-type: application/json\r\n");
        let image = json!({"contentAttachment": {"data": STANDARD.encode(&samples::all()[0].bytes)}});
        let severity = |scales: Value| {
            json!({
                "bodySite": "armLeft", "knownCondition": {"conclusion": {"text": "psoriasis"}}, "payload": image,
                "scoringSystem": scales,
            })
        };
        let item = json!({"question1": 1, "question2": 0, "question3": 0, "question4": 1});
        let mut manual = severity(json!({"pure4": {"questionnaireResponse": {"item": item}}}));
        manual.as_object_mut().expect("an object").remove("payload");
        let local = severity(json!({"apasi": {"questionnaireResponse": {"item": {"surface": 2}}}}));
        let mut global = severity(json!({"avasi": {"item": {"faceFront": {"payload": image}}}}));
        global.as_object_mut().expect("an object").retain(|name, _| name != "payload" && name != "bodySite");
        let severity = |path: &str, body: Value| {
            request(&format!("POST /v2.0/severity-assessment/{path}"), &typed, &body.to_string())
        };
        Self {
            device: request("GET /v2.0/device-information", &token, ""),
            sites: request("GET /v2.0/body-sites", "", ""),
            manual: severity("manual", manual),
            local: severity("automatic/local", local),
            global: severity("automatic/global", global),
            image: request("POST /v2.0/diagnosis-support", &typed, &json!({"payload": [image]}).to_string()),
            login,
        }
    }

    #[cfg(target_os = "linux")]
    fn all(&self) -> [&[u8]; 7] {
        let Self { device, sites, login, manual, image, local, global } = self;
        [device, sites, login, manual, image, local, global]
    }
}

fn request(line: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{line} HTTP/1.1\r\nhost: sandbox\r\n{headers}content-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// A connection that is kept open.
struct Client(BufReader<TcpStream>);

async fn connect(sandbox: &Sandbox) -> io::Result<Client> {
    let address = sandbox.base_url().trim_start_matches("http://").trim_end_matches("/v2.0");
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(Client(BufReader::new(stream)))
}

impl Client {
    /// Returns status and body of the response.
    async fn ask(&mut self, request: &[u8]) -> io::Result<(u16, Vec<u8>)> {
        self.0.write_all(request).await?;
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await?;
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().map_err(io::Error::other)?;
            } else if let Some(rest) = line.strip_prefix("content-length: ") {
                length = rest.parse().map_err(io::Error::other)?;
            } else if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await?;
        Ok((status, body))
    }
}

/// Sends a request on many connections at once, each several times.
async fn many(sandbox: &Sandbox, request: &[u8], connections: usize, each: usize) -> Value {
    let mut clients = JoinSet::new();
    let started = Instant::now();
    for _ in 0..connections {
        let mut client = connect(sandbox).await.expect("a connection");
        let request = request.to_vec();
        clients.spawn(async move {
            let mut times = Vec::new();
            for _ in 0..each {
                let asked = Instant::now();
                let (status, _) = client.ask(&request).await.expect("a response");
                assert_eq!(status, 200);
                times.push(asked.elapsed());
            }
            times
        });
    }
    let times = clients.join_all().await.concat();
    figures(times, started.elapsed())
}

fn figures(mut times: Vec<Duration>, elapsed: Duration) -> Value {
    times.sort_unstable();
    let milliseconds = |share: f64| {
        let index = ((times.len() - 1) as f64 * share) as usize;
        (times[index].as_secs_f64() * 10_000.0).round() / 10.0
    };
    json!({
        "requests": times.len(),
        "per second": (times.len() as f64 / elapsed.as_secs_f64()).round() as u64,
        "p50 ms": milliseconds(0.5),
        "p99 ms": milliseconds(0.99),
    })
}

/// Returns the part of a request up to the middle of its body.
fn half(request: &[u8]) -> &[u8] {
    &request[..request.len() / 2]
}

async fn beside_slow_clients(sandbox: &Sandbox, requests: &Requests, load: &Load) -> Value {
    let mut slow = Vec::new();
    for _ in 0..load.slow {
        let mut client = connect(sandbox).await.expect("a connection");
        client.0.write_all(half(&requests.image)).await.expect("half a request");
        slow.push(client);
    }
    sandbox.wait_until(|ledger| ledger.total().in_flight >= load.slow as u64).await;
    let mut good = connect(sandbox).await.expect("a connection");
    let (mut times, started) = (Vec::new(), Instant::now());
    for number in 0..load.good {
        let asked = Instant::now();
        let request = [&requests.device, &requests.manual, &requests.sites][number % 3];
        assert_eq!(good.ask(request).await.expect("a response").0, 200);
        times.push(asked.elapsed());
    }
    figures(times, started.elapsed())
}

async fn dying(sandbox: &Sandbox, requests: &Requests, load: &Load) -> Value {
    sandbox.wait_until(|ledger| ledger.total().in_flight == 0).await;
    // Without a response, or with one that nobody takes.
    let lost = |ledger: &Ledger| {
        let total = ledger.total();
        total.unanswered.values().sum::<u64>() + total.responses("diagnosis_support", 400)
    };
    let before = lost(&sandbox.ledger());
    let started = Instant::now();
    for _ in 0..load.dying {
        let mut client = connect(sandbox).await.expect("a connection");
        client.0.write_all(half(&requests.image)).await.expect("half a request");
    }
    let all = before + load.dying as u64;
    sandbox.wait_until(|ledger| ledger.total().in_flight == 0 && lost(ledger) >= all).await;
    let mut good = connect(sandbox).await.expect("a connection");
    assert_eq!(good.ask(&requests.manual).await.expect("a response").0, 200);
    json!({"seconds until nothing of them is left": (started.elapsed().as_secs_f64() * 100.0).round() / 100.0})
}
