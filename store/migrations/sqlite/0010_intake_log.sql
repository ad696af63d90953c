-- What has come for a bot lately and what became of it, for its owner to look at: the newest few hundred rows of each bot,
-- written beside the requests themselves. No figure depends on them.
create table intake_requests (
    bot_key integer not null,
    request_key integer not null,
    at integer not null,
    door text not null,
    client text,
    status integer not null,
    -- Why the request was refused as a whole: code and sentence.
    problem text,
    detail text,
    accepted integer not null,
    duplicates integer not null,
    rejected integer not null,
    ignored integer not null,
    latency_ms integer not null,
    -- Requests since the row before that have none.
    left_out integer not null,
    primary key (bot_key, request_key)
) strict, without rowid;

-- Items that were not counted: of one code, at about one moment, with one of them as a sample. kind: 0 rejected, 1 ignored.
create table intake_rejections (
    bot_key integer not null,
    rejection_key integer not null,
    at integer not null,
    kind integer not null,
    items integer not null,
    door text not null,
    code text not null,
    client text,
    sample text,
    primary key (bot_key, rejection_key)
) strict, without rowid;
