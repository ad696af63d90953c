//! Numbers as people and programs write them.

/// A number as JSON writes it: with a point before the fraction and nothing between thousands.
///
/// # Errors
/// What is expected, in words, when it is none or can be read two ways.
pub(super) fn read_number(cell: &str, delimiter: u8) -> Result<String, &'static str> {
    let cell: String =
        cell.trim().chars().filter(|char| !matches!(char, ' ' | '\u{a0}' | '\u{202f}' | '\'')).collect();
    let (commas, points) = (cell.matches(',').count(), cell.matches('.').count());
    let number = match (commas, points) {
        (0, _) => cell,
        // Where commas separate cells, decimals have points, and a comma in quotes stands between thousands.
        (1, 0) if delimiter == b',' && digits_behind_comma(&cell) == 3 => {
            return Err("a number without a comma: a comma may separate thousands or a fraction");
        }
        (1, 0) => cell.replace(',', "."),
        (_, 0) => cell.replace(',', ""),
        _ if cell.rfind(',') > cell.rfind('.') && commas == 1 => cell.replace('.', "").replace(',', "."),
        _ if points == 1 => cell.replace(',', ""),
        _ => return Err("a number"),
    };
    let number = number.strip_prefix('+').unwrap_or(&number);
    let is_number = number.parse::<f64>().is_ok_and(f64::is_finite)
        && !number.contains(|char: char| char.is_ascii_alphabetic() && !"eE".contains(char));
    if is_number { Ok(normalise(number)) } else { Err("a number") }
}

fn digits_behind_comma(cell: &str) -> usize {
    cell.rsplit_once(',').map_or(0, |(_, digits)| digits.len())
}

/// JSON has no number without digits before the point, none without digits behind it, and no zeros before others.
fn normalise(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |digits| ("-", digits));
    let digits = digits.strip_suffix('.').unwrap_or(digits);
    let digits = match digits.trim_start_matches('0') {
        rest if rest.is_empty() || !rest.starts_with(|char: char| char.is_ascii_digit()) => {
            format!("0{rest}")
        }
        rest => rest.to_owned(),
    };
    format!("{sign}{digits}")
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (cell, delimiter, number) in [
            ("0.5", b',', "0.5"),
            (".5", b',', "0.5"),
            ("-0012.50", b',', "-12.50"),
            ("+1", b',', "1"),
            ("1e3", b',', "1e3"),
            ("0", b',', "0"),
            ("5.", b',', "5"),
            ("0,5", b',', "0.5"),
            ("1,234", b';', "1.234"),
            ("1.234,56", b';', "1234.56"),
            ("1,234.56", b',', "1234.56"),
            ("1,234,567", b',', "1234567"),
            ("1\u{a0}234,5", b';', "1234.5"),
        ] {
            assert_eq!(read_number(cell, delimiter).as_deref(), Ok(number), "{cell}");
            assert!(RawValue::from_string(number.to_owned()).is_ok());
        }
        for cell in ["1,234", "", "x", "NaN", "inf", "1.2.3,4,5", "--1", "0x1"] {
            assert!(read_number(cell, b',').is_err(), "{cell}");
        }
    }
}
