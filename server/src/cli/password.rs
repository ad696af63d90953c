//! Passwords of the command line. They are never arguments: other people on the machine can read those.

use std::io::{self, IsTerminal};

use anyhow::{Context, bail};
use store::credentials::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS, Password};

/// Asks whoever sits in front of the terminal, twice and without showing it; otherwise reads the first line of stdin.
pub(super) fn read_password() -> anyhow::Result<Password> {
    let text = if io::stdin().is_terminal() { ask()? } else { read_line()? };
    Password::parse(text).with_context(|| {
        format!(
            "a password has at least {MIN_PASSWORD_CHARS} characters and at most {MAX_PASSWORD_BYTES} bytes"
        )
    })
}

fn ask() -> anyhow::Result<String> {
    let password = rpassword::prompt_password("Password: ")?;
    if rpassword::prompt_password("Repeat the password: ")? != password {
        bail!("the two passwords are different: nothing was changed");
    }
    Ok(password)
}

fn read_line() -> anyhow::Result<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line).context("the password could not be read from stdin")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
