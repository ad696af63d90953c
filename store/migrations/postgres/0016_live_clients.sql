-- The origins of the sites whose pages may send with a write key, between blanks; null for a key that names none.
alter table write_keys add column sites text;

-- What a bot's widget sends by itself when it opens, one a line; null for the usual openings.
alter table bots add column openings text;
