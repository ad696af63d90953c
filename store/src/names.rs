//! Names in the order in which people look them up.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Sorts by name as people do: numbers by their value, letters whatever their case and accents. Names that differ in
/// nothing else keep the order in which they come.
pub(crate) fn sort_by_name<T>(items: &mut Vec<T>, name: impl Fn(&T) -> &str) {
    let mut keyed: Vec<(String, T)> =
        items.drain(..).map(|item| (plain_letters(name(&item)), item)).collect();
    keyed.sort_by(|(one, _), (other, _)| alphanumeric_sort::compare_str(one, other));
    items.extend(keyed.into_iter().map(|(_, item)| item));
}

fn plain_letters(name: &str) -> String {
    let letters = name.nfkd().filter(|letter| !is_combining_mark(*letter));
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_by_their_value_and_letters_whatever_their_case_and_accents() {
        let expected = [
            "Äpfel 3", "Bot", "Bot 1", "bot 2", "Bot 9b", "Bot 10", "bot 100", "bots", "Öl 2", "Über", "Zoe",
        ];
        let mut names = expected.to_vec();
        names.reverse();
        sort_by_name(&mut names, |name| name);
        assert_eq!(names, expected);
    }

    #[test]
    fn equal_names_keep_their_order_and_any_number_of_digits_is_a_number() {
        let mut names = vec![("bot", 1), ("Bot", 2), ("9".repeat(40).leak(), 3), ("8", 4)];
        sort_by_name(&mut names, |(name, _)| name);
        assert_eq!(names.iter().map(|(_, place)| *place).collect::<Vec<_>>(), [4, 3, 1, 2]);
    }
}
