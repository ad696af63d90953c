-- The origins of the sites whose pages may send with a write key, between blanks; null for a key that names none.
alter table write_keys add column sites text;

-- What a bot's widget sends by itself when it opens, one a line; null for the usual openings.
alter table bots add column openings text;

-- Other ids of users: those of visitors who said later who they are. alias_id is no user of its own.
create table user_aliases (
    bot_key integer not null,
    alias_id text collate "C" not null,
    user_id text collate "C" not null,
    primary key (bot_key, alias_id)
);

create index user_aliases_of_user on user_aliases (bot_key, user_id);
