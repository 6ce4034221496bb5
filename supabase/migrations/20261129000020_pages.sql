-- Pages of the website, each in one call. All functions run with the caller's own rights: row level security decides what they
-- see. Those with `force_custom_plan` are planned with the values of their parameters, so that conditions on null parameters drop
-- out of the plan and an index alone can answer.

-- A page of the history. `p_filter` is JSON as text with status (a list), copier_id, account_id, symbol, reason, ticket (of the
-- position on either side), since and until; the cursor is the last row of the page before. The total is of rows, of which a trade
-- in parts has several; it comes from `copy_sums` where the filter allows it.
create function public.copies_page(
  p_filter text, p_limit int, p_cursor_at timestamptz, p_cursor_id text, p_count boolean
) returns jsonb
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_custom_plan' as $$
declare
  v_filter jsonb := p_filter::jsonb;
  v_status text[] := (select array_agg(s) from jsonb_array_elements_text(coalesce(v_filter -> 'status', '[]')) s);
  v_copier uuid := (v_filter ->> 'copier_id')::uuid;
  v_account uuid := (v_filter ->> 'account_id')::uuid;
  v_symbol text := v_filter ->> 'symbol';
  v_reason text := v_filter ->> 'reason';
  v_ticket bigint := (v_filter ->> 'ticket')::bigint;
  v_since timestamptz := (v_filter ->> 'since')::timestamptz;
  v_until timestamptz := (v_filter ->> 'until')::timestamptz;
  v_at timestamptz := coalesce(p_cursor_at, 'infinity');
  v_id bigint := coalesce(p_cursor_id::bigint, 9223372036854775807);
  v_user uuid := auth.uid();
  v_items jsonb;
  v_total bigint;
begin
  select coalesce(jsonb_agg(p.item order by p.updated_at desc, p.link_id desc), '[]') into v_items
  from (
    select to_jsonb(c) || jsonb_build_object('link_id', c.link_id::text) as item, c.updated_at, c.link_id from public.copies c
    where c.user_id = v_user
      and (c.updated_at, c.link_id) < (v_at, v_id)
      and (v_status is null or c.status = any (v_status)) and (v_copier is null or c.copier_id = v_copier)
      and (v_account is null or v_account in (c.master_account_id, c.slave_account_id))
      and (v_symbol is null or v_symbol in (c.symbol, c.slave_symbol)) and (v_reason is null or c.reason = v_reason)
      and (v_ticket is null or v_ticket in (c.master_position, c.slave_position))
      and (v_since is null or c.updated_at >= v_since) and (v_until is null or c.updated_at < v_until)
    order by c.updated_at desc, c.link_id desc limit p_limit) p;
  if p_count and v_status is null and v_symbol is null and v_reason is null and v_ticket is null and v_since is null
    and v_until is null then
    select coalesce(sum(s.copied + s.skipped + s.rejected + s.unresolved + s.parts), 0) into v_total from public.copy_sums s
    where s.user_id = v_user and (v_copier is null or s.copier_id = v_copier)
      and (v_account is null or v_account in (s.master_account_id, s.slave_account_id));
  elsif p_count then
    select count(*) into v_total from public.copies c
    where c.user_id = v_user
      and (v_status is null or c.status = any (v_status)) and (v_copier is null or c.copier_id = v_copier)
      and (v_account is null or v_account in (c.master_account_id, c.slave_account_id))
      and (v_symbol is null or v_symbol in (c.symbol, c.slave_symbol)) and (v_reason is null or c.reason = v_reason)
      and (v_ticket is null or v_ticket in (c.master_position, c.slave_position))
      and (v_since is null or c.updated_at >= v_since) and (v_until is null or c.updated_at < v_until);
  end if;
  return jsonb_build_object('items', v_items, 'total', v_total);
end $$;

-- A copy with its events and the deals of both sides.
create function public.copy_life(p_link text) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select to_jsonb(c) || jsonb_build_object('link_id', c.link_id::text,
    'events', (
      select coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'occurred_at', e.occurred_at, 'data', e.data)
        order by e.run, e.n), '[]')
      from public.trade_events e where e.link_id = c.link_id),
    'deals', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'role', case when d.account_id = c.master_account_id then 'master' else 'slave' end, 'deal', d.deal::text,
        'entry', d.entry, 'side', d.side, 'lots', d.lots, 'price', d.price, 'symbol', d.symbol, 'at', d.at)
        order by d.at, d.deal), '[]')
      from public.deals d
      where (d.account_id = c.master_account_id and d.position = c.master_position)
        or (d.account_id = c.slave_account_id and d.position = c.slave_position)),
    'money', public.copy_money(p_link))
  from public.copies c where c.link_id = p_link::bigint
$$;

-- The last `p_limit` copies that are out of sync, and their total. Candidates are what is unfinished on a slave, and what its
-- master still holds; a trade that is not on its slave is shown for 30 days at most. Nobody is alerted of two of them: what a
-- mode kept from being copied and the same mode would copy now, and what ended at the slave's broker, wholly or in part, while its
-- master goes on. A copy that closes because its master's position became smaller closes after that. In part: somebody sold some
-- of a position that belongs to one copy alone, and less is left than of the master's. MT4's closings do not say who made them.
create function public.sync_differences(p_limit int) returns jsonb
language sql stable security invoker set search_path = ''
return (
  with candidates (link_id, master_left, apart) as (
    select c.link_id, case when p.lots is not null then p.lots
      when exists (select from public.deals d where d.account_id = c.master_account_id and d.position = c.master_position)
      then 0 end,
      c.status = 'open' and c.open_lots::numeric * c.master_lots < c.target_lots::numeric * p.lots
      and exists (select from public.deals d where d.account_id = c.slave_account_id and d.position = c.slave_position
        and d.entry <> 0 and d.link_id = 0)
      and exists (select from public.trading_accounts s where s.id = c.slave_account_id and s.platform = 'MT5')
      and not exists (select from public.copies o where o.slave_account_id = c.slave_account_id
        and o.slave_position = c.slave_position and o.link_id <> c.link_id)
    from public.copies c
    left join public.positions_left p on p.account_id = c.master_account_id and p.position = c.master_position
    where c.user_id = (select auth.uid()) and c.status in ('open', 'unresolved')
    union all
    select c.link_id, p.lots, case c.status
      when 'closed' then c.reason is null and not exists (select from public.deals d
        where d.account_id = c.master_account_id and d.position = c.master_position and d.entry <> 0
        and d.at between c.opened_at and coalesce(c.closed_at, c.updated_at))
      when 'skipped' then c.reason in ('copier_off', 'account_off', 'close_only', 'dry_run') and exists (
        select from public.copiers k
        join public.trading_accounts m on m.id = k.master_id and m.mode = 'on'
        join public.trading_accounts s on s.id = k.slave_id and s.mode = 'on'
        where k.id = c.copier_id and k.mode = 'on')
      else false end
    from public.positions_left p
    join public.copies c on c.master_account_id = p.account_id and c.master_position = p.position
    where p.user_id = (select auth.uid()) and p.lots > 0 and c.user_id = (select auth.uid())
      and c.status in ('skipped', 'rejected', 'closed') and c.updated_at > now() - interval '30 days'
  ), differing as materialized (
    select c, p.master_left from candidates p join public.copies c on c.link_id = p.link_id
    where p.apart or private.is_out_of_sync(c.status, c.reason, p.master_left)
  )
  select jsonb_build_object('total', (select count(*) from differing), 'items', (
    select coalesce(jsonb_agg(to_jsonb(d.c) || jsonb_build_object('link_id', (d.c).link_id::text,
      'master_left_lots', d.master_left,
      'difference', case (d.c).status when 'open' then case when d.master_left > 0 then 'partly_closed_on_slave'
          else 'only_slave' end when 'unresolved' then 'unanswered'
        when 'closed' then 'closed_on_slave' else 'only_master' end)
      order by (d.c).updated_at desc), '[]')
    from (select * from differing order by (differing.c).updated_at desc limit p_limit) d))
);

create function public.out_of_sync() returns jsonb
language sql stable security invoker set search_path = '' as $$ select public.sync_differences(200) -> 'items' $$;

-- All that the dashboard shows. The day of `copies_today` begins where the caller's does, at `p_day_start`.
create function public.dashboard(p_day_start timestamptz) returns jsonb
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_custom_plan' as $$
begin
  return jsonb_build_object(
    'accounts', (
      select jsonb_build_object('total', count(*),
        'connected', count(*) filter (where a.state in ('connected', 'ready') and a.operating_mode = 'running'),
        'paused', count(*) filter (where a.operating_mode = 'suspended'),
        'needs_you', count(*) filter (where a.operating_mode = 'running' and (a.state = 'failed' or a.state_reason = any (public.reasons_user_must_act()))))
      from public.trading_accounts a where a.user_id = (select auth.uid())),
    'copiers', (
      select jsonb_build_object('total', count(*), 'on', count(*) filter (where c.mode = 'on'),
        -- A guard whose reset was asked for lets go within moments.
        'halted', count(*) filter (where c.mode = 'on' and exists (select from public.guard_states g
          where g.copier_id = c.id and g.tripped and g.requested_resets <= g.resets)),
        'close_only', count(*) filter (where c.mode = 'close_only'), 'off', count(*) filter (where c.mode = 'off'),
        'dry_run', count(*) filter (where c.mode = 'dry_run'),
        'blocked', (select count(*) from jsonb_array_elements(public.readiness() -> 'copiers') r
          where r ->> 'status' = 'cannot_trade'))
      from public.copiers c where c.user_id = (select auth.uid())),
    'copies_today', (
      select jsonb_build_object('copied', count(*) filter (where c.status in ('open', 'closed', 'released', 'sent')),
        'skipped', count(*) filter (where c.status = 'skipped'), 'rejected', count(*) filter (where c.status = 'rejected'),
        'unresolved', count(*) filter (where c.status = 'unresolved'))
      from public.copies c where c.user_id = (select auth.uid()) and c.updated_at >= p_day_start and c.part = 0),
    -- What all accounts have booked since the day began, masters' and slaves' alike.
    'earned_today', (
      select coalesce(jsonb_agg(jsonb_build_object('currency', g.currency, 'net', trim_scale(g.net)::text) order by g.currency), '[]')
      from (
        select m.currency, sum(m.net) as net from public.deal_money m
        where m.user_id = (select auth.uid()) and m.at >= p_day_start group by m.currency) g),
    'open_copies', (public.copies_page('{"status": ["open", "sent", "unresolved"]}', 20, null, null, false)) -> 'items',
    'recent', (public.copies_page('{}', 10, null, null, false)) -> 'items',
    'alerts_unread', (select count(*) from public.alerts a where a.user_id = (select auth.uid()) and a.read_at is null))
  || public.copy_quality(now() - interval '30 days', now() + interval '1 day', null, null, 1000)
  || (select jsonb_build_object('out_of_sync', d -> 'items', 'out_of_sync_total', d -> 'total')
      from public.sync_differences(10) d);
end $$;
grant execute on function public.copies_page, public.copy_life, public.sync_differences, public.out_of_sync,
  public.dashboard to authenticated;
