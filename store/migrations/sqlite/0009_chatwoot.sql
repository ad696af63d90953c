-- What Chatwoot signs its webhooks with, if the bot's owner has set it. It is kept as it is: a hash signs nothing.
alter table bots add column chatwoot_secret text;
