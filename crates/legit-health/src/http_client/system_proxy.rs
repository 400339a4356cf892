//! The proxy that environment variables name, where reqwest would misread them.

use crate::config::{BaseUrl, ConfigError};
use hyper_util::client::proxy::matcher::Matcher;

/// A variable that names a proxy, and its value.
type Variable = (&'static str, String);

/// The proxy that the variables name for a device.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum SystemProxy {
    /// reqwest understands the variables, and reads the settings of macOS and Windows too.
    AsReqwestReadsIt,
    Direct,
    /// `NO_PROXY` has forms that reqwest does not know.
    Rewritten {
        url: String,
        exceptions: String,
    },
}

impl SystemProxy {
    pub(super) fn read(
        device: &BaseUrl,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigError> {
        let Some((name, proxy)) = proxy(&variable) else { return Ok(Self::AsReqwestReadsIt) };
        // reqwest ignores the proxy of the environment in a CGI program, whose clients could set it.
        if variable("REQUEST_METHOD").is_some() {
            return Err(ConfigError::new(format!(
                "the proxy in {name} cannot be used because REQUEST_METHOD is set, as in a CGI program: give the proxy in the \
                 options of the client, or remove one of the two variables"
            )));
        }
        let given = ["NO_PROXY", "no_proxy"].into_iter().find_map(variable).unwrap_or_default();
        let device: http::Uri = device.as_str().parse().unwrap_or_default();
        let exceptions = exceptions(&given, device.port_u16().unwrap_or(443));
        if is_socks(&proxy) {
            // Any proxy does to try the exceptions.
            let trial = Matcher::builder().all("http://proxy").no(exceptions).build();
            return match trial.intercept(&device) {
                None => Ok(Self::Direct),
                Some(_) => Err(ConfigError::new(format!(
                    "the proxy in {name} is a SOCKS proxy, which this client cannot use: set HTTPS_PROXY to an HTTP proxy, \
                     or add the device to NO_PROXY"
                ))),
            };
        }
        if given == exceptions {
            return Ok(Self::AsReqwestReadsIt);
        }
        let url = if proxy.contains("://") { proxy } else { format!("http://{proxy}") };
        Ok(Self::Rewritten { url, exceptions })
    }
}

/// Returns the proxy for https, in the order in which reqwest looks for it.
fn proxy(variable: impl Fn(&str) -> Option<String>) -> Option<Variable> {
    const NAMES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    NAMES.into_iter().find_map(|name| Some((name, variable(name).filter(|value| !value.is_empty())?)))
}

pub(super) fn is_socks(proxy: &str) -> bool {
    proxy.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("socks")) && proxy.contains("://")
}

/// Rewrites `NO_PROXY` in the forms that reqwest knows: a host, which stands for its subdomains too, an address, a network, or
/// `*`, between commas. An entry with another port is left out.
fn exceptions(no_proxy: &str, port: u16) -> String {
    let entries = no_proxy.split([',', ' ', '\t']).filter(|entry| !entry.is_empty());
    let known: Vec<&str> = entries.filter_map(|entry| exception(entry, port)).collect();
    known.join(",")
}

fn exception(entry: &str, port: u16) -> Option<&str> {
    let (host, only) = match entry.rsplit_once(':') {
        // A colon is part of an IPv6 address, unless that is in brackets.
        Some((host, digits)) if !host.contains(':') || host.ends_with(']') => {
            (host, digits.parse::<u16>().ok())
        }
        _ => (entry, None),
    };
    if only.is_some_and(|only| only != port) {
        return None;
    }
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    Some(host.strip_prefix("*.").unwrap_or(host).trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(set: &[(&str, &str)]) -> Result<SystemProxy, String> {
        let find =
            |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let device = "https://device.example/v2.0".parse().unwrap();
        SystemProxy::read(&device, find).map_err(|error| error.to_string())
    }

    #[test]
    fn the_proxy_of_a_cgi_program_is_not_passed_over_in_silence() {
        const PROXY: &str = "http://proxy.example:3128";
        for set in [
            &[][..],
            &[("REQUEST_METHOD", "GET")],
            &[("HTTPS_PROXY", PROXY)],
            &[("REQUEST_METHOD", "GET"), ("HTTP_PROXY", PROXY)],
        ] {
            assert_eq!(read(set), Ok(SystemProxy::AsReqwestReadsIt), "{set:?}");
        }
        let sentence = read(&[("REQUEST_METHOD", "GET"), ("all_proxy", PROXY)]).unwrap_err();
        assert!(
            sentence.starts_with("the proxy in all_proxy cannot be used because REQUEST_METHOD"),
            "{sentence}"
        );
    }

    #[test]
    fn a_socks_proxy_is_called_what_it_is() {
        for address in ["socks5://reader:NEEDLE@127.0.0.1:1080", "SOCKS5H://NEEDLE", "socks4a://NEEDLE:1080"]
        {
            let sentence = read(&[("HTTPS_PROXY", ""), ("ALL_PROXY", address)]).unwrap_err();
            assert!(sentence.starts_with("the proxy in ALL_PROXY is a SOCKS proxy"), "{sentence}");
            assert!(!sentence.contains("NEEDLE"), "{sentence}");
        }
        // The proxy for https comes first, and a host may have such a name.
        let both = [("HTTPS_PROXY", "socks.example:3128"), ("ALL_PROXY", "socks5://127.0.0.1")];
        assert_eq!(read(&both), Ok(SystemProxy::AsReqwestReadsIt));
        // It is not needed for the device.
        for no_proxy in ["*.device.example", "device.example:443", "*"] {
            let set = [("ALL_PROXY", "socks5://127.0.0.1"), ("no_proxy", no_proxy)];
            assert_eq!(read(&set), Ok(SystemProxy::Direct), "{no_proxy}");
        }
    }

    #[test]
    fn every_usual_form_of_an_exception_is_understood() {
        let is_direct = |no_proxy: &str, host: &str| {
            let set = [("HTTPS_PROXY", "proxy.example:3128"), ("NO_PROXY", no_proxy)];
            let no_proxy = match read(&set).unwrap() {
                SystemProxy::Rewritten { url, exceptions } => {
                    assert_eq!(url, "http://proxy.example:3128");
                    exceptions
                }
                _ => no_proxy.to_owned(),
            };
            let matcher = Matcher::builder().all("http://proxy.example:3128").no(no_proxy).build();
            matcher.intercept(&format!("https://{host}/").parse().unwrap()).is_none()
        };
        for (no_proxy, direct, through) in [
            ("device.example", "device.example", "other.example"),
            ("device.example", "eu.device.example", "mydevice.example"),
            (".example", "device.example", "device.elsewhere"),
            ("*.device.example", "eu.device.example", "mydevice.example"),
            ("other.example, *.device.example", "eu.device.example", "example"),
            ("other.example device.example", "device.example", "device.elsewhere"),
            ("DEVICE.example.", "device.example", "other.example"),
            ("device.example:443", "device.example", "other.example"),
            ("device.example:8443,b.example", "b.example", "device.example"),
            ("10.0.0.0/8", "10.1.2.3", "11.1.2.3"),
            ("10.1.2.3:443", "10.1.2.3", "10.1.2.4"),
            ("2001:db8::/32", "[2001:db8::1]", "[2001:db9::1]"),
            ("2001:db8::1", "[2001:db8::1]", "[2001:db8::2]"),
            ("[2001:db8::1]:443", "[2001:db8::1]", "[2001:db8::2]"),
        ] {
            assert!(is_direct(no_proxy, direct), "{no_proxy}: {direct}");
            assert!(!is_direct(no_proxy, through), "{no_proxy}: {through}");
        }
        assert!(is_direct("*", "device.example") && is_direct("a.example *", "device.example"));
    }
}
