//! docs/configuration.md: variables, options, settings of the client, and their defaults.

use super::source_text::{between, documented, shipped, source};
use super::{code, table};
use crate::account::profile::ProfileName;
use crate::meaningful_options::command_line;
use clap::{Arg, Command};
use legit_health::{Client, Credentials, RetryPolicy, Timeouts};
use std::collections::BTreeSet;

#[test]
fn the_page_is_what_the_code_says() {
    let blocks = [
        ("variables", variables()),
        ("options", options()),
        ("options of commands", options_of_commands()),
        ("client", client()),
        ("calls", calls()),
        ("time limits", members_with_defaults("Timeouts", &format!("{:?}", Timeouts::default()))),
        ("retries", members_with_defaults("RetryPolicy", &format!("{:?}", RetryPolicy::default()))),
        ("network", network()),
    ];
    super::check("configuration.md", &blocks);
}

struct Variable {
    names: &'static [&'static str],
    /// The option of the program that comes first.
    option: Option<&'static str>,
    default: &'static str,
    meaning: &'static str,
}

const fn variable(
    names: &'static [&'static str],
    option: Option<&'static str>,
    default: &'static str,
    meaning: &'static str,
) -> Variable {
    Variable { names, option, default, meaning }
}

const NONE: &str = "none";

/// Those that have no row of their own stand in that of another one: lower case, and a user that PostgreSQL does not name.
const VARIABLES: [Variable; 25] = [
    variable(&["LEGIT_HEALTH_URL"], None, "required", "address of the device, version segment included"),
    variable(&["LEGIT_HEALTH_USERNAME"], None, "required", "user name of the account"),
    variable(
        &["LEGIT_HEALTH_PASSWORD", "LEGIT_HEALTH_PASSWORD_FILE"],
        None,
        "required: one of the two",
        "password, or a file whose first line it is, which is read at each login",
    ),
    variable(&["LEGIT_HEALTH_CATALOG_URL"], None, "CATALOG", "address of the catalog"),
    variable(
        &["LEGIT_HEALTH_CA_FILE"],
        Some("--ca-certificate"),
        NONE,
        "PEM file of CA certificates to trust besides those of the system",
    ),
    variable(
        &["LEGIT_HEALTH_CLIENT_CERT_FILE"],
        Some("--client-certificate"),
        NONE,
        "PEM file of the client certificate, which may hold its key",
    ),
    variable(
        &["LEGIT_HEALTH_CLIENT_KEY_FILE"],
        Some("--client-key"),
        NONE,
        "PEM file of its private key, unencrypted",
    ),
    variable(
        &["HTTPS_PROXY", "ALL_PROXY"],
        None,
        "no proxy; on macOS and Windows that of the system",
        "address of an HTTP proxy; in lower case, too. Not used for a loopback address. An error if `REQUEST_METHOD` is set, as \
         in a CGI program",
    ),
    variable(
        &["NO_PROXY"],
        None,
        NONE,
        "exceptions: `host`, `.domain`, `*.domain`, `*`, an address, a network, each with a port or without; in lower case, too",
    ),
    variable(
        &["SSL_CERT_FILE", "SSL_CERT_DIR"],
        None,
        "the certificates of the system",
        "on Linux and the BSDs: PEM file, and directories, that replace the certificates of the system",
    ),
    variable(&["LEGIT_HEALTH_PROFILE"], Some("--profile"), "PROFILE", "profile of `legit-health login`"),
    variable(
        &["LEGIT_HEALTH_NO_TOKEN_CACHE"],
        Some("--no-token-cache"),
        "not set",
        "with any value: the token is not shared by commands",
    ),
    variable(
        &["XDG_CONFIG_HOME"],
        None,
        "`~/.config`; on Windows `%APPDATA%`",
        "profiles are in `legit-health/profiles` there",
    ),
    variable(
        &["XDG_CACHE_HOME"],
        None,
        "`~/.cache`; on Windows `%LOCALAPPDATA%`",
        "tokens are in `legit-health/tokens` there",
    ),
    variable(
        &["NO_COLOR", "CLICOLOR_FORCE"],
        Some("--color"),
        "colours in a terminal only",
        "no colours; colours also where there is no terminal",
    ),
    variable(
        &["LEGIT_HEALTH_SANDBOX_USERNAME"],
        Some("sandbox --username"),
        "a user name of the sandbox",
        "user name of the account of `legit-health sandbox`",
    ),
    variable(
        &["LEGIT_HEALTH_SANDBOX_PASSWORD"],
        Some("sandbox --password-file"),
        "made anew at each start",
        "its password",
    ),
    variable(&["PGHOST"], None, "the socket of this machine", "host of the database"),
    variable(&["PGPORT"], None, "5432", "its port"),
    variable(&["PGUSER"], None, "`USER`", "user of the database"),
    variable(&["PGDATABASE"], None, "the user", "name of the database"),
    variable(
        &["PGPASSWORD", "PGPASSFILE"],
        None,
        "`~/.pgpass`",
        "password, or the password file, which only its owner may read",
    ),
    variable(
        &["PGSSLMODE"],
        None,
        "TLS to other machines",
        "`verify-full`, `verify-ca` or `require`; `disable` and the others for this machine only",
    ),
    variable(
        &["PGSSLROOTCERT"],
        None,
        "the certificates of the system",
        "PEM file of the CA of the database",
    ),
    variable(&["PGAPPNAME"], None, "`legit-health-batch`", "name of the program in the database"),
];

fn variables() -> String {
    let catalog = format!("the address of the device if it is a loopback address, else {}", code(catalog()));
    let profile = code(ProfileName::default());
    let command = command_line();
    let of_library = literals(&["legit-health"]);
    let of_batches = literals(&["legit-health-batch"]);
    // Who reads a variable is whose source names it; a dependency reads SSL_CERT_FILE for whoever makes a connection.
    let readers = |name: &str| match name {
        "SSL_CERT_FILE" => "library, program",
        _ if of_library.contains(name) => "library, program",
        _ if of_batches.contains(name) => "batches in a database",
        _ => "program",
    };
    table(
        &["variable", "option of the program, which comes first", "default", "read by", "meaning"],
        VARIABLES.iter().map(|variable| {
            let option = variable.option.map(|option| {
                let (path, name) = option.rsplit_once("--").unwrap();
                let command = path.split_whitespace().fold(&command, subcommand);
                assert!(
                    command.get_arguments().any(|argument| argument.get_long() == Some(name)),
                    "{option}"
                );
                code(option)
            });
            let default = match variable.default {
                "CATALOG" => catalog.clone(),
                "PROFILE" => profile.clone(),
                default => default.to_owned(),
            };
            let names: Vec<String> = variable.names.iter().map(code).collect();
            vec![
                names.join(", "),
                option.unwrap_or_default(),
                default,
                readers(variable.names[0]).to_owned(),
                variable.meaning.to_owned(),
            ]
        }),
    )
}

/// Texts of the source that look like names of variables.
fn literals(crates: &[&str]) -> BTreeSet<String> {
    let is_of_ours = |text: &&str| {
        let is_name = text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        is_name
            && (text.starts_with("LEGIT_HEALTH_")
                || text.starts_with("PG") && text.len() > 4
                || text.ends_with("_PROXY"))
    };
    let texts = shipped(crates);
    texts.iter().flat_map(|text| text.split('"')).filter(is_of_ours).map(str::to_owned).collect()
}

#[test]
fn every_variable_that_the_code_names_has_a_row_and_none_is_made_up() {
    let read = literals(&[
        "legit-health",
        "legit-health-batch",
        "legit-health-cli",
        "legit-health-follow-up",
        "legit-health-report",
        "legit-health-sandbox",
    ]);
    let of_dependencies =
        ["SSL_CERT_FILE", "SSL_CERT_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "NO_COLOR", "CLICOLOR_FORCE"];
    let listed = VARIABLES.iter().flat_map(|variable| variable.names);
    let listed = listed.filter(|name| !of_dependencies.contains(name)).map(|name| (*name).to_owned());
    assert_eq!(listed.collect::<BTreeSet<_>>(), read);
}

/// The address of the catalog, unless the device has a loopback address.
fn catalog() -> String {
    let builder = Client::builder().base_url("https://device.example/v2.0");
    let client = builder.credentials(Credentials::password("user", "password")).build().unwrap();
    client.catalog().base_url().to_string()
}

fn options() -> String {
    let command = command_line();
    let shown = command.get_arguments().filter(|argument| argument.is_global_set());
    table(&["option", "default", "meaning"], shown.map(row))
}

fn options_of_commands() -> String {
    let command = command_line();
    let rows = [
        ("diagnosis-support", &["max_in_flight", "max_megabytes"][..]),
        ("batch run", &["max_calls", "max_in_flight", "max_bytes", "give_up_after"]),
        ("sandbox", &["port", "address", "allow_non_loopback", "allow_host", "https", "token_life", "seed"]),
    ];
    let rows = rows.iter().flat_map(|(path, ids)| {
        let command = path.split(' ').fold(&command, subcommand);
        ids.iter().map(move |id| {
            let cells = row(own_argument(command, id));
            [vec![code(path)], cells].concat()
        })
    });
    table(&["command", "option", "default", "meaning"], rows)
}

fn subcommand<'a>(command: &'a Command, name: &str) -> &'a Command {
    command.find_subcommand(name).unwrap_or_else(|| panic!("no command `{name}`"))
}

fn own_argument<'a>(command: &'a Command, id: &str) -> &'a Arg {
    let mut arguments = command.get_arguments();
    arguments.find(|argument| argument.get_id() == id).unwrap_or_else(|| panic!("no option `{id}`"))
}

fn row(argument: &Arg) -> Vec<String> {
    let long = argument.get_long().unwrap();
    let takes_value = argument.get_action().takes_values();
    let value =
        argument.get_value_names().filter(|_| takes_value).map(|names| format!(" {}", names.join(" ")));
    let short = argument.get_short().map(|short| format!("`-{short}`, ")).unwrap_or_default();
    let given: Vec<String> =
        argument.get_default_values().iter().map(|value| code(value.to_string_lossy())).collect();
    let default = match long {
        "timeout" => code(Timeouts::default().overall.as_secs()),
        "profile" => format!("the environment, else {}", code(ProfileName::default())),
        _ if !takes_value => "off".to_owned(),
        _ if given.is_empty() => NONE.to_owned(),
        _ => given.join(", "),
    };
    let help = argument.get_help().unwrap().to_string();
    vec![format!("{short}{}", code(format!("--{long}{}", value.unwrap_or_default()))), default, help]
}

fn client() -> String {
    let methods = documented(&source("legit-health/src/client/builder.rs"), "impl ClientBuilder {");
    let settings = methods.iter().filter(|method| !matches!(method.name.as_str(), "from_env" | "build"));
    let rows = settings.map(|method| {
        let default = match method.name.as_str() {
            "base_url" | "credentials" => "required".to_owned(),
            "login_path" => code("/login"),
            "catalog_url" => format!("the device's if it is a loopback address, else {}", code(catalog())),
            "token_store" => "in memory".to_owned(),
            "timeouts" => "[time limits](#time-limits)".to_owned(),
            "retry_policy" => "[retries](#retries)".to_owned(),
            "max_concurrent_requests" => between(
                &source("legit-health/src/transport.rs"),
                "            max_concurrent_requests: ",
                ",",
            ),
            "http_options" => "[network](#proxy-and-certificates)".to_owned(),
            "header" | "observer" | "audit" => NONE.to_owned(),
            "user_agent" => code(format!("legit-health-rust/{}", env!("CARGO_PKG_VERSION"))),
            "http_client" => code("ReqwestClient"),
            "clock" => "the system's".to_owned(),
            other => panic!("say what the default of `{other}` is"),
        };
        vec![code(&method.name), default, method.first_sentence()]
    });
    table(&["method", "default", "what it does"], rows)
}

/// The members of a struct with their defaults, which its `Debug` prints, and what they mean.
fn members_with_defaults(name: &str, debug: &str) -> String {
    let source = source("legit-health/src/policy.rs");
    let members = documented(&source, &format!("pub struct {name} {{"));
    let values = debug.strip_prefix(&format!("{name} {{ ")).unwrap().strip_suffix(" }").unwrap();
    let values: Vec<(&str, &str)> = values.split(", ").map(|pair| pair.split_once(": ").unwrap()).collect();
    assert_eq!(members.len(), values.len());
    let rows = members.iter().zip(values).map(|(member, (field, default))| {
        assert_eq!(member.name, field);
        let setter = format!("with_{field}");
        assert!(source.contains(&format!("pub fn {setter}(")), "{setter}");
        // The comment repeats the default.
        let meaning = member.text.split(": ").next().unwrap();
        vec![code(setter), spaced(default), meaning.to_owned()]
    });
    table(&["method", "default", "meaning"], rows)
}

/// `10s` becomes `10 s`.
fn spaced(value: &str) -> String {
    match value.find(|c: char| c.is_ascii_alphabetic()) {
        Some(unit) if unit > 0 => format!("{} {}", &value[..unit], &value[unit..]),
        _ => value.to_owned(),
    }
}

fn network() -> String {
    let members = documented(&source("legit-health/src/http_client/options.rs"), "pub struct HttpOptions {");
    let rows = members.iter().map(|member| {
        let default = match member.name.as_str() {
            "ca_certificates" | "client_certificate" => NONE,
            "proxy" => "that of the system",
            other => panic!("say what the default of `{other}` is"),
        };
        vec![code(format!("with_{}", member.name)), default.to_owned(), member.first_sentence()]
    });
    table(&["method", "default", "meaning"], rows)
}

fn calls() -> String {
    let methods = documented(&source("legit-health/src/call/pending.rs"), "impl<T> PendingCall<T> {");
    table(
        &["method", "what it does"],
        methods.iter().map(|method| vec![code(&method.name), method.first_sentence()]),
    )
}
