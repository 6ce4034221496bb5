-- What becomes of open copies when their copier is removed, and how much one person may have.

-- Released: open at the broker as far as is known, and followed by nobody any more.
alter table public.copies drop constraint copies_status_check;
alter table public.copies add constraint copies_status_check
  check (status in ('sent', 'open', 'closed', 'rejected', 'skipped', 'unresolved', 'released'));

create function private.release_copies() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- Where the person goes as well, so does the history.
  if exists (select from auth.users u where u.id = old.user_id) then
    update public.copies c set status = 'released', reason = 'copier_removed', setting = null,
      message = 'Its copier was removed. What is open of it stays open at the broker and is no longer followed.'
    where c.copier_id = old.id and c.status in ('sent', 'open', 'unresolved');
  end if;
  return null;
end $$;
create trigger copiers_release after delete on public.copiers
for each row execute function private.release_copies();

-- A router's row may come after its copier has gone. The lock lets a removal that is under way come before or after this
-- row, never between; `insert … on conflict do update` takes what this trigger leaves.
create function private.release_late_copy() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform from public.copiers c where c.id = new.copier_id for key share;
  if not found then
    new.status := 'released';
    new.reason := 'copier_removed';
    new.setting := null;
    new.message := 'Its copier was removed. What is open of it stays open at the broker and is no longer followed.';
  end if;
  return new;
end $$;
create trigger copies_release_late before insert on public.copies
for each row when (new.status in ('sent', 'open', 'unresolved')) execute function private.release_late_copy();

-- How much one person may have. A row for a person goes before the row for everybody.
create table private.limits (
  what text primary key check (what in ('accounts', 'copiers')),
  most int not null check (most >= 0)
);
create table private.limits_of_people (
  user_id uuid not null references auth.users (id) on delete cascade,
  what text not null references private.limits (what),
  most int not null check (most >= 0),
  primary key (user_id, what)
);
create index limits_of_people_what_idx on private.limits_of_people (what);
insert into private.limits (what, most) values ('accounts', 50), ('copiers', 200);
alter table private.limits enable row level security;
alter table private.limits_of_people enable row level security;

create function private.most(p_user uuid, p_what text) returns int
language sql stable set search_path = '' as $$
  select coalesce((select l.most from private.limits_of_people l where l.user_id = p_user and l.what = p_what),
    (select l.most from private.limits l where l.what = p_what))
$$;

-- One at a time per person, so that two at once do not both take the last place.
create function private.limit_accounts() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_most int := private.most(new.user_id, 'accounts');
begin
  perform pg_advisory_xact_lock(hashtextextended(new.user_id::text, 7));
  -- The same request again adds nothing.
  if not exists (select from public.trading_accounts a where a.id = new.id)
    and (select count(*) from public.trading_accounts a where a.user_id = new.user_id) >= v_most then
    perform private.refuse(409, 'account_limit_reached',
      format('You may have %s accounts and no more. Remove one that you do not need, or write to support.', v_most));
  end if;
  return new;
end $$;
create trigger trading_accounts_limit before insert on public.trading_accounts
for each row execute function private.limit_accounts();

create function private.limit_copiers() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_most int := private.most(new.user_id, 'copiers');
begin
  perform pg_advisory_xact_lock(hashtextextended(new.user_id::text, 7));
  if (select count(*) from public.copiers c where c.user_id = new.user_id) >= v_most then
    perform private.refuse(409, 'copier_limit_reached',
      format('You may have %s copiers and no more. Remove one that you do not need, or write to support.', v_most));
  end if;
  return new;
end $$;
create trigger copiers_limit before insert on public.copiers
for each row execute function private.limit_copiers();

-- What was copied was copied: every figure that counts open and closed copies counts released ones.
do $$
declare
  v_function text;
begin
  for v_function in
    select pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('public', 'private') and p.prokind = 'f' and p.prosrc like '%status in (''open'', ''closed''%'
  loop
    execute replace(v_function, 'status in (''open'', ''closed''', 'status in (''open'', ''closed'', ''released''');
  end loop;
end $$;

-- Copies whose copier went before there was this state. When they last changed stays as it is.
alter table public.copies disable trigger copies_touch;
update public.copies c set status = 'released', reason = 'copier_removed', setting = null,
  message = 'Its copier was removed. What is open of it stays open at the broker and is no longer followed.'
where c.status in ('sent', 'open', 'unresolved') and not exists (select from public.copiers p where p.id = c.copier_id);
alter table public.copies enable trigger copies_touch;
