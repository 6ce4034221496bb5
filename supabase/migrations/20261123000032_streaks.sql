-- The longest runs of copies won and lost, and the run that goes on, among the last `p_sample` copies of a time that came to
-- either. Even ones neither end a run nor count in it. The index has copies in order, as for `copy_quality`.
create function public.copy_streaks(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_sample int)
returns jsonb
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_custom_plan' set enable_sort = off set jit = off
as $$
begin
  return (
    with ended as materialized (
      select c.updated_at, c.link_id, c.result_bp > 0 as won
      from public.copies c
      where c.user_id = (select auth.uid()) and c.status in ('open', 'closed', 'released') and c.result_bp <> 0
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
revoke execute on function public.copy_streaks from public, anon;
grant execute on function public.copy_streaks to authenticated;

alter function public.statistics(timestamptz, timestamptz, uuid, uuid, text) rename to statistics_by_group;
create function public.statistics(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_zone text) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select public.statistics_by_group(p_since, p_until, p_copier, p_account, p_zone)
    || public.copy_streaks(p_since, p_until, p_copier, p_account, 2000)
$$;
revoke execute on function public.statistics from public, anon;
grant execute on function public.statistics to authenticated;
