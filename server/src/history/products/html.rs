//! Words out of a text that was written for a browser.

/// Longest entity, such as `&hellip;`.
const MAX_ENTITY_BYTES: usize = 10;
/// Ends of what stands on lines of its own.
const LINE_ENDS: [&str; 8] = ["br", "/p", "/li", "/div", "/h1", "/h2", "/h3", "/tr"];

/// The words of a text. Only what begins with a tag is taken for HTML.
pub(super) fn to_words(body: &str) -> String {
    if !body.trim_start().starts_with('<') {
        return body.trim().to_owned();
    }
    let (mut words, mut rest) = (String::new(), body);
    while let Some(at) = rest.find(['<', '&']) {
        words.push_str(&rest[..at]);
        rest = if rest[at..].starts_with('<') {
            skip_tag(&rest[at..], &mut words)
        } else {
            decode(&rest[at..], &mut words)
        };
    }
    words.push_str(rest);
    let lines = words.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    lines.trim().replace("\n\n\n", "\n\n")
}

fn skip_tag<'a>(text: &'a str, words: &mut String) -> &'a str {
    let Some((tag, rest)) = text[1..].split_once('>') else {
        words.push('<');
        return &text[1..];
    };
    let name = tag.trim_end_matches('/').split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    if LINE_ENDS.contains(&name.as_str()) {
        words.push('\n');
    }
    rest
}

fn decode<'a>(text: &'a str, words: &mut String) -> &'a str {
    let end = text.bytes().take(MAX_ENTITY_BYTES).position(|byte| byte == b';');
    let decoded = end.and_then(|end| Some((end, entity(text.get(1..end)?)?)));
    match decoded {
        Some((end, char)) => {
            words.push(char);
            &text[end + 1..]
        }
        None => {
            words.push('&');
            &text[1..]
        }
    }
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "hellip" => Some('…'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_words_stay() {
        for (body, words) in [
            (
                "<p>Where is my <b>parcel</b>?</p>\n<p>Tom &amp; I wait.</p>",
                "Where is my parcel?\n\nTom & I wait.",
            ),
            ("<p>a<br/>b</p>", "a\nb"),
            ("<ul><li>x</li><li>y &#233;&#x20AC; &bogus; &</li></ul>", "x\ny é€ &bogus; &"),
            ("<p></p>", ""),
            ("<img src=\"x\">", ""),
            ("1 < 2 & 3", "1 < 2 & 3"),
            ("<unclosed", "<unclosed"),
        ] {
            assert_eq!(to_words(body), words, "{body}");
        }
    }
}
