//! The macros that print, in this program and in xtask, without their panic when the reader has closed the pipe, as `head` does:
//! what a command writes and checks does not depend on its reader.

macro_rules! print {
    ($($text:tt)*) => {{ use std::io::Write as _; let _ = write!(std::io::stdout(), $($text)*); }};
}
macro_rules! println {
    ($($text:tt)*) => {{ use std::io::Write as _; let _ = writeln!(std::io::stdout(), $($text)*); }};
}
macro_rules! eprintln {
    ($($text:tt)*) => {{ use std::io::Write as _; let _ = writeln!(std::io::stderr(), $($text)*); }};
}
