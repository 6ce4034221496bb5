-- Latencies in ms and slippage of the last `p_sample` copies that opened in a time. Percentiles are those of the sample.
create or replace function public.copy_quality(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_sample int)
returns jsonb
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_custom_plan' as $$
begin
  -- The size of the sample must be known when it is planned: else all copies are sorted to take the last of them.
  return (
    with sampled as materialized (
      select c.slippage_bp as bp, (c.legs ->> 'event_to_order_us')::float8 as a, (c.legs ->> 'terminal_to_router_us')::float8 as b,
        (c.legs ->> 'router_us')::float8 as c, (c.legs ->> 'router_to_terminal_us')::float8 as d,
        (c.legs ->> 'slave_terminal_us')::float8 as e, (c.legs ->> 'broker_us')::float8 as f
      from public.copies c
      where c.user_id = (select auth.uid()) and c.status in ('open', 'closed', 'released') and c.updated_at >= p_since
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
    ), leg (name, n, p50, p95, p99) as (
      select l.name, l.n, l.p50, l.p95, l.p99 from found, lateral (values
        ('broker', nf, pf[1], pf[2], pf[3]), ('event_to_order', na, pa[1], pa[2], pa[3]), ('router', nc, pc[1], pc[2], pc[3]),
        ('router_to_terminal', nd, pd[1], pd[2], pd[3]), ('slave_terminal', ne, pe[1], pe[2], pe[3]),
        ('terminal_to_router', nb, pb[1], pb[2], pb[3])) l (name, n, p50, p95, p99)
    ), edges as (select array[-5, -2, -1, -0.5, -0.2, -0.05, 0.05, 0.2, 0.5, 1, 2, 5]::float8[] as e
    ), counted as (
      select width_bucket(bp, edges.e) as bucket, count(*) as n from sampled, edges where bp is not null group by 1
    )
    select jsonb_build_object(
      'legs', (
        select coalesce(jsonb_agg(jsonb_build_object('leg', name, 'n', n,
          'p50_ms', p50 / 1000, 'p95_ms', p95 / 1000, 'p99_ms', p99 / 1000) order by name), '[]') from leg where n > 0),
      'slippage_histogram', (
        select coalesce(jsonb_agg(jsonb_build_object('from_bp', e[b], 'to_bp', e[b + 1], 'n', coalesce(n, 0)) order by b), '[]')
        from edges, generate_series(0, 12) b left join counted on bucket = b where exists (select from counted))));
end $$;
revoke execute on function public.copy_quality from public, anon;
grant execute on function public.copy_quality to authenticated;
