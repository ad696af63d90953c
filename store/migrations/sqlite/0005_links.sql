-- A fact says which one of the same user on the same channel comes before it by (at, fact_key), 0 for none, and a channel's row of
-- activity which is the last of its quarter. That finds a user's facts from any quarter backwards, as an index would,
-- without a page for each new message: a batch appends to `facts` and writes the rows of activity that it counts in
-- anyway. A quarter with nothing but events has a row of activity, of zeros.
alter table facts add column before_key integer not null default 0;

update facts set before_key = linked.before_key
    from (
        select fact_key, lag(fact_key) over (
            partition by bot_key, user_key, channel_key order by at, fact_key) as before_key
        from facts
    ) as linked
    where facts.fact_key = linked.fact_key and linked.before_key is not null;
drop index facts_by_user;

-- All rows of a user stand together: a message counts in two of them, on one page.
create table activity_of_users (
    bot_key integer not null,
    user_key integer not null,
    scope integer not null,
    quarter integer not null,
    messages integer not null,
    bot_messages integer not null,
    sessions_0 integer not null,
    sessions_1 integer not null default 0,
    last_key integer,
    primary key (bot_key, user_key, scope, quarter)
) strict, without rowid;

insert into activity_of_users
    select bot_key, user_key, scope, quarter, messages, bot_messages, sessions_0, sessions_1, null
    from activity order by bot_key, user_key, scope, quarter;
drop table activity;
alter table activity_of_users rename to activity;

insert into activity
    select bot_key, user_key, channel_key, quarter, 0, 0, 0, 0, fact_key
    from (
        select bot_key, user_key, channel_key, at - at % 900000 as quarter, fact_key, row_number() over (
            partition by bot_key, user_key, channel_key, at - at % 900000 order by at desc, fact_key desc) as place
        from facts
    ) as ranked
    where place = 1
    on conflict (bot_key, user_key, scope, quarter) do update set last_key = excluded.last_key;

-- Keys are never given twice: what points to a fact that is gone finds nothing.
create table fact_keys (
    only_row integer primary key check (only_row = 1),
    next_key integer not null
) strict;

insert into fact_keys select 1, coalesce(max(fact_key), 0) + 1 from facts;

-- Ids in their own order instead of by a hash: ids that grow with time, as most do, are appended.
drop table fact_ids;
create unique index facts_by_id on facts (bot_key, id);
