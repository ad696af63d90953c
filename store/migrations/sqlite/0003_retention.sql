-- How many local days raw rows are kept; null is for ever. Nothing before `horizon` is taken in or recounted any more, and
-- raw rows before `raw_from`, which follows it, are gone. Both begin at 0, before everything, and only move forward.
alter table bot_state add column retention_days integer;
alter table bot_state add column horizon integer not null default 0;
alter table bot_state add column raw_from integer not null default 0;

-- sessions.opening_key becomes -1 when the message that opened the session is gone.

-- Idle sessions that may go on behind the horizon: the last message of each before it.
create table idle_ends (
    bot_key integer not null,
    user_key integer not null,
    channel_key integer not null,
    last_at integer not null,
    primary key (bot_key, user_key, channel_key)
) strict, without rowid;

-- Who was active in a quarter whose raw rows are gone.
create table past_quarters (
    bot_key integer not null,
    scope integer not null,
    quarter integer not null,
    user_key integer not null,
    primary key (bot_key, scope, quarter, user_key)
) strict, without rowid;
