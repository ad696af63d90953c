-- A disabled account may not sign in and its read tokens open nothing; its bots go on. Null is an account that may.
alter table accounts add column disabled_at integer;

-- When somebody last signed in; null is never.
alter table accounts add column last_sign_in_at integer;

update accounts
    set last_sign_in_at = (select max(created_at) from logins where logins.account_id = accounts.account_id);

-- Browsers in which the right password of the account was once typed. Their tries are counted apart from strangers'.
create table devices (
    device_id integer primary key,
    account_id integer not null references accounts (account_id) on delete cascade,
    token_hash blob not null unique,
    last_used_at integer not null
) strict;

create index devices_of_account on devices (account_id, last_used_at);

-- One-time links: an invitation makes an account, a password link sets the password of one. At most one of each for an
-- address or account. They end with the rights of the admin who made them.
create table invitations (
    invitation_id integer primary key,
    token_hash blob not null unique,
    email text not null unique,
    is_admin integer not null,
    made_by integer not null references accounts (account_id) on delete cascade,
    created_at integer not null,
    expires_at integer not null
) strict;

create index invitations_by_maker on invitations (made_by);

create table password_links (
    account_id integer primary key references accounts (account_id) on delete cascade,
    token_hash blob not null unique,
    made_by integer not null references accounts (account_id) on delete cascade,
    expires_at integer not null
) strict;

create index password_links_by_maker on password_links (made_by);
