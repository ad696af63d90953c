//! What went wrong and what to do now, in sentences. An error may come from the page's address, which anybody can
//! write: nothing of its text is ever shown, only what is known here.

use crate::error::{AppError, Origins};

/// The sentence for an error.
pub fn sentence(error: &AppError) -> String {
    match error {
        AppError::NotFound => "This does not exist, or you may not see it.".to_owned(),
        AppError::Invalid { field, code } => field_sentence(field, code).to_owned(),
        AppError::SignedOut => "You are signed out. Sign in again, then repeat this.".to_owned(),
        AppError::ForeignOrigin { origins } => foreign_origin(origins.as_ref()),
        AppError::Forbidden => "Your account may not do this.".to_owned(),
        AppError::Unavailable => {
            "The server does not answer at the moment. Nothing was changed; try again shortly.".to_owned()
        }
        AppError::Unanswered => {
            "No answer came, so it is unknown whether this was done. Reload the page and check before you repeat it."
                .to_owned()
        }
        AppError::RateLimited { retry_after_s } => {
            format!("Too many tries. Wait {}, then try again.", wait(*retry_after_s))
        }
        AppError::Internal { incident } => match incident_id(incident) {
            Some(id) => {
                format!("The server had an error. Its log has the details under incident {id}.")
            }
            None => "Something went wrong. Try again.".to_owned(),
        },
    }
}

fn foreign_origin(origins: Option<&Origins>) -> String {
    match origins {
        Some(Origins { opened_at, base_url }) => format!(
            "This page was opened at {opened_at}, but the server is set up for {base_url} and accepts only that address. Open {base_url}, or set PARLANCE_BASE_URL={opened_at} for the server and restart it."
        ),
        None => "This page was opened at an address that the server does not accept. The operator has to set PARLANCE_BASE_URL to the address that people use; the server's log has both addresses.".to_owned(),
    }
}

/// The id of an incident as the log has it; `None` for any other text.
pub fn incident_id(incident: &str) -> Option<&str> {
    let is_id = incident.len() == 8 && incident.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_id.then_some(incident)
}

fn field_sentence(field: &str, code: &str) -> &'static str {
    #[cfg(any(feature = "ssr", feature = "pages"))]
    if let Some(sentence) = account_sentence(field, code) {
        return sentence;
    }
    match (field, code) {
        ("email", _) => "This is not an e-mail address: one @ with something on both sides.",
        ("password", _) => "A password has at least 10 characters.",
        ("current", _) => "This is not your current password.",
        ("token", "too_many") => "You have 20 tokens already: revoke one that is not needed.",
        ("token", _) => {
            "This token is not valid. It was used or replaced by a newer token: restart the server to see a new one in its log."
        }
        ("name", "hidden") => {
            "The name has a character that is invisible or changes the writing direction. Type it instead of pasting it."
        }
        ("name", _) => "A name has 1 to 100 characters, all on one line.",
        ("time_zone", _) => "There is no such time zone: use an IANA name such as Europe/Berlin, or UTC.",
        ("timeout_min", _) => "A timeout is 1 to 1440 minutes.",
        ("confirmation", _) => "This is not the bot's name: type it exactly as it is written above.",
        ("key", "too_many") => "There are two such keys already: revoke the one that is not needed.",
        ("bot", "inactive") => "The bot is not activated, so nothing it sends is stored. Activate it first.",
        _ => "Something in this form cannot be read. Check it and send it again.",
    }
}

/// What forms about accounts and the list of bots say; the dashboard has none of them.
#[cfg(any(feature = "ssr", feature = "pages"))]
fn account_sentence(field: &str, code: &str) -> Option<&'static str> {
    Some(match (field, code) {
        ("sign_in", "busy") => {
            "The server is too busy at the moment. Wait a few seconds, then sign in again."
        }
        ("sign_in", _) => {
            "E-mail and password do not match. Check both. If you have forgotten the password, ask an admin of this server for a password link (page Accounts), or run “parlance account reset-password” on the server."
        }
        ("email", "taken") => "This address has an account already.",
        ("link", _) => "This link does not work any more: it was used, or it has expired.",
        ("account", "own") => "This is your own account: another admin has to change it.",
        ("account", "last_admin") => {
            "This is the last admin who can sign in. Make another account an admin first."
        }
        ("sites", "too_many") => "A key has at most 20 sites.",
        ("sites", _) => {
            "A site is https://, a host and, if needed, a port, such as https://shop.example. Separate sites with a space."
        }
        ("openings", "too_many") => "A bot has at most 20 openings.",
        ("openings", _) => "An opening has at most 200 characters.",
        ("bots", "too_many") => {
            "Your account has 1,000 bots, the most that it may have. Delete a bot that is not needed, or create this one in another account."
        }
        _ => return None,
    })
}

fn wait(seconds: u64) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_an_address_is_never_shown() {
        let injected = "call +1 555 0100 now";
        let errors = [
            AppError::invalid(injected, injected),
            AppError::invalid("name", injected),
            AppError::Internal { incident: injected.to_owned() },
        ];
        for error in errors {
            assert!(!sentence(&error).contains("555"), "{error:?}");
        }
    }

    #[test]
    fn a_page_at_another_address_is_told_what_to_set() {
        let opened_at = "http://localhost:4209".to_owned();
        let origins = Some(Origins { opened_at, base_url: "http://127.0.0.1:4200".to_owned() });
        let told = sentence(&AppError::ForeignOrigin { origins });
        assert!(told.contains("set PARLANCE_BASE_URL=http://localhost:4209"), "{told}");
        assert!(told.contains("set up for http://127.0.0.1:4200"), "{told}");
        assert!(sentence(&AppError::ForeignOrigin { origins: None }).contains("PARLANCE_BASE_URL"));
    }

    #[test]
    fn an_incident_is_named_so_that_the_log_can_be_searched() {
        let error = AppError::Internal { incident: "0a1b2c3d".to_owned() };
        assert!(sentence(&error).ends_with("incident 0a1b2c3d."));
    }

    #[test]
    fn a_limit_says_how_long_to_wait() {
        assert_eq!(
            sentence(&AppError::RateLimited { retry_after_s: 13 }),
            "Too many tries. Wait 13 seconds, then try again."
        );
    }
}
