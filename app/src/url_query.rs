//! The dashboard's state in the URL: lenient reading with notices, and writing.
