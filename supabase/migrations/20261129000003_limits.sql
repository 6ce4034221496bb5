-- How many accounts, copiers and templates one person may have, and how many terminals the person may start in an hour. The
-- triggers that refuse more stand with those tables.
create table private.limits (
  what text primary key check (what in ('accounts', 'copiers', 'templates', 'starts')),
  most int not null check (most >= 0)
);

-- Exceptions for single people.
create table private.limits_of_people (
  user_id uuid not null references auth.users (id) on delete cascade,
  what text not null references private.limits (what),
  most int not null check (most >= 0),
  primary key (user_id, what)
);
create index limits_of_people_what_idx on private.limits_of_people (what);
insert into private.limits (what, most) values ('accounts', 50), ('copiers', 200), ('templates', 50), ('starts', 120);
alter table private.limits enable row level security;
alter table private.limits_of_people enable row level security;

-- A row for the person takes precedence over the row for everybody.
create function private.most(p_user uuid, p_what text) returns int
language sql stable set search_path = '' as $$
  select coalesce((select l.most from private.limits_of_people l where l.user_id = p_user and l.what = p_what),
    (select l.most from private.limits l where l.what = p_what))
$$;
