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
