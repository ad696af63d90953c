-- Custom events by name and the use of language models by model are counted, over the same buckets as messages. The
-- tables are keyed by channel before the name, so that a report reads all names of a stretch of time at once; channel 0
-- is all. What depends on zone and week start alone has bot_state.calendar_revision.

alter table bot_state add column calendar_revision smallint not null default 0;

-- Names of language models; '' is that of calls that tell none.
create table models (
    bot_key integer not null,
    model_key integer not null,
    name text collate "C" not null,
    primary key (bot_key, model_key)
);

-- One row per user, channel, name and UTC quarter of an hour with events. A sum of values is in two parts: whole ones, and
-- billionths beside them.
create table event_activity (
    quarter bigint not null,
    value_whole bigint not null,
    value_nano bigint not null,
    bot_key integer not null,
    user_key integer not null,
    events integer not null,
    channel_key smallint not null,
    event_key smallint not null,
    primary key (bot_key, user_key, channel_key, event_key, quarter)
) with (fillfactor = 90);

create table event_counts (
    bucket bigint not null,
    events bigint not null,
    value_whole bigint not null,
    value_nano bigint not null,
    bot_key integer not null,
    revision smallint not null,
    channel_key smallint not null,
    tier smallint not null,
    event_key smallint not null,
    primary key (bot_key, revision, channel_key, tier, bucket, event_key)
) with (fillfactor = 80);

-- As `visits`, but with quarters: events are fewer than messages.
create table event_visits (
    bucket bigint not null,
    previous bigint not null,
    users bigint not null,
    bot_key integer not null,
    revision smallint not null,
    channel_key smallint not null,
    tier smallint not null,
    event_key smallint not null,
    primary key (bot_key, revision, channel_key, tier, bucket, previous, event_key)
) with (fillfactor = 80);

-- The condition holds for every row: only a statement that repeats it gets this index.
create index event_visits_by_previous on event_visits (bot_key, revision, channel_key, tier, previous, bucket)
    where tier >= 0;

-- One row per user, channel, model, UTC quarter of an hour and bin of latency with calls; bin -1 is of calls that tell none.
-- What a single call says of tokens or milliseconds counts as 10^12 at most.
create table model_activity (
    quarter bigint not null,
    input_tokens bigint not null,
    output_tokens bigint not null,
    cost_whole bigint not null,
    cost_nano bigint not null,
    latency_ms bigint not null,
    bot_key integer not null,
    user_key integer not null,
    model_key integer not null,
    calls integer not null,
    errors integer not null,
    channel_key smallint not null,
    bin smallint not null,
    primary key (bot_key, user_key, channel_key, model_key, quarter, bin)
) with (fillfactor = 90);

create table model_counts (
    bucket bigint not null,
    calls bigint not null,
    errors bigint not null,
    input_tokens bigint not null,
    output_tokens bigint not null,
    cost_whole bigint not null,
    cost_nano bigint not null,
    latency_ms bigint not null,
    bot_key integer not null,
    model_key integer not null,
    revision smallint not null,
    channel_key smallint not null,
    tier smallint not null,
    bin smallint not null,
    primary key (bot_key, revision, channel_key, tier, bucket, model_key, bin)
) with (fillfactor = 80);

-- What was sent before, as far as raw rows are there. The buckets of days, weeks and months need the rules of time zones:
-- whoever opens the store first counts them.

insert into event_activity
    (bot_key, user_key, channel_key, event_key, quarter, events, value_whole, value_nano)
    select facts.bot_key, facts.user_key, scopes.channel_key, details.event_key, facts.at - facts.at % 900000,
        count(*), sum(details.whole), sum(details.nano)
    from (
        select bot_key, fact_key, event_key,
            coalesce(value_nano / 1000000000 - case when value_nano % 1000000000 < 0 then 1 else 0 end, 0) as whole,
            coalesce((value_nano % 1000000000 + 1000000000) % 1000000000, 0) as nano
        from event_details
    ) as details
    join facts on facts.bot_key = details.bot_key and facts.fact_key = details.fact_key
    join (select bot_key, channel_key, channel_key as of_channel from channels
        union all select bot_key, 0, channel_key from channels) as scopes
        on scopes.bot_key = facts.bot_key and scopes.of_channel = facts.channel_key
    group by facts.bot_key, facts.user_key, scopes.channel_key, details.event_key, facts.at - facts.at % 900000;

insert into models (bot_key, model_key, name)
    select bot_key, row_number() over (partition by bot_key order by first_key), name
    from (
        select facts.bot_key, coalesce(m.model, '') as name, min(facts.fact_key) as first_key
        from message_details as m
        join facts on facts.bot_key = m.bot_key and facts.fact_key = m.fact_key
        where facts.kind in (1, 3) and coalesce(m.input_tokens, m.output_tokens, m.cost_nano_usd, m.latency_ms,
            m.model_failed, case when m.model is null then null else 0 end) is not null
        group by facts.bot_key, coalesce(m.model, '')
    ) as named;

insert into model_activity (bot_key, user_key, channel_key, model_key, quarter, bin,
        calls, errors, input_tokens, output_tokens, cost_whole, cost_nano, latency_ms)
    with recursive doublings (first, width, place) as (
        select 8, 1, 0 union all select first * 2, width * 2, place + 8 from doublings where first < 2097152
    ),
    called as (
        select facts.bot_key, facts.user_key, facts.channel_key, models.model_key,
            facts.at - facts.at % 900000 as quarter, m.latency_ms, m.cost_nano_usd,
            coalesce(m.model_failed, 0) as errors,
            case when m.input_tokens > 1000000000000 then 1000000000000 else coalesce(m.input_tokens, 0) end
                as input_tokens,
            case when m.output_tokens > 1000000000000 then 1000000000000 else coalesce(m.output_tokens, 0) end
                as output_tokens
        from message_details as m
        join facts on facts.bot_key = m.bot_key and facts.fact_key = m.fact_key
        join models on models.bot_key = m.bot_key and models.name = coalesce(m.model, '')
        where facts.kind in (1, 3) and coalesce(m.input_tokens, m.output_tokens, m.cost_nano_usd, m.latency_ms,
            m.model_failed, case when m.model is null then null else 0 end) is not null
    ),
    binned as (
        select called.*, case when latency_ms is null then -1 when latency_ms < 8 then latency_ms
            when latency_ms >= 4194304 then 160
            else (select place + latency_ms / width from doublings
                where latency_ms >= first and latency_ms < first * 2) end as bin
        from called
    )
    select bot_key, user_key, channel_key, model_key, quarter, bin, count(*), sum(errors), sum(input_tokens),
        sum(output_tokens),
        sum(coalesce(cost_nano_usd / 1000000000 - case when cost_nano_usd % 1000000000 < 0 then 1 else 0 end, 0)),
        sum(coalesce((cost_nano_usd % 1000000000 + 1000000000) % 1000000000, 0)),
        sum(case when latency_ms > 1000000000000 then 1000000000000 else coalesce(latency_ms, 0) end)
    from binned
    group by bot_key, user_key, channel_key, model_key, quarter, bin;
