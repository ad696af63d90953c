//! Why an item is not stored, and the field that is to blame.

use analytics::error::RejectionCode as Code;

use super::fields::Field;

/// A reason with the field that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The public code.
    pub code: Code,
    /// The field; `None` when the item is no object at all, or no item of this client's.
    pub field: Option<Field>,
}

impl Rejection {
    /// A field is not as it has to be.
    pub const fn of_field(code: Code, field: Field) -> Self {
        Self { code, field: Some(field) }
    }

    /// Nothing of the item can be read.
    pub const fn of_item(code: Code) -> Self {
        Self { code, field: None }
    }

    /// The store has refused a fact. It looks at times and at the numbers of names only.
    pub const fn by_store(code: Code) -> Self {
        let field = match code {
            Code::AtTooEarly | Code::AtInFuture | Code::BeforeRetention => Some(Field::At),
            Code::TooManyChannels => Some(Field::Channel),
            Code::TooManyEvents => Some(Field::Type),
            Code::TooManyModels => Some(Field::Model),
            _ => None,
        };
        Self { code, field }
    }
}
