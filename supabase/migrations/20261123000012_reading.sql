-- What the website shows, each page in one call. All run with the caller's own rights: row level security decides.
-- They ask for the caller's id themselves. A hosted project has this grant from the start.
grant usage on schema auth to authenticated;

-- Who the caller is. The one function that answers before the second factor was shown.
create function public.whoami() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := auth.uid();
  v_problem text := private.caller_problem();
  v_result jsonb;
begin
  if v_problem = 'not_signed_in' or v_problem = 'suspended' then
    perform private.require(false, false);
  end if;
  select jsonb_build_object(
    'user_id', u.id, 'email', u.email, 'created_at', u.created_at,
    'is_staff', v_problem is null and exists (select from private.staff s where s.user_id = v_user),
    'session_id', auth.jwt() ->> 'session_id',
    'second_factor', case
      when not exists (select from private.totp_factors f where f.user_id = v_user and f.confirmed_at is not null) then 'none'
      when v_problem is null then 'verified' else 'required' end,
    'scope', coalesce(auth.jwt() ->> 'api_scope', 'session'))
  into v_result from auth.users u where u.id = v_user;
  if v_result is null then
    perform private.refuse(401, 'not_signed_in', 'Sign in and try again.');
  end if;
  return v_result;
end $$;

-- `p_filter` is JSON as text: status[] copier_id account_id symbol reason since until; the cursor is that of the last row before.
create function public.copies_page(p_filter text, p_limit int, p_cursor_at timestamptz, p_cursor_id text, p_count boolean)
returns jsonb
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_filter jsonb := p_filter::jsonb;
  v_status text[] := (select array_agg(s) from jsonb_array_elements_text(coalesce(v_filter -> 'status', '[]')) s);
  v_copier uuid := (v_filter ->> 'copier_id')::uuid;
  v_account uuid := (v_filter ->> 'account_id')::uuid;
  v_symbol text := v_filter ->> 'symbol';
  v_reason text := v_filter ->> 'reason';
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
      and (v_since is null or c.updated_at >= v_since) and (v_until is null or c.updated_at < v_until)
    order by c.updated_at desc, c.link_id desc limit p_limit) p;
  if p_count then
    select count(*) into v_total from public.copies c
    where c.user_id = v_user
      and (v_status is null or c.status = any (v_status)) and (v_copier is null or c.copier_id = v_copier)
      and (v_account is null or v_account in (c.master_account_id, c.slave_account_id))
      and (v_symbol is null or v_symbol in (c.symbol, c.slave_symbol)) and (v_reason is null or c.reason = v_reason)
      and (v_since is null or c.updated_at >= v_since) and (v_until is null or c.updated_at < v_until);
  end if;
  return jsonb_build_object('items', v_items, 'total', v_total);
end $$;

-- A copy and all that is known of it: its own history and the deals of both sides.
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
        or (d.account_id = c.slave_account_id and d.position = c.slave_position)))
  from public.copies c where c.link_id = p_link::bigint
$$;

-- Where a slave does not hold what its master does: positions that are open on one side only, and unanswered orders.
create function public.out_of_sync() returns jsonb
language sql stable security invoker set search_path = '' as $$
  with candidate as (
    select c.link_id, c.status, c.updated_at, c.master_account_id, c.master_position from public.copies c
    where c.user_id = (select auth.uid()) and (c.status in ('open', 'unresolved')
      or (c.status in ('skipped', 'rejected') and c.updated_at > now() - interval '30 days'
        and (c.status = 'rejected' or c.reason in ('out_of_sync', 'slave_offline', 'signal_too_old'))))
    order by c.updated_at desc limit 2000
  ), compared as (
    select c.link_id, c.status, c.updated_at, held.lots as master_left
    from candidate c cross join lateral (
      -- What the master's position still has by its deals; null where none is known.
      select sum(case d.entry when 0 then d.lots else -d.lots end)::bigint as lots
      from public.deals d where d.account_id = c.master_account_id and d.position = c.master_position) held
  )
  select coalesce(jsonb_agg(to_jsonb(c) || jsonb_build_object('link_id', c.link_id::text,
    'master_left_lots', p.master_left, 'difference', p.difference) order by p.updated_at desc), '[]')
  from (
    select link_id, updated_at, master_left, case
      when status = 'unresolved' then 'unanswered'
      when status = 'open' then 'only_slave'
      else 'only_master' end as difference
    from compared
    where status = 'unresolved' or (status = 'open' and master_left = 0)
      or (status in ('skipped', 'rejected') and master_left > 0)
    order by updated_at desc limit 200) p
  join public.copies c on c.link_id = p.link_id
$$;

-- Latencies in ms of the last `p_sample` copies that opened in a time.
create function public.leg_percentiles(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_sample int)
returns jsonb
language sql stable security invoker set search_path = '' as $$
  with sampled as (
    select c.legs from public.copies c
    where c.user_id = (select auth.uid()) and c.status in ('open', 'closed') and c.updated_at >= p_since
      and c.updated_at < p_until and (p_copier is null or c.copier_id = p_copier)
      and (p_account is null or p_account in (c.master_account_id, c.slave_account_id))
    order by c.updated_at desc limit p_sample
  ), leg as (
    select l.key as name, (l.value #>> '{}')::float8 / 1000 as ms
    from sampled s, jsonb_each(s.legs) l where jsonb_typeof(l.value) = 'number'
  ), found as (
    select name, count(*) as n, percentile_cont(array[0.5, 0.95, 0.99]) within group (order by ms) as p from leg group by name
  )
  select coalesce(jsonb_agg(jsonb_build_object('leg', regexp_replace(name, '_us$', ''), 'n', n,
    'p50_ms', p[1], 'p95_ms', p[2], 'p99_ms', p[3]) order by name), '[]') from found
$$;

create function public.slippage_histogram(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_sample int)
returns jsonb
language sql stable security invoker set search_path = '' as $$
  with sampled as (
    select c.slippage_bp as bp from public.copies c
    where c.user_id = (select auth.uid()) and c.status in ('open', 'closed') and c.updated_at >= p_since
      and c.updated_at < p_until and (p_copier is null or c.copier_id = p_copier)
      and (p_account is null or p_account in (c.master_account_id, c.slave_account_id))
    order by c.updated_at desc limit p_sample
  ), edges as (select array[-5, -2, -1, -0.5, -0.2, -0.05, 0.05, 0.2, 0.5, 1, 2, 5]::float8[] as e
  ), counted as (
    select width_bucket(bp, e) as bucket, count(*) as n from sampled, edges where bp is not null group by 1
  )
  select coalesce(jsonb_agg(jsonb_build_object('from_bp', e[b], 'to_bp', e[b + 1], 'n', coalesce(n, 0)) order by b), '[]')
  from edges, generate_series(0, 12) b left join counted on bucket = b where exists (select from counted)
$$;

create function public.dashboard(p_day_start timestamptz) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select jsonb_build_object(
    'accounts', (
      select jsonb_build_object('total', count(*),
        'connected', count(*) filter (where a.state in ('connected', 'ready') and a.operating_mode = 'running'),
        'paused', count(*) filter (where a.operating_mode = 'suspended'),
        'needs_you', count(*) filter (where a.operating_mode = 'running' and (a.state = 'failed' or a.state_reason in (
          'InvalidCredentials', 'ServerNotFound', 'CredentialsUnreadable', 'TerminalMissing'))))
      from public.trading_accounts a where a.user_id = (select auth.uid())),
    'copiers', (
      select jsonb_build_object('total', count(*), 'on', count(*) filter (where c.mode = 'on'),
        'close_only', count(*) filter (where c.mode = 'close_only'), 'off', count(*) filter (where c.mode = 'off'),
        'dry_run', count(*) filter (where c.mode = 'dry_run'))
      from public.copiers c where c.user_id = (select auth.uid())),
    'copies_today', (
      select jsonb_build_object('copied', count(*) filter (where c.status in ('open', 'closed', 'sent')),
        'skipped', count(*) filter (where c.status = 'skipped'), 'rejected', count(*) filter (where c.status = 'rejected'),
        'unresolved', count(*) filter (where c.status = 'unresolved'))
      from public.copies c where c.user_id = (select auth.uid()) and c.updated_at >= p_day_start),
    'open_copies', (public.copies_page('{"status": ["open", "sent", "unresolved"]}', 100, null, null, false)) -> 'items',
    'recent', (public.copies_page('{}', 10, null, null, false)) -> 'items',
    'legs', public.leg_percentiles(now() - interval '30 days', now() + interval '1 day', null, null, 1000),
    'slippage_histogram', public.slippage_histogram(now() - interval '30 days', now() + interval '1 day', null, null, 1000),
    'out_of_sync', public.out_of_sync(),
    'alerts_unread', (select count(*) from public.alerts a where a.user_id = (select auth.uid()) and a.read_at is null))
$$;

-- Everything by symbol, hour of the day, day and in total, in one pass. `p_zone` says where days begin.
create function public.statistics(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_zone text)
returns jsonb
language sql stable security invoker set search_path = '' as $$
  with cell as (
    select c.symbol, extract(hour from c.updated_at at time zone p_zone)::int as hour,
      (c.updated_at at time zone p_zone)::date as day,
      count(*) filter (where c.status in ('open', 'closed', 'sent')) as copied,
      count(*) filter (where c.status = 'skipped') as skipped, count(*) filter (where c.status = 'rejected') as rejected,
      count(*) filter (where c.status = 'unresolved') as unresolved,
      sum(c.wished_lots) filter (where c.status in ('open', 'closed')) as lots,
      count(*) filter (where c.result_bp > 0) as wins, count(*) filter (where c.result_bp < 0) as losses,
      count(*) filter (where c.result_bp = 0) as even, sum(greatest(c.result_bp, 0)) as won, sum(least(c.result_bp, 0)) as lost,
      sum(c.slippage_bp) as slip, count(c.slippage_bp) as slips
    from public.copies c
    where c.user_id = (select auth.uid()) and c.updated_at >= p_since and c.updated_at < p_until
      and (p_copier is null or c.copier_id = p_copier)
      and (p_account is null or p_account in (c.master_account_id, c.slave_account_id))
    group by 1, 2, 3
  ), grouped as (
    select grouping(symbol, hour, day) as level, symbol, hour, day, coalesce(sum(copied), 0) as copied,
      jsonb_build_object(
        'copied', coalesce(sum(copied), 0), 'skipped', coalesce(sum(skipped), 0), 'rejected', coalesce(sum(rejected), 0),
        'unresolved', coalesce(sum(unresolved), 0), 'lots', coalesce(sum(lots), 0), 'wins', coalesce(sum(wins), 0),
        'losses', coalesce(sum(losses), 0), 'even', coalesce(sum(even), 0), 'won_bp', coalesce(sum(won), 0),
        'lost_bp', coalesce(-sum(lost), 0), 'average_slippage_bp', sum(slip) / nullif(sum(slips), 0)::float8) as figures
    from cell group by grouping sets ((symbol), (hour), (day), ())
  )
  select jsonb_build_object(
    'totals', (select figures from grouped where level = 7),
    'by_symbol', (select coalesce(jsonb_agg(figures || jsonb_build_object('key', symbol) order by copied desc), '[]') from grouped where level = 3),
    'by_hour', (select coalesce(jsonb_agg(figures || jsonb_build_object('key', hour::text) order by hour), '[]') from grouped where level = 5),
    'by_day', (select coalesce(jsonb_agg(figures || jsonb_build_object('key', day::text) order by day), '[]') from grouped where level = 6),
    'legs', public.leg_percentiles(p_since, p_until, p_copier, p_account, 5000),
    'slippage_histogram', public.slippage_histogram(p_since, p_until, p_copier, p_account, 5000))
$$;

create function public.alerts_page(p_unread boolean, p_limit int, p_cursor_at timestamptz, p_cursor_id uuid) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select jsonb_build_object(
    'items', (
      select coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('link_id', p.link_id::text) order by p.created_at desc, p.id desc), '[]')
      from (
        select * from public.alerts a
        where a.user_id = (select auth.uid()) and (not p_unread or a.read_at is null)
          and (p_cursor_id is null or (a.created_at, a.id) < (p_cursor_at, p_cursor_id))
        order by a.created_at desc, a.id desc limit p_limit) p),
    'unread', (select count(*) from public.alerts a where a.user_id = (select auth.uid()) and a.read_at is null))
$$;

-- `p_ids` is a JSON list as text; null: all of them. Returns how many are unread after that.
create function public.read_alerts(p_ids text) returns bigint
language plpgsql security invoker set search_path = '' as $$
begin
  update public.alerts a set read_at = now()
  where a.user_id = auth.uid() and a.read_at is null
    and (p_ids is null or p_ids::jsonb ? a.id::text);
  return (select count(*) from public.alerts a where a.user_id = auth.uid() and a.read_at is null);
end $$;

create function public.activity_page(p_limit int, p_before bigint) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('id', p.id::text) order by p.id desc), '[]') from (
    select a.id, a.at, a.actor, a.action, a.subject_kind, a.subject_id, a.subject_label, a.reason, a.details
    from public.activity a where a.user_id = (select auth.uid()) and (p_before is null or a.id < p_before)
    order by a.id desc limit p_limit) p
$$;

-- Names of servers that some terminal has reached, for suggestions: names only, nobody's logins.
create function public.known_servers(p_platform text, p_query text) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require(false, false);
  return (
    select coalesce(jsonb_agg(jsonb_build_object('server', s.server, 'platform', s.platform, 'environment', s.environment)
      order by s.server), '[]')
    from (
      select distinct a.server, a.platform, a.environment from public.trading_accounts a
      where (p_platform is null or a.platform = p_platform)
        and (a.state in ('connected', 'ready') or a.user_id = auth.uid())
        and position(lower(coalesce(p_query, '')) in lower(a.server)) > 0
      order by a.server limit 20) s);
end $$;

-- The last openings of a master, to try a copier's rules on.
create function public.recent_openings(p_master uuid, p_limit int) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(p) order by p.at desc), '[]') from (
    select d.symbol, d.side, d.lots, d.price, d.at, d.link_id <> 0 as is_copy from public.deals d
    where d.user_id = (select auth.uid()) and d.account_id = p_master and d.entry = 0
    order by d.at desc limit p_limit) p
$$;

revoke execute on function public.whoami, public.copies_page, public.copy_life,
  public.out_of_sync, public.leg_percentiles, public.slippage_histogram, public.dashboard, public.statistics,
  public.alerts_page, public.read_alerts, public.activity_page, public.known_servers, public.recent_openings from public, anon;
grant execute on function public.whoami, public.copies_page, public.copy_life,
  public.out_of_sync, public.leg_percentiles, public.slippage_histogram, public.dashboard, public.statistics,
  public.alerts_page, public.read_alerts, public.activity_page, public.known_servers, public.recent_openings to authenticated;
