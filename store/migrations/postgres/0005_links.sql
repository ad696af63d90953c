-- A fact says which one of the same user on the same channel comes before it by (at, fact_key), 0 for none, and a channel's row of
-- activity which is the last of its quarter. That finds a user's facts from any quarter backwards, as an index would,
-- without a page for each new message: a batch appends to `facts` and writes the rows of activity that it counts in
-- anyway. A quarter with nothing but events has a row of activity, of zeros.
drop index facts_by_user;
alter table facts add column before_key bigint not null default 0;

update facts set before_key = linked.before_key
    from (
        select bot_key, fact_key, lag(fact_key) over (
            partition by bot_key, user_key, channel_key order by at, fact_key) as before_key
        from facts
    ) as linked
    where facts.bot_key = linked.bot_key and facts.fact_key = linked.fact_key and linked.before_key is not null;
-- A server of the version before, which knows nothing of links, is refused.
alter table facts alter column before_key drop default;

-- All rows of a user stand together: a message counts in two of them, on one page.
alter table activity drop constraint activity_pkey;
alter table activity add column last_key bigint;
alter table activity add primary key (bot_key, user_key, scope, quarter);

insert into activity
    (bot_key, user_key, scope, quarter, messages, bot_messages, sessions_0, sessions_1, last_key)
    select bot_key, user_key, channel_key, quarter, 0, 0, 0, 0, fact_key
    from (
        select bot_key, user_key, channel_key, at - at % 900000 as quarter, fact_key, row_number() over (
            partition by bot_key, user_key, channel_key, at - at % 900000 order by at desc, fact_key desc) as place
        from facts
    ) as ranked
    where place = 1
    on conflict (bot_key, user_key, scope, quarter) do update set last_key = excluded.last_key;
