//! Frameworks and platforms of chatbots.

use super::guide::{Block, Group, Guide};

pub(super) const GROUP: Group = Group {
    id: "chatbots",
    title: "Chatbot frameworks",
    intro: "These report every message by themselves when they have the address.",
    guides: &[
        Guide {
            title: "Dashbot, Node.js",
            note: "A bot that already reports to Dashbot needs only the two variables; its code does not change, for Slack, Messenger and every other platform of Dashbot.",
            blocks: &[
                Block { id: "dashbot-node-environment", place: "Environment", code: DASHBOT_ENVIRONMENT },
                Block { id: "dashbot-node-install", place: "Install", code: "npm install dashbot" },
                Block { id: "dashbot-node", place: "bot.mjs", code: DASHBOT_NODE },
            ],
        },
        Guide {
            title: "Rasa, with Dashbot",
            note: "Rasa's event broker of the package dashbot, for Rasa 2 and 3. It reads the address from the environment.",
            blocks: &[
                Block { id: "rasa-dashbot-install", place: "Install", code: "pip install dashbot" },
                Block { id: "rasa-dashbot", place: "endpoints.yml", code: RASA_DASHBOT },
                Block { id: "rasa-dashbot-run", place: "Run", code: RASA_RUN },
            ],
        },
        Guide {
            title: "Rasa, with hecho",
            note: "Rasa's event broker of the package hecho-events. Both brokers may run at once: a user's message counts once.",
            blocks: &[
                Block { id: "rasa-hecho-install", place: "Install", code: "pip install hecho-events" },
                Block { id: "rasa-hecho", place: "endpoints.yml", code: RASA_HECHO },
            ],
        },
        Guide {
            title: "Chatwoot",
            note: "In Chatwoot under Settings › Integrations › Webhooks: add this address and tick “Message created”. Other events, and private notes, are left out. The address contains the key: make a key for Chatwoot only, on the page Settings.",
            blocks: &[Block { id: "chatwoot", place: "Webhook URL", code: "{url}/chatwoot?api_key={key}" }],
        },
        Guide {
            title: "Bot Framework",
            note: "Dashbot's middleware for Microsoft's Bot Framework reports messages in both directions. Keep your adapter, and add one line.",
            blocks: &[
                Block {
                    id: "bot-framework-environment",
                    place: "Environment",
                    code: "export DASHBOT_SERVER_ROOT=\"{url}\"",
                },
                Block {
                    id: "bot-framework-install",
                    place: "Install",
                    code: "npm install dashbot botbuilder",
                },
                Block { id: "bot-framework", place: "bot.mjs", code: BOT_FRAMEWORK },
            ],
        },
    ],
};

const DASHBOT_ENVIRONMENT: &str = r#"
export DASHBOT_SERVER_ROOT="{url}"
export DASHBOT_API_KEY_OVERRIDE="{key}"
"#;

const DASHBOT_NODE: &str = r#"
import Dashbot from "dashbot";

const dashbot = Dashbot("{key}").generic;
await dashbot.logIncoming({ userId: "user-1", text: "hello" });
await dashbot.logOutgoing({ userId: "user-1", text: "hi!" });
"#;

const RASA_DASHBOT: &str = r#"
event_broker:
  type: dashbot.rasa.rasa
  apiKey: {key}
"#;

const RASA_RUN: &str = r#"
DASHBOT_SERVER_ROOT="{url}" rasa run
"#;

const RASA_HECHO: &str = r#"
event_broker:
  type: hecho_events.main.RasaEventBroker
  api_key: {key}
  api_url: {url}
"#;

const BOT_FRAMEWORK: &str = r#"
import Dashbot from "dashbot";
import { CloudAdapter, ConfigurationBotFrameworkAuthentication } from "botbuilder";

const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication(process.env));
adapter.use(Dashbot("{key}").microsoft.middleware());
"#;
