//! Words that programs write where a name is missing.

const WORDS: [&str; 7] = ["[object object]", "<nil>", "nan", "nil", "none", "null", "undefined"];

/// Whether a text stands for no name: it is blank, or one of the words of Python, JavaScript, Go and Ruby for nothing, in
/// capital letters or small ones.
pub fn is_nothing(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}
