-- The pages of `reading`, for long histories: figures from sums, one sample for all percentiles, differences by an index alone.
-- Asked by the policies of every table that a page touches: with its plan kept, a third of the time.
create or replace function private.caller_ok() returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return private.caller_problem() is null;
end $$;

-- With values known, what is not asked for drops out of the plan, and an index alone can count.
alter function public.copies_page(text, int, timestamptz, text, boolean) set plan_cache_mode = 'force_custom_plan';

-- The last `p_limit` differences between slaves and masters, and how many there are: positions that are open on one side only,
-- and unanswered orders. What was not copied differs for as long as the master's position is open, 30 days at most.
create function public.sync_differences(p_limit int) returns jsonb
language sql stable security invoker set search_path = '' as $$
  with differing (link_id, updated_at, master_left, difference) as materialized (
    select c.link_id, c.updated_at, case when p.lots is not null then p.lots
      when exists (select from public.deals d where d.account_id = c.master_account_id and d.position = c.master_position)
      then 0 end, case c.status when 'open' then 'only_slave' else 'unanswered' end
    from public.copies c
    left join public.positions_left p on p.account_id = c.master_account_id and p.position = c.master_position
    where c.user_id = (select auth.uid()) and c.status in ('open', 'unresolved') and (c.status = 'unresolved'
      or p.lots is null and exists (
        select from public.deals d where d.account_id = c.master_account_id and d.position = c.master_position))
    union all
    select c.link_id, c.updated_at, p.lots, 'only_master'
    from public.positions_left p
    join public.copies c on c.master_account_id = p.account_id and c.master_position = p.position
    where p.user_id = (select auth.uid()) and p.lots > 0 and c.user_id = (select auth.uid())
      and c.status in ('skipped', 'rejected') and c.updated_at > now() - interval '30 days'
      and (c.status = 'rejected' or c.reason in ('out_of_sync', 'slave_offline', 'signal_too_old'))
  )
  select jsonb_build_object('total', (select count(*) from differing), 'items', (
    select coalesce(jsonb_agg(to_jsonb(c) || jsonb_build_object('link_id', c.link_id::text,
      'master_left_lots', p.master_left, 'difference', p.difference) order by p.updated_at desc), '[]')
    from (select * from differing order by updated_at desc limit p_limit) p join public.copies c on c.link_id = p.link_id))
$$;

create or replace function public.out_of_sync() returns jsonb
language sql stable security invoker set search_path = '' as $$ select public.sync_differences(200) -> 'items' $$;

create or replace function public.dashboard(p_day_start timestamptz) returns jsonb
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_custom_plan' as $$
begin
  return jsonb_build_object(
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
      select jsonb_build_object('copied', count(*) filter (where c.status in ('open', 'closed', 'released', 'sent')),
        'skipped', count(*) filter (where c.status = 'skipped'), 'rejected', count(*) filter (where c.status = 'rejected'),
        'unresolved', count(*) filter (where c.status = 'unresolved'))
      from public.copies c where c.user_id = (select auth.uid()) and c.updated_at >= p_day_start),
    'open_copies', (public.copies_page('{"status": ["open", "sent", "unresolved"]}', 20, null, null, false)) -> 'items',
    'recent', (public.copies_page('{}', 10, null, null, false)) -> 'items',
    'alerts_unread', (select count(*) from public.alerts a where a.user_id = (select auth.uid()) and a.read_at is null))
  || public.copy_quality(now() - interval '30 days', now() + interval '1 day', null, null, 1000)
  || (select jsonb_build_object('out_of_sync', d -> 'items', 'out_of_sync_total', d -> 'total')
      from public.sync_differences(10) d);
end $$;

-- Whole half hours from their sums, what is left at both ends from the copies themselves. Where days do not begin on a half
-- hour (Nepal, Chatham, Eucla), all is counted from copies.
create or replace function public.statistics(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_zone text)
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
    select date_bin('15 minutes', c.updated_at, 'epoch'), c.symbol, (c.status in ('open', 'closed', 'released', 'sent'))::int,
      (c.status = 'skipped')::int, (c.status = 'rejected')::int, (c.status = 'unresolved')::int,
      case when c.status in ('open', 'closed', 'released') then c.wished_lots else 0 end, coalesce((c.result_bp > 0)::int, 0),
      coalesce((c.result_bp < 0)::int, 0), coalesce((c.result_bp = 0)::int, 0), (c.slippage_bp is not null)::int,
      greatest(c.result_bp, 0), least(c.result_bp, 0), coalesce(c.slippage_bp, 0)
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
      -- Either way of grouping has a row, so that there are totals also of nothing.
      select w.way, s.*, extract(hour from s.at at time zone p_zone)::int as hour, (s.at at time zone p_zone)::date as day
      from (values (true), (false)) as w (way) left join summed s on s.of_symbol = w.way
    ) t
    group by grouping sets ((t.way, t.symbol), (t.way, t.hour), (t.way, t.day), (t.way))
    having sum(t.copied + t.skipped + t.rejected + t.unresolved) > 0 or grouping(t.symbol, t.hour, t.day) = 7
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

drop function public.leg_percentiles, public.slippage_histogram;
revoke execute on function public.sync_differences from public, anon;
grant execute on function public.sync_differences to authenticated;
