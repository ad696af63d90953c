-- What has come for a bot lately and what became of it, for its owner to look at: the newest few hundred rows of each bot,
-- written beside the requests themselves. No figure depends on them.
create table intake_requests (
    request_key bigint not null,
    at bigint not null,
    accepted bigint not null,
    duplicates bigint not null,
    rejected bigint not null,
    ignored bigint not null,
    latency_ms bigint not null,
    -- Requests since the row before that have none.
    left_out bigint not null,
    bot_key integer not null,
    status smallint not null,
    door text not null,
    client text,
    -- Why the request was refused as a whole: code and sentence.
    problem text,
    detail text,
    primary key (bot_key, request_key)
);

-- Items that were not counted: of one code, at about one moment, with one of them as a sample. kind: 0 rejected, 1 ignored.
create table intake_rejections (
    rejection_key bigint not null,
    at bigint not null,
    items bigint not null,
    bot_key integer not null,
    kind smallint not null,
    door text not null,
    code text not null,
    client text,
    sample text,
    primary key (bot_key, rejection_key)
);
