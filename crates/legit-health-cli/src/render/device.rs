//! The device's label as text.

use crate::output::plain;
use legit_health::report::DeviceInformation;
use std::fmt::Write;

pub(crate) fn device_information(device: &DeviceInformation) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{label:<13} {}", plain(value));
    };
    line("name", &device.names.join(", "));
    line("version", &device.versions.join(", "));
    line("manufacturer", &device.manufacturer.name);
    if let Some(address) = &device.manufacturer.address {
        line("address", address);
    }
    if device.is_sandbox() {
        line("sandbox", "yes: this is not the device");
    }
    text
}
