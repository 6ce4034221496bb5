-- The history of copying, written by the routers. It outlives accounts and copiers, so it holds their ids without foreign keys.
-- A foreign key would also make a router's late row an error that the router could only repeat for ever. The trigger
-- `forget_history_of_deleted_user` removes the rows of a deleted person.

-- One row per copied (or refused, or skipped) opening.
create table public.copies (
  link_id bigint primary key check (link_id > 0),
  user_id uuid not null,
  copier_id uuid not null,
  master_account_id uuid not null,
  slave_account_id uuid not null,
  master_position bigint not null,
  -- An order that a broker filled in several deals, or that is above the slave's broker's maximum, may be copied in several
  -- parts, each with a row; the first is 0.
  part integer not null default 0 check (part >= 0),
  slave_position bigint,
  symbol text not null,
  slave_symbol text,
  side text not null check (side in ('buy', 'sell')),
  -- Lots are whole numbers of 1e-8 lot.
  master_lots bigint not null check (master_lots >= 0),
  target_lots bigint not null default 0 check (target_lots >= 0),
  open_lots bigint not null default 0 check (open_lots >= 0),
  -- The lots of the whole order's copy in 1e-8 before they were rounded, as a fraction such as `81000000/7`; empty where unknown.
  exact_lots text not null default '' check (exact_lots ~ '^([0-9]{1,90}/[0-9]{1,60})?$'),
  -- Released: as far as is known open at the broker, and no longer followed, because the copier was removed.
  status text not null check (status in
    ('waiting', 'sent', 'open', 'closed', 'rejected', 'skipped', 'unresolved', 'released')),
  reason text,
  setting text,
  -- What the words of `reason` are filled with; `lockstep_texts` makes the sentence, in the reader's language.
  params jsonb not null default '{}',
  -- Whether the master's side began as a pending order, which some copiers leave alone.
  from_order boolean not null default false,
  -- Whether that order has filled nothing yet. A router that was away cannot see whether it was deleted meanwhile, so it trusts
  -- such a row less than one whose position was seen.
  waits boolean not null default false,
  -- Stops that the copy wants, where its slave nets, so that the slave's position may hold those of another trade, or where they
  -- are hidden from the broker. 0 for none, else null. The service watches them where the broker does not hold both.
  stop_loss float8,
  take_profit float8,
  stops_kept text check (stops_kept in ('broker', 'service')),
  -- Latencies by span of the way, in microseconds.
  spans jsonb not null default '{}',
  -- Prices of the master's opening, of the copy's opening and of the copy's last closing. Triggers on `deals` fill them.
  master_price float8,
  open_price float8,
  close_price float8,
  -- In basis points of the master's price. Below zero the copy had the worse price.
  slippage_bp float8 generated always as (case when master_price > 0 and open_price > 0 then
    (case side when 'buy' then master_price - open_price else open_price - master_price end) / master_price * 10000 end) stored,
  -- In basis points: what the price did for the copy from its opening to its closing.
  result_bp float8 generated always as (case when open_price > 0 and close_price > 0 then
    (case side when 'buy' then close_price - open_price else open_price - close_price end) / open_price * 10000 end) stored,
  opened_at timestamptz,
  closed_at timestamptz,
  updated_at timestamptz not null default now()
);
create index copies_user_idx on public.copies (user_id, updated_at desc, link_id desc);
create index copies_copier_idx on public.copies (copier_id);
create index copies_master_account_idx on public.copies (master_account_id);
create index copies_slave_account_idx on public.copies (slave_account_id);
create index copies_unfinished_idx on public.copies (slave_account_id) where status in ('sent', 'open', 'unresolved', 'waiting');
create index copies_master_position_idx on public.copies (master_account_id, master_position);
create index copies_slave_position_idx on public.copies (slave_account_id, slave_position);
-- People and support look for a ticket without naming the account.
create index copies_master_ticket_idx on public.copies (master_position);
create index copies_slave_ticket_idx on public.copies (slave_position);
create index copies_status_idx on public.copies (user_id, status, updated_at desc);
-- A router that starts reads the rows that changed recently, out of a history that only grows.
create index copies_recent_idx on public.copies (updated_at);

alter table public.copies enable row level security;
grant select on public.copies to authenticated;
grant select, insert, update on public.copies to lockstep_router;
create policy "own copies are read" on public.copies for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "second factor" on public.copies as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "a router reads its shard" on public.copies for select to lockstep_router using (exists (
    select from private.account_shards s
    where s.account_id = slave_account_id and s.user_id = copies.user_id and s.shard = (select private.own_shard())));
create policy "a router adds to its shard" on public.copies for insert to lockstep_router with check (exists (
    select from private.account_shards s
    where s.account_id = slave_account_id and s.user_id = copies.user_id and s.shard = (select private.own_shard()))
  and exists (
    select from private.account_shards s
    where s.account_id = master_account_id and s.user_id = copies.user_id and s.shard = (select private.own_shard())));
create policy "a router changes its shard" on public.copies for update to lockstep_router
  using (exists (
    select from private.account_shards s
    where s.account_id = slave_account_id and s.user_id = copies.user_id and s.shard = (select private.own_shard())))
  with check (exists (
    select from private.account_shards s
    where s.account_id = slave_account_id and s.user_id = copies.user_id and s.shard = (select private.own_shard()))
  and exists (
    select from private.account_shards s
    where s.account_id = master_account_id and s.user_id = copies.user_id and s.shard = (select private.own_shard())));

create trigger copies_touch before update on public.copies
for each row execute function private.touch_updated_at();
create trigger copies_notify_made after insert or delete on public.copies
for each row execute function private.notify_change('copy_changes', 'link_id');
create trigger copies_notify_changed after update on public.copies
for each row when (old.* is distinct from new.*) execute function private.notify_change('copy_changes', 'link_id');

-- Events in the order in which one run of a router wrote them. Rows are only added; the key (run, n) makes a repeated write
-- harmless.
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

alter table public.trade_events enable row level security;
grant select on public.trade_events to authenticated;
grant select, insert on public.trade_events to lockstep_router;
create policy "own events are read" on public.trade_events for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "second factor" on public.trade_events as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "a router reads its shard" on public.trade_events for select to lockstep_router using (exists (
    select from private.account_shards s
    where s.account_id = trade_events.account_id and s.user_id = trade_events.user_id
      and s.shard = (select private.own_shard())));
create policy "a router adds to its shard" on public.trade_events for insert to lockstep_router with check (exists (
    select from private.account_shards s
    where s.account_id = trade_events.account_id and s.user_id = trade_events.user_id
      and s.shard = (select private.own_shard())));

-- Runs when a copier was removed: its open copies stay open at the broker, and nobody follows them.
create function private.release_copies() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- When the person was deleted too, the history goes as well.
  if exists (select from auth.users u where u.id = old.user_id) then
    update public.copies c set status = 'released', reason = 'copier_removed', setting = null,
      params = '{}'
    where c.copier_id = old.id and c.status in ('sent', 'open', 'unresolved');
    -- Of what waited nothing is at the broker: it is skipped for what it waited for.
    update public.copies c set status = 'skipped' where c.copier_id = old.id and c.status = 'waiting';
  end if;
  return null;
end $$;
create trigger copiers_release after delete on public.copiers
for each row execute function private.release_copies();

-- A router may write a copy after its copier was removed. The key-share lock makes this row wait for a removal under way, so
-- either this trigger sees the copier gone or `release_copies` sees the row. `insert … on conflict do update` of the router
-- uses the values that this trigger sets.
create function private.release_late_copy() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform from public.copiers c where c.id = new.copier_id for key share;
  if not found and new.status = 'waiting' then
    new.status := 'skipped';
  elsif not found then
    new.status := 'released';
    new.reason := 'copier_removed';
    new.setting := null;
    new.params := '{}';
  end if;
  return new;
end $$;
create trigger copies_release_late before insert on public.copies
for each row when (new.status in ('sent', 'open', 'unresolved', 'waiting')) execute function private.release_late_copy();

-- Whether master and slave differ and nothing more will be sent about it. `p_master_left` is what the master still holds in
-- 1e-8 lot: 0 where it has closed, null where that is not known. Every place that asks for out of sync asks this function.
create function private.is_out_of_sync(p_status text, p_reason text, p_master_left bigint) returns boolean
language sql immutable set search_path = '' as $$
  select coalesce(case p_status
    when 'unresolved' then true
    when 'open' then p_master_left = 0
    when 'rejected' then p_master_left > 0
    when 'skipped' then p_master_left > 0 and p_reason in ('out_of_sync', 'slave_offline', 'signal_too_old', 'late_price')
  end, false)
$$;
-- Triggers on what the router writes ask it, and functions that run with their caller's rights: a body that is parsed when it
-- is created may name it, though people may not enter `private`.
grant execute on function private.is_out_of_sync to authenticated, lockstep_router;
