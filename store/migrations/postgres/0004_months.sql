-- Months are a tier of counters now (4), which rows of earlier versions do not have: each bot is counted anew by the rule
-- that it has, in the other revision, when the store is opened.
insert into recounts (bot_key, time_zone, week_start, idle_timeout_ms, next_user_key)
    select bot_key, time_zone, week_start, idle_timeout_ms, 1 from bot_state where next_user_key > 1;
