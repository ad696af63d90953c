-- The tables of a database, as SQLite keeps them; ../postgres has the same tables as PostgreSQL keeps them.
--
-- Instants are milliseconds since 1970-01-01T00:00:00Z, and truth is 0 or 1. Tables of the hot path have bot_key first in
-- their keys and have no foreign keys: nothing there crosses bots. "strict" makes SQLite keep types as PostgreSQL does.

-- Who may sign in ------------------------------------------------------------------------------------------------

create table accounts (
    account_id integer primary key,
    email text not null unique,
    password_hash text not null,
    is_admin integer not null,
    preferences text not null default '{}',
    created_at integer not null,
    -- A disabled account may not sign in and its read tokens open nothing; its bots go on. Null: it is not disabled.
    disabled_at integer,
    -- When somebody last signed in; null is never.
    last_sign_in_at integer
) strict;

-- At most one row: the hash of the one-time token that creates the first account.
create table set_up (
    only_row integer primary key check (only_row = 1),
    token_hash blob not null,
    created_at integer not null
) strict;

create table logins (
    login_id integer primary key,
    account_id integer not null references accounts (account_id) on delete cascade,
    token_hash blob not null unique,
    user_agent text not null,
    created_at integer not null,
    last_used_at integer not null
) strict;

create index logins_of_account on logins (account_id);

-- Browsers in which the right password of the account was typed before. Their tries are counted apart from strangers'.
create table devices (
    device_id integer primary key,
    account_id integer not null references accounts (account_id) on delete cascade,
    token_hash blob not null unique,
    last_used_at integer not null
) strict;

create index devices_of_account on devices (account_id, last_used_at);

-- One-time links: an invitation makes an account, a password link sets the password of one. There is at most one
-- invitation for an address and one password link for an account. Both end with the account of the admin who made them.
create table invitations (
    invitation_id integer primary key,
    token_hash blob not null unique,
    email text not null unique,
    is_admin integer not null,
    made_by integer not null references accounts (account_id) on delete cascade,
    created_at integer not null,
    expires_at integer not null
) strict;

create index invitations_by_maker on invitations (made_by);

create table password_links (
    account_id integer primary key references accounts (account_id) on delete cascade,
    token_hash blob not null unique,
    made_by integer not null references accounts (account_id) on delete cascade,
    expires_at integer not null
) strict;

create index password_links_by_maker on password_links (made_by);

-- Bots and who may write and read --------------------------------------------------------------------------------

-- bot_id is the public number, 63 random bits. bot_key stands for it in the hot tables: it takes one byte instead of
-- eight in each of a message's rows and index entries, a fifth of all space.
create table bots (
    bot_key integer primary key,
    bot_id integer not null unique,
    owner_id integer not null references accounts (account_id),
    name text not null,
    is_activated integer not null,
    stores_text integer not null,
    created_at integer not null,
    -- The secret with which Chatwoot signs its webhooks, if the owner has set it. It is not hashed: a hash cannot sign.
    chatwoot_secret text,
    -- What the bot's widget sends by itself when it opens, one a line; null for the usual openings.
    openings text
) strict;

create index bots_of_owner on bots (owner_id);

-- Ids of bots that were deleted a moment ago: no new bot gets one while a server may remember a key of the old bot.
create table deleted_bots (
    bot_id integer primary key,
    deleted_at integer not null
) strict;

create table write_keys (
    write_key_id integer primary key,
    bot_id integer not null references bots (bot_id) on delete cascade,
    key_hash blob not null unique,
    prefix text not null,
    created_at integer not null,
    last_used_at integer,
    -- The one door that the key opens; null for a key that opens every door.
    door text,
    -- The origins of the sites whose pages may send with the key, between blanks; null for a key that names none.
    sites text
) strict;

create index write_keys_of_bot on write_keys (bot_id);

create table read_tokens (
    read_token_id integer primary key,
    account_id integer not null references accounts (account_id) on delete cascade,
    bot_id integer references bots (bot_id) on delete cascade,
    token_hash blob not null unique,
    prefix text not null,
    created_at integer not null,
    last_used_at integer
) strict;

create index read_tokens_of_account on read_tokens (account_id);
create index read_tokens_of_bot on read_tokens (bot_id);

-- The hot path ---------------------------------------------------------------------------------------------------

-- What intake reads and locks first: the settings that decide figures, the next keys, the first and the last message.
create table bot_state (
    bot_key integer primary key,
    time_zone text not null,
    week_start text not null,
    idle_timeout_ms integer not null,
    next_user_key integer not null,
    next_session_key integer not null,
    first_message_at integer,
    last_message_at integer,
    -- The live revision, 0 or 1, of the derived rows. Reports read it, and a rebuild writes the other one beside it.
    -- revision: counts of hours and longer.
    revision integer not null default 0,
    -- Counts of quarters, which messages open a session, sessions of activity.
    session_revision integer not null default 0,
    -- Visits of days and longer, events, model use.
    calendar_revision integer not null default 0,
    -- Visits of hours: most zones agree on where hours begin.
    hour_revision integer not null default 0,
    -- How many local days raw rows are kept; null is for ever.
    retention_days integer,
    -- Nothing before the horizon is taken in or recounted. Raw rows before raw_from, which follows it, are gone. Both
    -- only move forward.
    horizon integer not null default 0,
    raw_from integer not null default 0
) strict;

create table users (
    bot_key integer not null,
    user_key integer not null,
    user_id text not null,
    primary key (bot_key, user_key)
) strict, without rowid;

create unique index users_by_id on users (bot_key, user_id);

-- First and last message are those on this channel; null while only events came on it. Keys begin with 1: as a scope
-- of counters 0 is everything.
create table channels (
    bot_key integer not null,
    channel_key integer not null,
    name text not null,
    first_message_at integer,
    last_message_at integer,
    primary key (bot_key, channel_key)
) strict, without rowid;

create table event_names (
    bot_key integer not null,
    event_key integer not null,
    name text not null,
    primary key (bot_key, event_key)
) strict, without rowid;

-- Names of language models; '' stands for calls that name no model.
create table models (
    bot_key integer not null,
    model_key integer not null,
    name text not null,
    primary key (bot_key, model_key)
) strict, without rowid;

-- Named sessions. opening_key is the fact that opens it: the earliest incoming message by (at, id); null is none yet, and
-- -1 is one whose raw row is gone.
create table sessions (
    bot_key integer not null,
    session_key integer not null,
    user_key integer not null,
    session_id text not null,
    opening_key integer,
    primary key (bot_key, session_key)
) strict, without rowid;

create unique index sessions_by_id on sessions (bot_key, user_key, session_id);

-- The next key of a fact. No key is given twice: a link to a fact that is gone finds nothing.
create table fact_keys (
    only_row integer primary key check (only_row = 1),
    next_key integer not null
) strict;

insert into fact_keys values (1, 1);

-- Messages, events and model calls, in order of arrival. kind: 0 incoming, 1 outgoing, 2 event, 3 a call of a language
-- model that is not itself a message. opens: bits, 1 if the message opens a session in revision 0, 2 in revision 1.
-- before_key: the fact of the same user on the same channel that comes before this one by (at, fact_key), 0 for none.
-- With activity.last_key it finds a user's facts from any quarter backwards, as an index would, without a page for each
-- new message.
create table facts (
    fact_key integer primary key,
    bot_key integer not null,
    at integer not null,
    user_key integer not null,
    channel_key integer not null,
    session_key integer,
    kind integer not null,
    opens integer not null,
    id text not null,
    before_key integer not null
) strict;

create index facts_by_at on facts (bot_key, at);
-- Ids in their own order and not by a hash: ids that grow with time, as most do, are appended.
create unique index facts_by_id on facts (bot_key, id);

-- What few messages have, for those that have it. model_failed is 1 for a call that ended in an error.
create table message_details (
    fact_key integer primary key,
    bot_key integer not null,
    text text,
    intent text,
    handled integer,
    model text,
    input_tokens integer,
    output_tokens integer,
    cost_nano_usd integer,
    latency_ms integer,
    model_failed integer
) strict;

create table event_details (
    fact_key integer primary key,
    bot_key integer not null,
    event_key integer not null,
    value_nano integer,
    properties text
) strict;

-- Other ids of users: those of visitors who said later who they are. alias_id is no user of its own.
create table user_aliases (
    bot_key integer not null,
    alias_id text not null,
    user_id text not null,
    primary key (bot_key, alias_id)
) strict, without rowid;

create index user_aliases_of_user on user_aliases (bot_key, user_id);

-- Spans of traces that are not counted yet: what names their user may still come. They stay about a minute. span is JSON.
-- user_id is there for erasing a user.
create table held_spans (
    bot_key integer not null,
    trace_id text not null,
    span_id text not null,
    received_at integer not null,
    user_id text,
    span text not null,
    primary key (bot_key, trace_id, span_id)
) strict, without rowid;

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

-- Derived rows: a cache of the facts, which `verify` recounts ----------------------------------------------------
--
-- Every table of counters has the revision in its key. tier: 0 quarter of an hour, 1 hour, 2 day, 3 week, 4 month; bucket is
-- the instant at which one begins. A scope or a channel_key of 0 is everything, any other the channel.

-- One row per user, scope and UTC quarter of an hour with a fact; a quarter with events alone has zeros. sessions_0 and
-- sessions_1: by revision. last_key: the channel's last fact of the quarter; null where scope is 0. All rows of a user stand
-- together: a message counts in two of them, on one page.
create table activity (
    bot_key integer not null,
    user_key integer not null,
    scope integer not null,
    quarter integer not null,
    messages integer not null,
    bot_messages integer not null,
    sessions_0 integer not null,
    sessions_1 integer not null,
    last_key integer,
    primary key (bot_key, user_key, scope, quarter)
) strict, without rowid;

-- Sums per bucket. users: active in the bucket; new_users: for the first time.
create table counts (
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

-- How many users were active in a bucket whose activity before it was in the bucket `previous` (-1: never). See
-- ARCHITECTURE.md. Tiers 1 to 4: quarters would have nearly a row per user and quarter, and a question about quarters is
-- about few of them, which raw messages and `activity` answer.
create table visits (
    bot_key integer not null,
    revision integer not null,
    scope integer not null,
    tier integer not null,
    bucket integer not null,
    previous integer not null,
    users integer not null,
    primary key (bot_key, revision, scope, tier, bucket, previous)
) strict, without rowid;

-- Custom events by name and the use of language models by model, over the same buckets as messages. The tables are keyed
-- by channel before the name: a report reads all names of a range at once.

-- One row per user, channel, name and UTC quarter of an hour with events. A sum of values has two parts: whole ones, and
-- billionths beside them.
create table event_activity (
    bot_key integer not null,
    user_key integer not null,
    channel_key integer not null,
    event_key integer not null,
    quarter integer not null,
    events integer not null,
    value_whole integer not null,
    value_nano integer not null,
    primary key (bot_key, user_key, channel_key, event_key, quarter)
) strict, without rowid;

create table event_counts (
    bot_key integer not null,
    revision integer not null,
    channel_key integer not null,
    tier integer not null,
    bucket integer not null,
    event_key integer not null,
    events integer not null,
    value_whole integer not null,
    value_nano integer not null,
    primary key (bot_key, revision, channel_key, tier, bucket, event_key)
) strict, without rowid;

-- As `visits`, but with quarters: events are fewer than messages.
create table event_visits (
    bot_key integer not null,
    revision integer not null,
    channel_key integer not null,
    tier integer not null,
    bucket integer not null,
    previous integer not null,
    event_key integer not null,
    users integer not null,
    primary key (bot_key, revision, channel_key, tier, bucket, previous, event_key)
) strict, without rowid;

create index event_visits_by_previous
    on event_visits (bot_key, revision, channel_key, tier, previous, bucket, event_key, users);

-- One row per user, channel, model, UTC quarter of an hour and bin of latency with calls; bin -1 is for calls without a
-- latency. The tokens and the milliseconds of one call count as 10^12 at most.
create table model_activity (
    bot_key integer not null,
    user_key integer not null,
    channel_key integer not null,
    model_key integer not null,
    quarter integer not null,
    bin integer not null,
    calls integer not null,
    errors integer not null,
    input_tokens integer not null,
    output_tokens integer not null,
    cost_whole integer not null,
    cost_nano integer not null,
    latency_ms integer not null,
    primary key (bot_key, user_key, channel_key, model_key, quarter, bin)
) strict, without rowid;

create table model_counts (
    bot_key integer not null,
    revision integer not null,
    channel_key integer not null,
    tier integer not null,
    bucket integer not null,
    model_key integer not null,
    bin integer not null,
    calls integer not null,
    errors integer not null,
    input_tokens integer not null,
    output_tokens integer not null,
    cost_whole integer not null,
    cost_nano integer not null,
    latency_ms integer not null,
    primary key (bot_key, revision, channel_key, tier, bucket, model_key, bin)
) strict, without rowid;

-- The rules that a bot is being rebuilt by, and how far the rebuild has come. next_user_key: users with keys below it are
-- counted; while it is 0, rows of a revision that is not live are being deleted, before the rebuild begins or after it has
-- ended. by_hours: counters are made from the live ones, up to a scope and an hour in it; otherwise from users' activity.
-- percent: how much of all that is done.
create table rebuilds (
    bot_key integer primary key,
    time_zone text not null,
    week_start text not null,
    idle_timeout_ms integer not null,
    next_user_key integer not null,
    by_hours integer not null default 0,
    next_scope integer not null default 0,
    next_hour integer not null default 0,
    percent integer not null default 0
) strict;

-- The Intake log -------------------------------------------------------------------------------------------------

-- What came for a bot lately and what became of it, for its owner to look at: the newest few hundred rows of each bot,
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
    -- Requests since the row before that have no row.
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
