//! What others call our fields. A name is never taken for a field by this list, only suggested: a `date` may be anything.

/// Names by field, without case, spaces, underscores and hyphens; the most telling first.
const OTHER_NAMES: [(&str, &[&str]); 8] = [
    (
        "at",
        &[
            "timestamp",
            "createdat",
            "createdon",
            "sentat",
            "datetime",
            "time",
            "date",
            "ts",
            "messagetime",
            "messagedate",
            "senttime",
            "sentdate",
            "sentdatetime",
            "createddate",
            "created",
            "eventtime",
            "occurredat",
            "starttime",
            "zeit",
            "datum",
            "zeitstempel",
            "fecha",
            "horodatage",
            "when",
            "unixtime",
            "epoch",
        ],
    ),
    (
        "user_id",
        &[
            "userid",
            "user",
            "senderid",
            "sender",
            "contactid",
            "customerid",
            "clientid",
            "visitorid",
            "from",
            "fromid",
            "username",
            "contact",
            "customer",
            "author",
            "authorid",
            "participant",
            "distinctid",
            "phone",
            "phonenumber",
            "email",
            "conversationid",
            "sessionid",
            "nutzer",
            "benutzer",
            "absender",
        ],
    ),
    (
        "direction",
        &[
            "role",
            "sendertype",
            "messagetype",
            "type",
            "sender",
            "from",
            "authortype",
            "fromtype",
            "source",
            "speaker",
            "inout",
            "whosaid",
            "actor",
            "participanttype",
            "richtung",
        ],
    ),
    (
        "text",
        &["message", "content", "body", "messagetext", "utterance", "msg", "query", "payload", "nachricht"],
    ),
    (
        "session_id",
        &["sessionid", "session", "conversationid", "conversation", "chatid", "threadid", "dialogid"],
    ),
    ("channel", &["platform", "source", "medium", "inputchannel", "channelid", "kanal"]),
    ("id", &["messageid", "msgid", "eventid", "uuid", "guid"]),
    ("intent", &["intentname", "topintent", "matchedintent", "predictedintent"]),
];

/// The name that most probably stands for a field, if one of them does.
pub(super) fn suggest<'a>(field: &str, names: &[&'a str]) -> Option<&'a str> {
    let (_, others) = OTHER_NAMES.iter().find(|(known, _)| *known == field)?;
    others.iter().find_map(|other| names.iter().copied().find(|name| squeeze(name) == *other))
}

/// Without case, spaces, underscores, hyphens and points.
fn squeeze(name: &str) -> String {
    name.chars().filter(|letter| !" _-.".contains(*letter)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_telling_name_is_suggested() {
        let names = ["ID", "Date", "Created At", "sender", "Role"];
        assert_eq!(suggest("at", &names), Some("Created At"));
        assert_eq!(suggest("user_id", &names), Some("sender"));
        assert_eq!(suggest("direction", &names), Some("Role"));
        assert_eq!(suggest("intent", &names), None);
        assert_eq!(suggest("handled", &names), None);
    }
}
