-- How many local days raw rows are kept; null is for ever. Nothing before `horizon` is taken in or recounted any more, and
-- raw rows before `raw_from`, which follows it, are gone. Both begin at 0, before everything, and only move forward.
alter table bot_state
    add column retention_days integer,
    add column horizon bigint not null default 0,
    add column raw_from bigint not null default 0;

-- sessions.opening_key becomes -1 when the message that opened the session is gone.

-- Idle sessions that may go on behind the horizon: the last message of each before it.
create table idle_ends (
    last_at bigint not null,
    bot_key integer not null,
    user_key integer not null,
    channel_key smallint not null,
    primary key (bot_key, user_key, channel_key)
);

-- Who was active in a quarter whose raw rows are gone.
create table past_quarters (
    quarter bigint not null,
    bot_key integer not null,
    user_key integer not null,
    scope smallint not null,
    primary key (bot_key, scope, quarter, user_key)
);
