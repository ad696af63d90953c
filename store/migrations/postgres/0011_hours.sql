-- Revisions are told apart more finely. bot_state.revision is that of the counts of hours and longer; hour_revision that of
-- the visits of hours, which most zones agree on; calendar_revision that of the visits of days and longer, and as before of
-- events and model use. A recomputation rewrites what depends on its change, and makes the rest of its counters from hours.

alter table bot_state add column hour_revision smallint not null default 0;

-- by_hours: counters are made from the live ones, up to a scope and an hour in it; otherwise from users' activity, up to
-- next_user_key. percent: how much of all that is.
alter table recounts add column by_hours smallint not null default 0;
alter table recounts add column next_scope bigint not null default 0;
alter table recounts add column next_hour bigint not null default 0;
alter table recounts add column percent smallint not null default 0;

-- What is being built by other rules begins anew.
update recounts set next_user_key = 0 where exists (
    select 1 from bot_state
    where bot_state.bot_key = recounts.bot_key
        and (bot_state.time_zone <> recounts.time_zone or bot_state.week_start <> recounts.week_start
            or bot_state.idle_timeout_ms <> recounts.idle_timeout_ms));

-- All visits stand in bot_state.revision. The fewer rows of events and model use follow them there.
delete from event_counts where revision <> (
    select calendar_revision from bot_state where bot_state.bot_key = event_counts.bot_key);
delete from event_visits where revision <> (
    select calendar_revision from bot_state where bot_state.bot_key = event_visits.bot_key);
delete from model_counts where revision <> (
    select calendar_revision from bot_state where bot_state.bot_key = model_counts.bot_key);
update event_counts set revision = (
    select revision from bot_state where bot_state.bot_key = event_counts.bot_key);
update event_visits set revision = (
    select revision from bot_state where bot_state.bot_key = event_visits.bot_key);
update model_counts set revision = (
    select revision from bot_state where bot_state.bot_key = model_counts.bot_key);
update bot_state set hour_revision = revision, calendar_revision = revision;
