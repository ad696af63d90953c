-- The one door that a write key opens; null for a key that opens every door.
alter table write_keys add column door text;

-- Ids of bots that were deleted a moment ago: no new bot gets one while a server may remember a key of the old bot.
create table deleted_bots (
    bot_id bigint primary key,
    deleted_at bigint not null
);
