-- Derived rows in two revisions, 0 and 1: reports read the live one, a recomputation builds the other beside it. What
-- depends on zone, week start or timeout (hours, days, weeks, visits) has bot_state.revision; what depends on the timeout
-- alone (quarters, opening messages, sessions of activity) has bot_state.session_revision.
alter table bot_state add column revision integer not null default 0;
alter table bot_state add column session_revision integer not null default 0;

-- The rules that a bot is being counted by anew. Users with keys below next_user_key are counted; while it is 0, rows of
-- a revision that is not live are being deleted, before the count begins or after it was taken.
create table recounts (
    bot_key integer primary key,
    time_zone text not null,
    week_start text not null,
    idle_timeout_ms integer not null,
    next_user_key integer not null
) strict;

-- facts.opens becomes a set of bits: 1 opens a session in revision 0, 2 in revision 1.

alter table activity rename column sessions to sessions_0;
alter table activity add column sessions_1 integer not null default 0;

create table revised_counts (
    bot_key integer not null,
    revision integer not null,
    scope integer not null,
    tier integer not null,
    bucket integer not null,
    messages integer not null,
    bot_messages integer not null,
    sessions integer not null,
    users integer not null,
    new_users integer not null,
    primary key (bot_key, revision, scope, tier, bucket)
) strict, without rowid;

insert into revised_counts
    select bot_key, 0, scope, tier, bucket, messages, bot_messages, sessions, users, new_users from counts;
drop table counts;
alter table revised_counts rename to counts;

create table revised_visits (
    bot_key integer not null,
    revision integer not null,
    scope integer not null,
    tier integer not null,
    bucket integer not null,
    previous integer not null,
    users integer not null,
    primary key (bot_key, revision, scope, tier, bucket, previous)
) strict, without rowid;

insert into revised_visits select bot_key, 0, scope, tier, bucket, previous, users from visits;
drop table visits;
alter table revised_visits rename to visits;
create index visits_by_previous on visits (bot_key, revision, scope, tier, previous, bucket, users);
