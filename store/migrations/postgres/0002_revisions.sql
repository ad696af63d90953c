-- Derived rows in two revisions, 0 and 1: reports read the live one, a recomputation builds the other beside it. What
-- depends on zone, week start or timeout (hours, days, weeks, visits) has bot_state.revision; what depends on the timeout
-- alone (quarters, opening messages, sessions of activity) has bot_state.session_revision.
alter table bot_state
    add column revision smallint not null default 0,
    add column session_revision smallint not null default 0;

-- The rules that a bot is being counted by anew. Users with keys below next_user_key are counted; while it is 0, rows of
-- a revision that is not live are being deleted, before the count begins or after it was taken.
create table recounts (
    bot_key integer primary key,
    time_zone text not null,
    week_start text not null,
    idle_timeout_ms bigint not null,
    next_user_key integer not null
) with (fillfactor = 20);

-- facts.opens becomes a set of bits: 1 opens a session in revision 0, 2 in revision 1.

alter table activity rename column sessions to sessions_0;
alter table activity add column sessions_1 integer not null default 0;

alter table counts add column revision smallint not null default 0;
alter table counts
    alter column revision drop default,
    drop constraint counts_pkey,
    add primary key (bot_key, revision, scope, tier, bucket);

alter table visits add column revision smallint not null default 0;
alter table visits
    alter column revision drop default,
    drop constraint visits_pkey,
    add primary key (bot_key, revision, scope, tier, bucket, previous);
drop index visits_by_previous;
create index visits_by_previous on visits (bot_key, revision, scope, tier, previous, bucket) where tier > 0;
