-- The figures of the pages of statistics and of the dashboard. All functions run with the caller's own rights. A trade that is
-- copied in parts is one copy, for which its first part speaks, as in `copy_sums`.

-- Percentiles of latencies (ms) and a histogram of slippage, both of the last `p_sample` copies that opened in a period.
-- Row level security makes a person's rows look few to the planner, which would then sort all of them to take the last;
-- `enable_sort = off` makes it read the index, which has them in order. The few rows that are left to sort get a high cost
-- from that, for which the planner would start the JIT compiler, so `jit` is off too.
create function public.copy_quality(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_sample int)
returns jsonb
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_custom_plan' set enable_sort = off set jit = off
as $$
begin
  -- The custom plan knows the size of the sample. Without it the planner sorts all copies to take the last of them.
  return (
    with sampled as materialized (
      select c.slippage_bp as bp, (c.spans ->> 'event_to_order_us')::float8 as a, (c.spans ->> 'terminal_to_router_us')::float8 as b,
        (c.spans ->> 'router_us')::float8 as c, (c.spans ->> 'router_to_terminal_us')::float8 as d,
        (c.spans ->> 'slave_terminal_us')::float8 as e, (c.spans ->> 'broker_us')::float8 as f
      from public.copies c
      where c.user_id = (select auth.uid()) and c.part = 0 and c.status in ('open', 'closed', 'released') and c.updated_at >= p_since
        and c.updated_at < p_until and (p_copier is null or c.copier_id = p_copier)
        and (p_account is null or p_account in (c.master_account_id, c.slave_account_id))
      order by c.updated_at desc limit p_sample
    ), found as (
      select count(a) as na, percentile_cont(array[0.5, 0.95, 0.99]) within group (order by a) as pa,
        count(b) as nb, percentile_cont(array[0.5, 0.95, 0.99]) within group (order by b) as pb,
        count(c) as nc, percentile_cont(array[0.5, 0.95, 0.99]) within group (order by c) as pc,
        count(d) as nd, percentile_cont(array[0.5, 0.95, 0.99]) within group (order by d) as pd,
        count(e) as ne, percentile_cont(array[0.5, 0.95, 0.99]) within group (order by e) as pe,
        count(f) as nf, percentile_cont(array[0.5, 0.95, 0.99]) within group (order by f) as pf
      from sampled
    ), span (name, n, p50, p95, p99) as (
      select l.name, l.n, l.p50, l.p95, l.p99 from found, lateral (values
        ('broker', nf, pf[1], pf[2], pf[3]), ('event_to_order', na, pa[1], pa[2], pa[3]), ('router', nc, pc[1], pc[2], pc[3]),
        ('router_to_terminal', nd, pd[1], pd[2], pd[3]), ('slave_terminal', ne, pe[1], pe[2], pe[3]),
        ('terminal_to_router', nb, pb[1], pb[2], pb[3])) l (name, n, p50, p95, p99)
    ), edges as (select array[-5, -2, -1, -0.5, -0.2, -0.05, 0.05, 0.2, 0.5, 1, 2, 5]::float8[] as e
    ), counted as (
      select width_bucket(bp, edges.e) as bucket, count(*) as n from sampled, edges where bp is not null group by 1
    )
    select jsonb_build_object(
      'spans', (
        select coalesce(jsonb_agg(jsonb_build_object('span', name, 'n', n,
          'p50_ms', p50 / 1000, 'p95_ms', p95 / 1000, 'p99_ms', p99 / 1000) order by name), '[]') from span where n > 0),
      'slippage_histogram', (
        select coalesce(jsonb_agg(jsonb_build_object('from_bp', e[b], 'to_bp', e[b + 1], 'n', coalesce(n, 0)) order by b), '[]')
        from edges, generate_series(0, 12) b left join counted on bucket = b where exists (select from counted))));
end $$;

-- The longest runs of winning and losing copies and the current run, among the last `p_sample` copies of a period with a result.
-- Even copies neither end a run nor count in it. The settings are those of `copy_quality`, for the same reasons.
create function public.copy_streaks(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_sample int)
returns jsonb
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_custom_plan' set enable_sort = off set jit = off
as $$
begin
  return (
    with ended as materialized (
      select c.updated_at, c.link_id, c.result_bp > 0 as won
      from public.copies c
      where c.user_id = (select auth.uid()) and c.part = 0 and c.status in ('open', 'closed', 'released') and c.result_bp <> 0
        and c.updated_at >= p_since and c.updated_at < p_until and (p_copier is null or c.copier_id = p_copier)
        and (p_account is null or p_account in (c.master_account_id, c.slave_account_id))
      order by c.updated_at desc limit p_sample
    ), counted as (
      select e.won, row_number() over (order by e.updated_at desc, e.link_id) as n,
        row_number() over (partition by e.won order by e.updated_at desc, e.link_id) as of_kind
      from ended e
    ), runs as (select won, count(*) as length, min(n) = 1 as goes_on from counted group by won, n - of_kind
    )
    select jsonb_build_object('streaks', jsonb_build_object(
      'longest_wins', coalesce(max(length) filter (where won), 0),
      'longest_losses', coalesce(max(length) filter (where not won), 0),
      'current_wins', coalesce(max(length) filter (where won and goes_on), 0),
      'current_losses', coalesce(max(length) filter (where not won and goes_on), 0)))
    from runs);
end $$;

-- Totals and figures by symbol, hour of the day and day. Whole half hours come from `copy_sums`, the rest at both ends from the
-- copies. In time zones whose days do not begin on a half hour (Nepal, Chatham, Eucla) all comes from the copies.
create function public.statistics_by_group(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_zone text)
returns jsonb
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_custom_plan' as $$
declare
  v_user uuid := auth.uid();
  v_from timestamptz := date_bin('30 minutes', p_since, 'epoch');
  v_to timestamptz := date_bin('30 minutes', p_until, 'epoch');
  v_figures jsonb;
begin
  if v_from < p_since then
    v_from := v_from + interval '30 minutes';
  end if;
  if extract(epoch from (p_since at time zone p_zone) - (p_since at time zone 'UTC'))::int % 1800 <> 0 or v_from > v_to then
    v_from := p_until;
    v_to := p_until;
  end if;
  with share as materialized (
    select s.at, s.symbol, s.copied, s.skipped, s.rejected, s.unresolved, s.lots, s.wins, s.losses, s.even, s.slips,
      s.won / 1e6::float8 as won, s.lost / 1e6::float8 as lost, s.slip / 1e6::float8 as slip
    from public.copy_sums s
    where s.user_id = v_user and s.at >= v_from and s.at < v_to and (p_copier is null or s.copier_id = p_copier)
      and (p_account is null or p_account in (s.master_account_id, s.slave_account_id))
    union all
    select date_bin('15 minutes', c.updated_at, 'epoch'), c.symbol,
      (c.part = 0 and c.status in ('open', 'closed', 'released', 'sent'))::int,
      (c.part = 0 and c.status in ('waiting', 'skipped'))::int, (c.part = 0 and c.status = 'rejected')::int,
      (c.part = 0 and c.status = 'unresolved')::int,
      case when c.status in ('open', 'closed', 'released') then c.target_lots else 0 end,
      coalesce((c.part = 0 and c.result_bp > 0)::int, 0), coalesce((c.part = 0 and c.result_bp < 0)::int, 0),
      coalesce((c.part = 0 and c.result_bp = 0)::int, 0), (c.part = 0 and c.slippage_bp is not null)::int,
      case when c.part = 0 then greatest(c.result_bp, 0) else 0 end, case when c.part = 0 then least(c.result_bp, 0) else 0 end,
      case when c.part = 0 then coalesce(c.slippage_bp, 0) else 0 end
    from public.copies c
    where c.user_id = v_user
      and (c.updated_at >= p_since and c.updated_at < v_from or c.updated_at >= v_to and c.updated_at < p_until)
      and (p_copier is null or c.copier_id = p_copier)
      and (p_account is null or p_account in (c.master_account_id, c.slave_account_id))
  ), summed as (
    select grouping(symbol) = 0 as of_symbol, symbol, at, sum(copied) as copied, sum(skipped) as skipped,
      sum(rejected) as rejected, sum(unresolved) as unresolved, sum(lots) as lots, sum(wins) as wins, sum(losses) as losses,
      sum(even) as even, sum(slips) as slips, sum(won) as won, sum(lost) as lost, sum(slip) as slip
    from share group by grouping sets ((symbol), (at))
  ), grouped as (
    select t.way, grouping(t.symbol, t.hour, t.day) as level, t.symbol, t.hour, t.day, sum(t.copied) as copied,
      jsonb_build_object(
        'copied', coalesce(sum(t.copied), 0), 'skipped', coalesce(sum(t.skipped), 0), 'rejected', coalesce(sum(t.rejected), 0),
        'unresolved', coalesce(sum(t.unresolved), 0), 'lots', coalesce(sum(t.lots), 0), 'wins', coalesce(sum(t.wins), 0),
        'losses', coalesce(sum(t.losses), 0), 'even', coalesce(sum(t.even), 0), 'won_bp', coalesce(sum(t.won), 0),
        'lost_bp', coalesce(-sum(t.lost), 0), 'average_slippage_bp', sum(t.slip) / nullif(sum(t.slips), 0)::float8) as figures
    from (
      -- The left join keeps a row for either way of grouping, so that an empty period has totals too.
      select w.way, s.*, extract(hour from s.at at time zone p_zone)::int as hour, (s.at at time zone p_zone)::date as day
      from (values (true), (false)) as w (way) left join summed s on s.of_symbol = w.way
    ) t
    group by grouping sets ((t.way, t.symbol), (t.way, t.hour), (t.way, t.day), (t.way))
    having sum(t.copied + t.skipped + t.rejected + t.unresolved + t.lots) > 0 or grouping(t.symbol, t.hour, t.day) = 7
  )
  select jsonb_build_object(
    'totals', (select figures from grouped where level = 7 and way),
    'by_symbol', (select coalesce(jsonb_agg(figures || jsonb_build_object('key', symbol) order by copied desc), '[]') from grouped
      where level = 3 and way),
    'by_hour', (select coalesce(jsonb_agg(figures || jsonb_build_object('key', hour::text) order by hour), '[]') from grouped
      where level = 5 and not way),
    'by_day', (select coalesce(jsonb_agg(figures || jsonb_build_object('key', day::text) order by day), '[]') from grouped
      where level = 6 and not way))
  into v_figures;
  return v_figures || public.copy_quality(p_since, p_until, p_copier, p_account, 2000);
end $$;

-- All that the page of statistics shows.
create function public.statistics(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_zone text) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select public.statistics_by_group(p_since, p_until, p_copier, p_account, p_zone)
    || public.copy_streaks(p_since, p_until, p_copier, p_account, 2000)
    || jsonb_build_object('money', public.money_earned(p_since, p_until, p_copier, p_account))
$$;
grant execute on function public.copy_quality, public.copy_streaks, public.statistics_by_group, public.statistics
  to authenticated;
