-- What a report asks of pairs it finds by their bucket: of each only those with a few buckets before. An entry by the bucket
-- before had its place somewhere else for every visit, and cost more than any other row.
drop index visits_by_previous;

-- Nothing is remembered of a bot that this would tell to be old.
alter table bot_state drop column version;
