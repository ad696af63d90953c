//! What was said before: imported on the command line, beside a running server.

use super::{Block, Group, Guide};

pub(super) const GROUP: Group = Group {
    id: "history",
    title: "History",
    intro: "What was said before can be imported where this server runs. Running a command again stores what is still missing: every message counts once. With --dry-run it prints how the first rows are understood, and stores nothing.",
    guides: &[
        Guide {
            title: "JSON lines",
            note: "One object a line, as the native intake takes it and parlance export writes it.",
            blocks: &[Block {
                id: "import-ndjson",
                place: "Shell",
                code: "parlance import --bot {bot} --format ndjson messages.ndjson",
            }],
        },
        Guide {
            title: "CSV",
            note: "A table whose first row names its columns. Name those that are called otherwise than our fields.",
            blocks: &[Block {
                id: "import-csv",
                place: "Shell",
                code: "parlance import --bot {bot} --format csv --column user_id=Sender --column at=Date messages.csv",
            }],
        },
        Guide {
            title: "Rasa",
            note: "The tracker store or an event broker of Rasa's: an SQLite file, a file of events, or the address of a PostgreSQL database.",
            blocks: &[
                Block {
                    id: "import-rasa-tracker",
                    place: "SQL tracker store",
                    code: "parlance import --bot {bot} --format rasa-tracker rasa.db",
                },
                Block {
                    id: "import-rasa-broker-sql",
                    place: "SQL event broker",
                    code: "parlance import --bot {bot} --format rasa-broker-sql events.db",
                },
                Block {
                    id: "import-rasa-broker-file",
                    place: "File event broker",
                    code: "parlance import --bot {bot} --format rasa-broker-file rasa_event.log",
                },
            ],
        },
        Guide {
            title: "Bot Framework",
            note: "A .transcript file, or the folder in which the file store keeps transcripts.",
            blocks: &[Block {
                id: "import-bot-framework",
                place: "Shell",
                code: "parlance import --bot {bot} --format bot-framework transcripts/",
            }],
        },
        Guide {
            title: "Botpress 12",
            note: "The table events of Botpress, dumped as CSV or as one JSON object a line.",
            blocks: &[Block {
                id: "import-botpress-v12",
                place: "Shell",
                code: "parlance import --bot {bot} --format botpress-v12 events.csv",
            }],
        },
    ],
};
