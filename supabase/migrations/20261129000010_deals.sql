-- Deals of brokers, one row each, taken from the events of the routers. They give copies their prices and tell which positions
-- are open.
create table public.deals (
  account_id uuid not null,
  deal bigint not null,
  entry int not null,
  user_id uuid not null,
  position bigint not null,
  -- The link id that the orders of a copy carry as their magic; 0 for other trades.
  link_id bigint not null,
  symbol text not null,
  side text not null,
  -- In 1e-8 lot.
  lots bigint not null,
  price float8 not null,
  -- Stop loss and take profit of an opening, so that a copier's rules about stops can be tried on it. Null: none, or not known.
  sl float8,
  tp float8,
  at timestamptz not null,
  primary key (account_id, deal, entry)
);
create index deals_position_idx on public.deals (account_id, position);
create index deals_user_idx on public.deals (user_id, at desc);
create index deals_link_idx on public.deals (link_id) where link_id <> 0;
alter table public.deals enable row level security;
grant select on public.deals to authenticated;
create policy "own deals are read" on public.deals for select to authenticated using ((select auth.uid()) = user_id);
create policy "second factor" on public.deals as restrictive for select to authenticated using ((select private.caller_ok()));

-- An event that lacks its owner or the numbers of a deal makes no row.
create function private.keep_deal() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v jsonb := new.data;
begin
  if new.user_id is null or new.account_id is null or jsonb_typeof(v -> 'price') is distinct from 'number'
    or jsonb_typeof(v -> 'deal') is distinct from 'number' or jsonb_typeof(v -> 'position') is distinct from 'number' then
    return null;
  end if;
  insert into public.deals (account_id, deal, entry, user_id, position, link_id, symbol, side, lots, price, at, sl, tp)
  values (new.account_id, (v ->> 'deal')::bigint, coalesce((v ->> 'entry')::int, 0), new.user_id, (v ->> 'position')::bigint,
    coalesce((v ->> 'magic')::bigint, 0), coalesce(v ->> 'symbol', ''), coalesce(v ->> 'side', ''),
    coalesce((v ->> 'lots')::bigint, 0), (v ->> 'price')::float8, new.occurred_at,
    case jsonb_typeof(v -> 'sl') when 'number' then (v ->> 'sl')::float8 end,
    case jsonb_typeof(v -> 'tp') when 'number' then (v ->> 'tp')::float8 end)
  on conflict do nothing;
  return null;
end $$;
create trigger trade_events_deal after insert on public.trade_events
for each row when (new.kind = 'deal') execute function private.keep_deal();

-- Deals that happened while a terminal was not connected are reported later from its history, and again whenever a router starts.
-- Such an event is kept only if the deal is not known yet and is not older than the account's row.
create function private.keep_late_deal() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (
    select from public.deals d
    where d.account_id = new.account_id and d.deal = (new.data ->> 'deal')::bigint and d.entry = (new.data ->> 'entry')::int
  ) or not exists (
    select from public.trading_accounts a where a.id = new.account_id and a.created_at <= new.occurred_at
  ) then
    return null;
  end if;
  return new;
end $$;
create trigger trade_events_late_deal before insert on public.trade_events
for each row when (new.kind = 'deal' and new.data ? 'late') execute function private.keep_late_deal();

-- A deal on a master's account prices all copies of its position. A deal on a slave's account prices the copy whose link it
-- carries when it opens, and the copy of its position when it closes.
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

-- The router often writes a copy after its deals.
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

-- The closing deal may have come before the slave's position was known, when it matched no copy.
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

-- How much of each position is open by its deals. Positions with nothing left have no row. Below zero the opening is not known.
create table public.positions_left (
  account_id uuid not null,
  position bigint not null,
  user_id uuid not null,
  -- In 1e-8 lot.
  lots bigint not null,
  primary key (account_id, position)
);
create index positions_left_user_idx on public.positions_left (user_id);
alter table public.positions_left enable row level security;
grant select on public.positions_left to authenticated;
create policy "own positions are read" on public.positions_left for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "second factor" on public.positions_left as restrictive for select to authenticated
  using ((select private.caller_ok()));

create function private.count_position() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_lots bigint;
begin
  insert into public.positions_left as p (account_id, position, user_id, lots)
  values (new.account_id, new.position, new.user_id, case new.entry when 0 then new.lots else -new.lots end)
  on conflict (account_id, position) do update set lots = p.lots + excluded.lots returning p.lots into v_lots;
  if v_lots = 0 then
    delete from public.positions_left p where p.account_id = new.account_id and p.position = new.position;
  end if;
  return null;
end $$;
create trigger deals_count_position after insert on public.deals
for each row execute function private.count_position();

-- Counts again from all deals, for restored or corrected data.
create function private.count_all_positions(p_user uuid default null) returns void
language sql set search_path = '' as $$
  delete from public.positions_left p where p_user is null or p.user_id = p_user;
  insert into public.positions_left (account_id, position, user_id, lots)
  select d.account_id, d.position, min(d.user_id::text)::uuid, sum(case d.entry when 0 then d.lots else -d.lots end)
  from public.deals d where p_user is null or d.user_id = p_user group by 1, 2
  having sum(case d.entry when 0 then d.lots else -d.lots end) <> 0;
$$;

-- The last openings of a master, on which the website tries a copier's rules.
create function public.recent_openings(p_master uuid, p_limit int) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(p) order by p.at desc), '[]') from (
    select d.symbol, d.side, d.lots, d.price, d.sl, d.tp, d.at, d.link_id <> 0 as is_copy from public.deals d
    where d.user_id = (select auth.uid()) and d.account_id = p_master and d.entry = 0
    order by d.at desc limit p_limit) p
$$;
grant execute on function public.recent_openings to authenticated;

-- What deals earned and cost, as brokers book it, in the currency of their account. Costs are below zero. A row changes when
-- something is booked to its deal later. Routers write it apart from `deals`, since it may come long after its deal.
create table public.deal_money (
  account_id uuid not null,
  deal bigint not null,
  user_id uuid not null,
  position bigint not null,
  order_ticket bigint not null,
  -- The opposite position that the deal closed its own by; 0: none.
  closes bigint not null,
  -- The magic of its order: a link id where a router sent it, 0 or another program's number where not.
  link_id bigint not null,
  -- MQL5 ENUM_DEAL_ENTRY and ENUM_DEAL_REASON.
  entry int not null,
  reason int not null,
  symbol text not null,
  currency text not null,
  profit numeric(30, 8) not null,
  commission numeric(30, 8) not null,
  swap numeric(30, 8) not null,
  fee numeric(30, 8) not null,
  net numeric(30, 8) not null generated always as (profit + commission + swap + fee) stored,
  -- When it happened, and when it was last reported.
  at timestamptz not null,
  told_at timestamptz not null,
  primary key (account_id, deal)
);
create index deal_money_position_idx on public.deal_money (account_id, position);
create index deal_money_user_idx on public.deal_money (user_id, at desc);
create index deal_money_link_idx on public.deal_money (link_id) where link_id <> 0;
alter table public.deal_money enable row level security;
grant select on public.deal_money to authenticated;
grant select, insert, update on public.deal_money to lockstep_router;
create policy "own money is read" on public.deal_money for select to authenticated using ((select auth.uid()) = user_id);
create policy "second factor" on public.deal_money as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "a router reads its shard" on public.deal_money for select to lockstep_router using (exists (
  select from private.account_shards s
  where s.account_id = deal_money.account_id and s.user_id = deal_money.user_id and s.shard = (select private.own_shard())));
create policy "a router adds to its shard" on public.deal_money for insert to lockstep_router with check (exists (
  select from private.account_shards s
  where s.account_id = deal_money.account_id and s.user_id = deal_money.user_id and s.shard = (select private.own_shard())));
create policy "a router changes its shard" on public.deal_money for update to lockstep_router using (exists (
  select from private.account_shards s
  where s.account_id = deal_money.account_id and s.user_id = deal_money.user_id and s.shard = (select private.own_shard()))) with check (exists (
  select from private.account_shards s
  where s.account_id = deal_money.account_id and s.user_id = deal_money.user_id and s.shard = (select private.own_shard())));

-- Money that moved without a trade: deposits, withdrawals, credit, corrections, charges, and commissions or interest that belong
-- to no deal. Below zero it left the account.
create table public.money_operations (
  account_id uuid not null,
  deal bigint not null,
  user_id uuid not null,
  -- MQL5 ENUM_DEAL_TYPE: 2 balance, 3 credit, 4 charge, 5 correction, 6 bonus, from 7 on what follows from trades.
  operation int not null,
  currency text not null,
  amount numeric(30, 8) not null,
  comment text not null,
  at timestamptz not null,
  told_at timestamptz not null,
  primary key (account_id, deal)
);
create index money_operations_user_idx on public.money_operations (user_id, at desc);
alter table public.money_operations enable row level security;
grant select on public.money_operations to authenticated;
grant select, insert, update on public.money_operations to lockstep_router;
create policy "own money is read" on public.money_operations for select to authenticated using ((select auth.uid()) = user_id);
create policy "second factor" on public.money_operations as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "a router reads its shard" on public.money_operations for select to lockstep_router using (exists (
  select from private.account_shards s
  where s.account_id = money_operations.account_id and s.user_id = money_operations.user_id and s.shard = (select private.own_shard())));
create policy "a router adds to its shard" on public.money_operations for insert to lockstep_router with check (exists (
  select from private.account_shards s
  where s.account_id = money_operations.account_id and s.user_id = money_operations.user_id and s.shard = (select private.own_shard())));
create policy "a router changes its shard" on public.money_operations for update to lockstep_router using (exists (
  select from private.account_shards s
  where s.account_id = money_operations.account_id and s.user_id = money_operations.user_id and s.shard = (select private.own_shard()))) with check (exists (
  select from private.account_shards s
  where s.account_id = money_operations.account_id and s.user_id = money_operations.user_id and s.shard = (select private.own_shard())));

-- Sums of money as exact decimal text. `net` is profit and all costs.
create function private.money_sums(p_profit numeric, p_commission numeric, p_swap numeric, p_fee numeric) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object('profit', trim_scale(p_profit)::text, 'commission', trim_scale(p_commission)::text,
    'swap', trim_scale(p_swap)::text, 'fee', trim_scale(p_fee)::text,
    'net', trim_scale(p_profit + p_commission + p_swap + p_fee)::text)
$$;
grant execute on function private.money_sums to authenticated;

-- What a copy earned: the deals that carry its link, and those of its position where no other copy has a share in that (on a
-- netting account what closed a shared position without a link belongs to no copy). `master` is what the master's position
-- earned. `against_master` compares lots for lots, where both accounts have one currency. Null before any of it is known.
create function public.copy_money(p_link text) returns jsonb
language sql stable security invoker set search_path = ''
return (
  with own as (
    select m.currency, sum(m.profit) as profit, sum(m.commission) as commission, sum(m.swap) as swap, sum(m.fee) as fee,
      sum(m.net) as net
    from public.copies c join public.deal_money m on m.account_id = c.slave_account_id
      and (m.link_id = c.link_id or m.position = c.slave_position and not exists (
        select from public.copies o where o.slave_account_id = c.slave_account_id and o.slave_position = c.slave_position
          and o.link_id <> c.link_id))
    where c.link_id = p_link::bigint group by m.currency
  ), theirs as (
    select m.currency, sum(m.profit) as profit, sum(m.commission) as commission, sum(m.swap) as swap, sum(m.fee) as fee,
      sum(m.net) as net
    from public.copies c join public.deal_money m on m.account_id = c.master_account_id and m.position = c.master_position
    where c.link_id = p_link::bigint group by m.currency
  ), opened as (
    select sum(d.lots) as lots, max(c.target_lots) as target_lots
    from public.copies c join public.deals d on d.account_id = c.master_account_id and d.position = c.master_position and d.entry = 0
    where c.link_id = p_link::bigint
  )
  select jsonb_build_object('currency', o.currency) || private.money_sums(o.profit, o.commission, o.swap, o.fee)
    || jsonb_build_object('master', (
        select jsonb_build_object('currency', t.currency) || private.money_sums(t.profit, t.commission, t.swap, t.fee)
        from theirs t limit 1),
      'against_master', (
        select trim_scale(round(o.net - t.net * w.target_lots / w.lots, 8))::text
        from theirs t, opened w where t.currency = o.currency and w.lots > 0))
  from own o limit 1
);

-- What copies earned in a period, by currency: the deals on slaves that carry a link or belong to a copy's position.
create function public.money_earned(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid) returns jsonb
language sql stable security invoker set search_path = ''
return (
  with earned as (
    select m.currency, m.profit, m.commission, m.swap, m.fee
    from public.deal_money m cross join lateral (
      select c.copier_id, c.master_account_id, c.slave_account_id from public.copies c
      where c.slave_account_id = m.account_id and (c.link_id = m.link_id or c.slave_position = m.position)
      order by c.link_id = m.link_id desc limit 1) c
    where m.user_id = (select auth.uid()) and m.at >= p_since and m.at < p_until
      and (p_copier is null or c.copier_id = p_copier)
      and (p_account is null or p_account in (c.master_account_id, c.slave_account_id))
  )
  select coalesce(jsonb_agg(jsonb_build_object('currency', g.currency, 'deals', g.deals)
    || private.money_sums(g.profit, g.commission, g.swap, g.fee) order by g.currency), '[]')
  from (
    select e.currency, count(*) as deals, sum(e.profit) as profit, sum(e.commission) as commission, sum(e.swap) as swap,
      sum(e.fee) as fee
    from earned e group by e.currency) g
);
grant execute on function public.copy_money, public.money_earned to authenticated;
