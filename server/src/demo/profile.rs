//! Who the demo bots are. Weights are whole numbers and mean something only beside each other.

/// A made-up bot and the habits of the people who talk to it.
pub(super) struct Profile {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) zone: &'static str,
    pub(super) seed: u64,
    /// Conversations of the whole year, about; each has some six messages, answers included.
    pub(super) conversations: u64,
    /// By local hour.
    pub(super) hours: [u64; 24],
    /// From Monday.
    pub(super) weekdays: [u64; 7],
    /// The busiest is the first: people who cannot have their own channel yet are here.
    pub(super) channels: &'static [Channel],
    /// How many of a hundred conversations are a new person's.
    pub(super) newcomers: u32,
    /// The year begins with so many hundredths of the traffic that it ends with.
    pub(super) start_percent: u64,
    pub(super) launch: Option<Launch>,
    pub(super) outage: Option<Outage>,
    /// For so many days a language model writes the answers.
    pub(super) model_days: i64,
}

/// Where some of a hundred people write.
pub(super) struct Channel {
    pub(super) name: &'static str,
    pub(super) percent: u32,
    /// Whether it names its conversations.
    pub(super) has_sessions: bool,
}

/// A channel that opens: at first everybody wants to try it.
pub(super) struct Launch {
    pub(super) days_ago: i64,
    pub(super) channel: &'static str,
    /// How many hundredths of the usual traffic come on top on the first day.
    pub(super) extra_percent: u64,
    /// After so many days the curiosity is over.
    pub(super) days: i64,
}

/// Hours in which nothing arrived.
pub(super) struct Outage {
    pub(super) days_ago: i64,
    pub(super) from_hour: i64,
    pub(super) hours: i64,
}

const fn channel(name: &'static str, percent: u32, has_sessions: bool) -> Channel {
    Channel { name, percent, has_sessions }
}

/// The big one, which goes on talking.
pub(super) const AVA: Profile = Profile {
    id: "0000000000ava",
    name: "Ava – web shop helper",
    zone: "Europe/Berlin",
    seed: 20_261,
    conversations: 54_000,
    hours: [7, 4, 2, 1, 1, 3, 9, 20, 34, 46, 54, 58, 60, 52, 48, 50, 56, 64, 76, 88, 92, 74, 44, 19],
    weekdays: [104, 96, 94, 98, 90, 112, 130],
    channels: &[
        channel("web", 48, true),
        channel("whatsapp", 27, false),
        channel("telegram", 14, false),
        channel("instagram", 11, false),
    ],
    newcomers: 46,
    start_percent: 38,
    launch: Some(Launch { days_ago: 128, channel: "whatsapp", extra_percent: 210, days: 16 }),
    outage: Some(Outage { days_ago: 18, from_hour: 9, hours: 13 }),
    model_days: 75,
};

/// The small one, on another continent.
pub(super) const MAX: Profile = Profile {
    id: "0000000000max",
    name: "Max – campus library desk",
    zone: "America/New_York",
    seed: 20_262,
    conversations: 3_570,
    hours: [6, 3, 1, 1, 1, 1, 4, 12, 38, 62, 74, 70, 58, 66, 78, 82, 72, 54, 40, 44, 52, 46, 28, 14],
    weekdays: [120, 124, 118, 112, 84, 34, 58],
    channels: &[channel("web", 70, true), channel("slack", 18, false), channel("sms", 12, false)],
    newcomers: 31,
    start_percent: 62,
    launch: None,
    outage: None,
    model_days: 0,
};
