-- The stops that a master's opening had, so that rules which look at stops can be tried on it. Null: none, or not told.
alter table public.deals add column sl float8, add column tp float8;

create or replace function private.keep_deal() returns trigger
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

create or replace function public.recent_openings(p_master uuid, p_limit int) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(p) order by p.at desc), '[]') from (
    select d.symbol, d.side, d.lots, d.price, d.sl, d.tp, d.at, d.link_id <> 0 as is_copy from public.deals d
    where d.user_id = (select auth.uid()) and d.account_id = p_master and d.entry = 0
    order by d.at desc limit p_limit) p
$$;
