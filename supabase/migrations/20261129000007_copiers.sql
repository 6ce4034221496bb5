-- Copiers: which account copies which, and by which rules. Both accounts have one owner and one environment. One router must see
-- both: where they are on two shards, `join_shards` moves one of them.
create table public.copiers (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  master_id uuid not null,
  slave_id uuid not null,
  mode text not null default 'on' check (mode in ('on', 'close_only', 'off', 'dry_run')),
  settings jsonb not null check (
    jsonb_typeof(settings) = 'object' and jsonb_typeof(settings #> '{sizing,mode}') is not distinct from 'string'
    and octet_length(settings::text) <= 16384
    -- What reads settings must never have to follow them deeper than the rules of copiers go.
    and not jsonb_path_exists(settings, 'strict $.**{9 to last}')),
  version int not null default 1,
  -- Why the router cannot use the row and copies nothing: `code`, and `params` that the words of the code are filled with. Null
  -- where it can.
  refusal jsonb check (refusal is null or (jsonb_typeof(refusal -> 'code') is not distinct from 'string'
    and jsonb_typeof(refusal -> 'params') is not distinct from 'object')),
  -- Its owner has removed it. The row is deleted when its copies are closed: at once, by a request, or when their masters close.
  removing text check (removing in ('close', 'follow')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint copiers_not_itself check (master_id <> slave_id),
  constraint copiers_one_per_pair unique (master_id, slave_id),
  -- The keys contain the user: whoever writes the row, both accounts belong to the same person.
  constraint copiers_master_id_fkey foreign key (master_id, user_id)
    references public.trading_accounts (id, user_id) on delete cascade,
  constraint copiers_slave_id_fkey foreign key (slave_id, user_id)
    references public.trading_accounts (id, user_id) on delete cascade
);
create index copiers_user_id_idx on public.copiers (user_id);
create index copiers_master_id_idx on public.copiers (master_id, user_id);
create index copiers_slave_id_idx on public.copiers (slave_id, user_id);
comment on table public.copiers is 'A master whose trades are repeated on a slave, with the rules for it.';

alter table public.copiers enable row level security;
grant select, delete, insert (id, master_id, slave_id, mode, settings), update (mode, settings) on public.copiers to authenticated;
grant select, update (refusal) on public.copiers to lockstep_router;
create policy "own copiers are read" on public.copiers for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own copiers are made" on public.copiers for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy "own copiers are changed" on public.copiers for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy "own copiers are deleted" on public.copiers for delete to authenticated
  using ((select auth.uid()) = user_id);
create policy "second factor" on public.copiers as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "second factor to make" on public.copiers as restrictive for insert to authenticated
  with check ((select private.may_write()));
create policy "second factor to change" on public.copiers as restrictive for update to authenticated
  using ((select private.may_write()));
create policy "second factor to delete" on public.copiers as restrictive for delete to authenticated
  using ((select private.may_write()));
create policy "a router reads its shard" on public.copiers for select to lockstep_router using (exists (
  select from private.account_shards s where s.account_id = slave_id and s.shard = (select private.own_shard())));
create policy "a router refuses rows of its shard" on public.copiers for update to lockstep_router using (exists (
  select from private.account_shards s where s.account_id = slave_id and s.shard = (select private.own_shard())));

-- Whether trades of one account reach another through any chain of copiers, whatever their modes.
create function private.copies_reach(p_from uuid, p_to uuid) returns boolean
language sql stable set search_path = '' as $$
  with recursive reached (id) as (
    select p_from
    union
    select c.slave_id from public.copiers c join reached r on c.master_id = r.id
  )
  select exists (select from reached where id = p_to)
$$;

create function private.check_copier() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_master public.trading_accounts;
  v_slave public.trading_accounts;
begin
  if tg_op = 'UPDATE' and (new.id, new.user_id, new.master_id, new.slave_id)
     is distinct from (old.id, old.user_id, old.master_id, old.slave_id) then
    perform private.refuse(409, 'copier_ends_fixed');
  end if;
  -- Inserts of one person run one after the other: two copiers made at once must not close a circle between them.
  perform pg_advisory_xact_lock(hashtextextended(new.user_id::text, 7));
  select * into v_master from public.trading_accounts a where a.id = new.master_id and a.user_id = new.user_id;
  select * into v_slave from public.trading_accounts a where a.id = new.slave_id and a.user_id = new.user_id;
  if v_master.id is null or v_slave.id is null then
    perform private.refuse(404, 'account_not_found');
  elsif v_master.id = v_slave.id then
    perform private.refuse(422, 'copier_loop', '{"through": "itself"}');
  elsif v_master.role = 'slave' then
    perform private.refuse(422, 'not_a_master');
  elsif v_slave.role = 'master' then
    perform private.refuse(422, 'not_a_slave');
  elsif v_master.environment <> v_slave.environment then
    perform private.refuse(422, 'environments_differ');
  end if;
  if tg_op = 'INSERT' and private.copies_reach(new.slave_id, new.master_id) then
    perform private.refuse(422, 'copier_loop', '{"through": "others"}');
  end if;
  return new;
end $$;
create trigger copiers_check before insert or update of id, user_id, master_id, slave_id, mode, settings on public.copiers
for each row execute function private.check_copier();

create function private.count_copier_version() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.version := old.version + 1;
  new.updated_at := now();
  return new;
end $$;
create trigger copiers_version before update of mode, settings on public.copiers
for each row when ((old.mode, old.settings) is distinct from (new.mode, new.settings)) execute function private.count_copier_version();
create trigger copiers_notify_made after insert or delete on public.copiers
for each row execute function private.notify_change('copier_changes', 'id');
create trigger copiers_notify_changed after update on public.copiers
for each row when (old.* is distinct from new.*) execute function private.notify_change('copier_changes', 'id');

-- The role of an account must keep fitting the copiers that use it.
create function private.keep_role_in_use() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(new.user_id::text, 7));
  if (new.role = 'slave' and exists (select from public.copiers c where c.master_id = new.id))
     or (new.role = 'master' and exists (select from public.copiers c where c.slave_id = new.id)) then
    perform private.refuse(409, 'role_in_use');
  end if;
  return new;
end $$;
create trigger trading_accounts_role before update of role on public.trading_accounts
for each row when (old.role is distinct from new.role) execute function private.keep_role_in_use();

create function private.limit_copiers() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_most int := private.most(new.user_id, 'copiers');
begin
  -- Inserts of one person run one after the other: two at once must not both take the last place.
  perform pg_advisory_xact_lock(hashtextextended(new.user_id::text, 7));
  if (select count(*) from public.copiers c where c.user_id = new.user_id) >= v_most then
    perform private.refuse(409, 'copier_limit_reached', jsonb_build_object('most', v_most));
  end if;
  return new;
end $$;
create trigger copiers_limit before insert on public.copiers
for each row execute function private.limit_copiers();

-- How activity names a copier: the labels of its two accounts.
create function private.copier_label(p_copier uuid) returns text
language sql stable security definer set search_path = '' as $$
  select string_agg(a.label, ' → ' order by (a.id = c.slave_id))
  from public.copiers c join public.trading_accounts a on a.id in (c.master_id, c.slave_id) where c.id = p_copier
$$;
