-- The state of the guards of copiers. The router writes it in the transaction of the events it belongs to, and reads it when it
-- starts.
create table public.guard_states (
  copier_id uuid not null references public.copiers (id) on delete cascade,
  -- Which guard of the copier: what it measures, over which period, and its number among guards of the same kind.
  guard text not null check (char_length(guard) between 1 and 100),
  user_id uuid not null,
  period text not null default '',
  -- The measured money of the slave's account when the period began, and for drawdowns its highest value since.
  start_value numeric(30, 8) not null default 0,
  peak_value numeric(30, 8) not null default 0,
  tripped boolean not null default false,
  warned boolean not null default false,
  -- Money that came in or went out up to this time of the broker's clock (ms since 1970) is in both values. 0: not known.
  moved_msc bigint not null default 0,
  -- What came in, less what went out, since the guard first saw figures. A reset leaves it.
  paid_in numeric(30, 8) not null default 0,
  -- For guards that count from the balance at a day's end: the day they are in, and the newest balance of it.
  day text not null default '',
  last_value numeric(30, 8) not null default 0,
  -- Until then nobody lets the guard go on, neither by a reset nor by other settings. Null where it is not locked.
  locked_until timestamptz,
  -- When the guard's pause ends by itself. Null where it does not pause, or no time ends its pause.
  paused_until timestamptz,
  -- How often the guard was reset, and how many resets the person has asked for in all.
  resets int not null default 0,
  requested_resets int not null default 0,
  at timestamptz not null default now(),
  primary key (copier_id, guard)
);
alter table public.guard_states enable row level security;
grant select on public.guard_states to authenticated;
grant select, insert (copier_id, guard, user_id, period, start_value, peak_value, tripped, warned, resets, at, moved_msc, day,
    last_value, locked_until, paused_until, paid_in),
  update (period, start_value, peak_value, tripped, warned, resets, at, moved_msc, day, last_value, locked_until, paused_until,
    paid_in) on public.guard_states to lockstep_router;
create policy "own guards are read" on public.guard_states for select to authenticated using ((select auth.uid()) = user_id);
create policy "second factor" on public.guard_states as restrictive for select to authenticated
  using ((select private.caller_ok()));
-- A router sees the copiers of its own shard and no others.
create policy "a router reads its shard" on public.guard_states for select to lockstep_router using (exists (
  select from public.copiers c where c.id = copier_id and c.user_id = guard_states.user_id));
create policy "a router adds to its shard" on public.guard_states for insert to lockstep_router with check (exists (
  select from public.copiers c where c.id = copier_id and c.user_id = guard_states.user_id));
create policy "a router changes its shard" on public.guard_states for update to lockstep_router using (exists (
  select from public.copiers c where c.id = copier_id and c.user_id = guard_states.user_id)) with check (exists (
  select from public.copiers c where c.id = copier_id and c.user_id = guard_states.user_id));

create trigger guard_states_notify after update on public.guard_states
for each row when ((old.tripped, old.warned, old.resets, old.requested_resets, old.paused_until)
  is distinct from (new.tripped, new.warned, new.resets, new.requested_resets, new.paused_until))
execute function private.notify_change('copier_changes', 'copier_id');

-- Asks the router to reset a guard that has tripped. Asking again before the router has done it changes nothing.
create function public.reset_guard(p_copier uuid, p_guard text) returns setof public.guard_states
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
begin
  if not exists (select from public.copiers c where c.id = p_copier and c.user_id = v_user) then
    perform private.refuse(404, 'copier_not_found');
  end if;
  if exists (select from public.guard_states g
      where g.copier_id = p_copier and g.guard = p_guard and g.tripped and g.locked_until > now()) then
    perform private.refuse(409, 'guard_locked');
  end if;
  update public.guard_states g set requested_resets = g.resets + 1
  where g.copier_id = p_copier and g.guard = p_guard and g.tripped and g.requested_resets <= g.resets;
  if found then
    perform private.note(v_user, 'guard_reset', 'copier', p_copier, private.copier_label(p_copier),
      jsonb_build_object('guard', p_guard));
  end if;
  return query select * from public.guard_states g where g.copier_id = p_copier and g.guard = p_guard;
end $$;
grant execute on function public.reset_guard to authenticated;

-- Whether a guard of a copier is locked now: then nothing that would undo it may be changed.
create function private.holds_lock(p_copier uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from public.guard_states g where g.copier_id = p_copier and g.tripped and g.locked_until > now())
$$;

-- A lock would be undone by other guards in its copier, by the copier's removal, or by the removal of one of its accounts. A
-- person who leaves takes everything along: that removes these rows through other tables' triggers.
create function private.keep_locked() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from public.copiers c
      where old.id in (c.id, c.slave_id, c.master_id) and private.holds_lock(c.id)) then
    perform private.refuse(409, 'guard_locked');
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger copiers_keep_locked_guards before update of settings on public.copiers
for each row when (old.settings -> 'guards' is distinct from new.settings -> 'guards') execute function private.keep_locked();
create trigger copiers_kept_while_locked before delete on public.copiers
for each row when (pg_trigger_depth() = 0) execute function private.keep_locked();
create trigger trading_accounts_kept_while_locked before delete on public.trading_accounts
for each row when (pg_trigger_depth() = 0) execute function private.keep_locked();
