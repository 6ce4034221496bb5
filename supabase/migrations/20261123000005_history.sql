-- What was copied. History outlives accounts and copiers, so it holds their ids and no foreign keys; it goes with the person.
create table public.copies (
  link_id bigint primary key check (link_id > 0),
  user_id uuid not null,
  copier_id uuid not null,
  master_account_id uuid not null,
  slave_account_id uuid not null,
  master_position bigint not null,
  slave_position bigint,
  symbol text not null,
  slave_symbol text,
  side text not null check (side in ('buy', 'sell')),
  -- Lots in 1e-8.
  master_lots bigint not null check (master_lots >= 0),
  wished_lots bigint not null default 0 check (wished_lots >= 0),
  open_lots bigint not null default 0 check (open_lots >= 0),
  status text not null check (status in ('sent', 'open', 'closed', 'rejected', 'skipped', 'unresolved')),
  reason text,
  setting text,
  message text,
  legs jsonb not null default '{}',
  opened_at timestamptz,
  closed_at timestamptz,
  updated_at timestamptz not null default now()
);
create index copies_user_idx on public.copies (user_id, updated_at desc, link_id desc);
create index copies_copier_idx on public.copies (copier_id);
create index copies_master_account_idx on public.copies (master_account_id);
create index copies_slave_account_idx on public.copies (slave_account_id);
create index copies_unfinished_idx on public.copies (slave_account_id) where status in ('sent', 'open', 'unresolved');

-- What happened, in the order one run of a router wrote it. Append-only; (run, n) makes a repeated write harmless.
create table public.trade_events (
  run bigint not null,
  n bigint not null,
  user_id uuid,
  account_id uuid,
  copier_id uuid,
  link_id bigint,
  kind text not null check (char_length(kind) between 1 and 64),
  occurred_at timestamptz not null default now(),
  data jsonb not null default '{}',
  primary key (run, n)
);
create index trade_events_user_idx on public.trade_events (user_id, occurred_at desc);
create index trade_events_account_idx on public.trade_events (account_id, occurred_at desc);
create index trade_events_copier_idx on public.trade_events (copier_id, occurred_at desc);
create index trade_events_link_idx on public.trade_events (link_id);

create trigger copies_touch before update on public.copies
for each row execute function private.touch_updated_at();
create trigger copies_notify_made after insert or delete on public.copies
for each row execute function private.notify_change('copy_changes', 'link_id');
create trigger copies_notify_changed after update on public.copies
for each row when (old.* is distinct from new.*) execute function private.notify_change('copy_changes', 'link_id');

-- A person who leaves takes the history along. A foreign key would do it too, but would also make a router's late row an
-- error that it could only repeat for ever.
create function private.forget_user() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.copies where user_id = old.id;
  delete from public.trade_events where user_id = old.id;
  return null;
end $$;
create trigger forget_history_of_deleted_user after delete on auth.users
for each row execute function private.forget_user();

alter table public.copies enable row level security;
alter table public.trade_events enable row level security;
grant select on public.copies, public.trade_events to authenticated;
grant select, insert, update on public.copies to lockstep_router;
grant select, insert on public.trade_events to lockstep_router;

create policy "own copies are read" on public.copies for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own events are read" on public.trade_events for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "the router reads" on public.copies for select to lockstep_router using (true);
create policy "the router adds" on public.copies for insert to lockstep_router with check (true);
create policy "the router changes" on public.copies for update to lockstep_router using (true) with check (true);
create policy "the router reads" on public.trade_events for select to lockstep_router using (true);
create policy "the router adds" on public.trade_events for insert to lockstep_router with check (true);
