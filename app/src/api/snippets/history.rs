//! What was said before: imported on the command line, beside a running server.

use super::guide::{Block, Group, Guide};

pub(super) const GROUP: Group = Group {
    id: "history",
    title: "History",
    intro: "Earlier messages can be imported where this server runs. If you run a command again, it stores only what is missing: every message counts once. With --dry-run it prints how the first rows are read, and stores nothing.",
    guides: &[
        Guide {
            title: "JSON lines",
            note: "One object a line, as the native intake reads it and parlance export writes it.",
            blocks: &[Block {
                id: "import-ndjson",
                place: "Shell",
                code: "parlance import --bot {bot} --format ndjson messages.ndjson",
            }],
        },
        Guide {
            title: "Table",
            note: "A table whose first row names its columns, as CSV or .xlsx. Give the columns with names other than Parlance's fields, and the time zone of times without an offset.",
            blocks: &[Block {
                id: "import-csv",
                place: "Shell",
                code: "parlance import --bot {bot} --format csv --column user_id=Sender --column at=Date --time-zone Europe/Berlin messages.csv",
            }],
        },
        Guide {
            title: "Rasa",
            note: "The tracker store or an event broker of Rasa: an SQLite file, a file of events, the address of a PostgreSQL database, or trackers as JSON or from MongoDB.",
            blocks: &[
                Block {
                    id: "import-rasa-tracker",
                    place: "SQL tracker store",
                    code: "parlance import --bot {bot} --format rasa-tracker rasa.db",
                },
                Block {
                    id: "import-rasa-tracker-json",
                    place: "Trackers as JSON or from MongoDB",
                    code: "parlance import --bot {bot} --format rasa-tracker-json conversations.ndjson",
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
            note: "A .transcript file, or the folder of the file store.",
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
        Guide {
            title: "Copilot Studio",
            note: "The table ConversationTranscript, exported in Power Apps or fetched from Dataverse.",
            blocks: &[Block {
                id: "import-copilot-studio",
                place: "Shell",
                code: "parlance import --bot {bot} --format copilot-studio conversationtranscripts.csv",
            }],
        },
        Guide {
            title: "Messengers",
            note: "Exports of Telegram, WhatsApp, Slack and Discord. Where the export does not say who the bot is, give its name.",
            blocks: &[
                Block {
                    id: "import-telegram",
                    place: "Telegram Desktop, machine-readable JSON",
                    code: "parlance import --bot {bot} --format telegram --bot-name Helper result.json",
                },
                Block {
                    id: "import-whatsapp",
                    place: "WhatsApp",
                    code: "parlance import --bot {bot} --format whatsapp --bot-name Helper --time-zone Europe/Berlin chat.txt",
                },
                Block {
                    id: "import-slack",
                    place: "Slack, the workspace's export",
                    code: "parlance import --bot {bot} --format slack --bot-name Helper export.zip",
                },
                Block {
                    id: "import-discord",
                    place: "DiscordChatExporter, JSON",
                    code: "parlance import --bot {bot} --format discord --bot-name Helper channels/",
                },
            ],
        },
        Guide {
            title: "Other products",
            note: "Botpress Cloud, Voiceflow, Typebot, Dialogflow, Chatwoot, Intercom and Zendesk, as JSON from their APIs. A file is recognised without --format.",
            blocks: &[Block {
                id: "import-product",
                place: "Shell",
                code: "parlance import --bot {bot} conversations.json",
            }],
        },
    ],
};
