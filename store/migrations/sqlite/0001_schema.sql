-- Instants are milliseconds since 1970-01-01T00:00:00Z. Tables of the hot path are keyed by bot_key first and have no
-- foreign keys: nothing there crosses bots. "strict" makes SQLite keep types as PostgreSQL does.

-- Who may sign in ------------------------------------------------------------------------------------------------

create table accounts (
    account_id integer primary key,
    email text not null unique,
    password_hash text not null,
    is_admin integer not null,
    preferences text not null default '{}',
    created_at integer not null
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
    created_at integer not null
) strict;

create index bots_of_owner on bots (owner_id);

create table write_keys (
    write_key_id integer primary key,
    bot_id integer not null references bots (bot_id) on delete cascade,
    key_hash blob not null unique,
    prefix text not null,
    created_at integer not null,
    last_used_at integer
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

-- What intake reads and writes first: the settings that decide figures, the next keys, and what was counted.
create table bot_state (
    bot_key integer primary key,
    time_zone text not null,
    week_start text not null,
    idle_timeout_ms integer not null,
    next_user_key integer not null,
    next_session_key integer not null,
    first_message_at integer,
    last_message_at integer,
    -- Every write raises it: what is remembered of a bot is remembered under its version.
    version integer not null
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

-- Named sessions. opening_key is the fact that opens it: the earliest incoming message by (at, id); null is none yet.
create table sessions (
    bot_key integer not null,
    session_key integer not null,
    user_key integer not null,
    session_id text not null,
    opening_key integer,
    primary key (bot_key, session_key)
) strict, without rowid;

create unique index sessions_by_id on sessions (bot_key, user_key, session_id);

-- Messages and events, in order of arrival. kind: 0 incoming, 1 outgoing, 2 event. opens: this message opens a
-- session (idle or named).
create table facts (
    fact_key integer primary key,
    bot_key integer not null,
    at integer not null,
    user_key integer not null,
    channel_key integer not null,
    session_key integer,
    kind integer not null,
    opens integer not null,
    id text not null
) strict;

create index facts_by_at on facts (bot_key, at);
create index facts_by_user on facts (bot_key, user_key, channel_key, at);

-- Finds a fact by its id through 48 bits of a hash, in half the space of the ids themselves. The id in `facts`
-- decides; facts of equal hash stand side by side.
create table fact_ids (
    bot_key integer not null,
    id_hash integer not null,
    fact_key integer not null,
    primary key (bot_key, id_hash, fact_key)
) strict, without rowid;

-- What few messages have, for those that have it.
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
    latency_ms integer
) strict;

create table event_details (
    fact_key integer primary key,
    bot_key integer not null,
    event_key integer not null,
    value_nano integer,
    properties text
) strict;

-- Derived rows: a cache of the facts, which `verify` recounts ----------------------------------------------------

-- One row per scope (0 is everything, else the channel), user and UTC quarter of an hour with a message.
create table activity (
    bot_key integer not null,
    scope integer not null,
    user_key integer not null,
    quarter integer not null,
    messages integer not null,
    bot_messages integer not null,
    sessions integer not null,
    primary key (bot_key, scope, user_key, quarter)
) strict, without rowid;

-- Sums per bucket. tier: 0 quarter, 1 hour, 2 day, 3 week. users: active in the bucket; new_users: for the first time.
create table counts (
    bot_key integer not null,
    scope integer not null,
    tier integer not null,
    bucket integer not null,
    messages integer not null,
    bot_messages integer not null,
    sessions integer not null,
    users integer not null,
    new_users integer not null,
    primary key (bot_key, scope, tier, bucket)
) strict, without rowid;

-- How many users were active in a bucket whose activity before it was in `previous` (-1: never). See ARCHITECTURE.md.
-- Tiers 1 to 3: there would be nearly a row per user and quarter, and a question about quarters is about few of them,
-- which raw messages and `activity` answer.
create table visits (
    bot_key integer not null,
    scope integer not null,
    tier integer not null,
    bucket integer not null,
    previous integer not null,
    users integer not null,
    primary key (bot_key, scope, tier, bucket, previous)
) strict, without rowid;

create index visits_by_previous on visits (bot_key, scope, tier, previous, bucket, users);
