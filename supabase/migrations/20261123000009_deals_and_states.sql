-- What brokers did, one row per deal, out of the router's history: prices of copies, and which positions are open.
create table public.deals (
  account_id uuid not null,
  deal bigint not null,
  entry int not null,
  user_id uuid not null,
  position bigint not null,
  -- The link that a copy's deals carry; 0 for anything else.
  link_id bigint not null,
  symbol text not null,
  side text not null,
  -- In 1e-8.
  lots bigint not null,
  price float8 not null,
  at timestamptz not null,
  primary key (account_id, deal, entry)
);
create index deals_position_idx on public.deals (account_id, position);
create index deals_user_idx on public.deals (user_id, at desc);
create index deals_link_idx on public.deals (link_id) where link_id <> 0;

-- What a terminal was, and from when on.
create table public.account_states (
  id bigint generated always as identity primary key,
  account_id uuid not null references public.trading_accounts (id) on delete cascade,
  user_id uuid not null,
  state text not null,
  reason text,
  message text,
  epoch bigint,
  at timestamptz not null
);
create index account_states_account_idx on public.account_states (account_id, id desc);

-- Prices of the master's opening, of the copy's and of its (last) closing.
alter table public.copies add column master_price float8, add column open_price float8, add column close_price float8;
create index copies_master_position_idx on public.copies (master_account_id, master_position);
create index copies_status_idx on public.copies (user_id, status, updated_at desc);

-- In basis points of the price. Slippage is signed: below zero the copy had a worse price than its master. The result is
-- what the price did for the copy from opening to closing.
alter table public.copies
  add column slippage_bp float8 generated always as (case when master_price > 0 and open_price > 0 then
    (case side when 'buy' then master_price - open_price else open_price - master_price end) / master_price * 10000 end) stored,
  add column result_bp float8 generated always as (case when open_price > 0 and close_price > 0 then
    (case side when 'buy' then close_price - open_price else open_price - close_price end) / open_price * 10000 end) stored;

create function private.keep_deal() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v jsonb := new.data;
begin
  if new.user_id is null or new.account_id is null or jsonb_typeof(v -> 'price') is distinct from 'number'
    or jsonb_typeof(v -> 'deal') is distinct from 'number' or jsonb_typeof(v -> 'position') is distinct from 'number' then
    return null;
  end if;
  insert into public.deals (account_id, deal, entry, user_id, position, link_id, symbol, side, lots, price, at)
  values (new.account_id, (v ->> 'deal')::bigint, coalesce((v ->> 'entry')::int, 0), new.user_id, (v ->> 'position')::bigint,
    coalesce((v ->> 'magic')::bigint, 0), coalesce(v ->> 'symbol', ''), coalesce(v ->> 'side', ''),
    coalesce((v ->> 'lots')::bigint, 0), (v ->> 'price')::float8, new.occurred_at)
  on conflict do nothing;
  return null;
end $$;
create trigger trade_events_deal after insert on public.trade_events
for each row when (new.kind = 'deal') execute function private.keep_deal();

-- A deal belongs to the copies of its position, as the master's, and to the copy that it names, as the slave's.
create function private.price_copies() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.entry = 0 then
    update public.copies c set master_price = new.price
    where c.master_account_id = new.account_id and c.master_position = new.position and c.master_price is null;
    update public.copies c set open_price = new.price
    where new.link_id > 0 and c.link_id = new.link_id and c.slave_account_id = new.account_id and c.open_price is null;
  else
    update public.copies c set close_price = new.price
    where c.slave_account_id = new.account_id and c.slave_position = new.position and c.close_price is distinct from new.price;
  end if;
  return null;
end $$;
create trigger deals_price after insert on public.deals
for each row execute function private.price_copies();
create index copies_slave_position_idx on public.copies (slave_account_id, slave_position);

-- Copies often come after the deals that they are about.
create function private.price_new_copy() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.master_price := coalesce(new.master_price, (
    select d.price from public.deals d
    where d.account_id = new.master_account_id and d.position = new.master_position and d.entry = 0
    order by d.at, d.deal limit 1));
  new.open_price := coalesce(new.open_price, (
    select d.price from public.deals d
    where d.link_id = new.link_id and d.account_id = new.slave_account_id and d.entry = 0 order by d.at, d.deal limit 1));
  return new;
end $$;
create trigger copies_price_new before insert on public.copies
for each row execute function private.price_new_copy();

-- The slave's position may become known after its closing deal.
create function private.price_closed_copy() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  new.close_price := coalesce((
    select d.price from public.deals d
    where d.account_id = new.slave_account_id and d.position = new.slave_position and d.entry <> 0
    order by d.at desc, d.deal desc limit 1), new.close_price);
  return new;
end $$;
create trigger copies_price_closed before update of status on public.copies
for each row when (new.status = 'closed' and old.status <> 'closed') execute function private.price_closed_copy();

create function private.keep_account_state() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.account_states (account_id, user_id, state, reason, message, epoch, at)
  values (new.id, new.user_id, new.state, new.state_reason, new.state_message, new.state_epoch, coalesce(new.state_at, now()));
  return null;
end $$;
create trigger trading_accounts_first_state after insert on public.trading_accounts
for each row execute function private.keep_account_state();
create trigger trading_accounts_next_state after update of state, state_reason, state_epoch on public.trading_accounts
for each row when ((old.state, old.state_reason, old.state_epoch) is distinct from (new.state, new.state_reason, new.state_epoch))
execute function private.keep_account_state();

-- What is there already. Prices that become known are no change of a copy's own.
alter table public.copies disable trigger copies_touch;
insert into public.deals (account_id, deal, entry, user_id, position, link_id, symbol, side, lots, price, at)
select e.account_id, (e.data ->> 'deal')::bigint, coalesce((e.data ->> 'entry')::int, 0), e.user_id,
  (e.data ->> 'position')::bigint, coalesce((e.data ->> 'magic')::bigint, 0), coalesce(e.data ->> 'symbol', ''),
  coalesce(e.data ->> 'side', ''), coalesce((e.data ->> 'lots')::bigint, 0), (e.data ->> 'price')::float8, e.occurred_at
from public.trade_events e
where e.kind = 'deal' and e.user_id is not null and e.account_id is not null
  and jsonb_typeof(e.data -> 'price') = 'number' and jsonb_typeof(e.data -> 'deal') = 'number'
  and jsonb_typeof(e.data -> 'position') = 'number'
order by e.run, e.n
on conflict do nothing;
alter table public.copies enable trigger copies_touch;
insert into public.account_states (account_id, user_id, state, reason, message, epoch, at)
select a.id, a.user_id, a.state, a.state_reason, a.state_message, a.state_epoch, coalesce(a.state_at, a.created_at)
from public.trading_accounts a;

alter table public.deals enable row level security;
alter table public.account_states enable row level security;
grant select on public.deals, public.account_states to authenticated;
create policy "own deals are read" on public.deals for select to authenticated using ((select auth.uid()) = user_id);
create policy "second factor" on public.deals as restrictive for select to authenticated using ((select private.caller_ok()));
create policy "own states are read" on public.account_states for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "second factor" on public.account_states as restrictive for select to authenticated
  using ((select private.caller_ok()));

create or replace function private.forget_user() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.copies where user_id = old.id;
  delete from public.trade_events where user_id = old.id;
  delete from public.deals where user_id = old.id;
  return null;
end $$;
