-- Parts of traces that are not counted yet, since what tells whose they are may still come. They stay about a minute.
-- span is JSON of the door's own. user_id is there for whoever is erased meanwhile.
create table held_spans (
    received_at bigint not null,
    bot_key integer not null,
    trace_id text collate "C" not null,
    span_id text collate "C" not null,
    user_id text collate "C",
    span text not null,
    primary key (bot_key, trace_id, span_id)
);
