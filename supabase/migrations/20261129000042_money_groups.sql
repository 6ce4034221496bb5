-- What copies earned and cost, by account, symbol, day and hour, and what each pair lost against its master. All functions run
-- with the caller's own rights.

-- Of the deals of a period, in each currency apart. `results` are of copies: those that have earned and those that have lost.
create function public.money_by_group(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_zone text)
returns jsonb
language sql stable security invoker set search_path = ''
return (
  with earned as materialized (
    select c.slave_account_id as account_id, c.link_id, m.symbol, m.currency, m.profit, m.commission, m.swap, m.fee, m.net,
      (m.at at time zone p_zone)::date as day, extract(hour from m.at at time zone p_zone)::int as hour
    from public.deal_money m cross join lateral (
      select c.link_id, c.copier_id, c.master_account_id, c.slave_account_id from public.copies c
      where c.slave_account_id = m.account_id and (c.link_id = m.link_id or c.slave_position = m.position)
      order by c.link_id = m.link_id desc limit 1) c
    where m.user_id = (select auth.uid()) and m.at >= p_since and m.at < p_until
      and (p_copier is null or c.copier_id = p_copier)
      and (p_account is null or p_account in (c.master_account_id, c.slave_account_id))
  ), summed as (
    select grouping(e.account_id, e.symbol, e.day, e.hour) as level, e.currency,
      coalesce(e.account_id::text, e.symbol, e.day::text, e.hour::text) as key, e.hour, sum(e.net) as net,
      jsonb_build_object('currency', e.currency, 'deals', count(*))
        || private.money_sums(sum(e.profit), sum(e.commission), sum(e.swap), sum(e.fee)) as sums
    from earned e
    group by grouping sets ((e.currency, e.account_id), (e.currency, e.symbol), (e.currency, e.day), (e.currency, e.hour))
  ), trades as (
    select e.currency, e.link_id, sum(e.net) as net from earned e group by e.currency, e.link_id
  )
  select jsonb_build_object(
    'by_account', coalesce(jsonb_agg(s.sums || jsonb_build_object('key', s.key) order by s.net, s.key) filter (where s.level = 7), '[]'),
    'by_symbol', coalesce(jsonb_agg(s.sums || jsonb_build_object('key', s.key) order by s.net, s.key) filter (where s.level = 11), '[]'),
    'by_day', coalesce(jsonb_agg(s.sums || jsonb_build_object('key', s.key) order by s.key, s.currency) filter (where s.level = 13), '[]'),
    'by_hour', coalesce(jsonb_agg(s.sums || jsonb_build_object('key', s.key) order by s.hour, s.currency) filter (where s.level = 14), '[]'),
    'results', (
      select coalesce(jsonb_agg(jsonb_build_object('currency', r.currency, 'wins', r.wins, 'losses', r.losses, 'even', r.even,
        'won', trim_scale(r.won)::text, 'lost', trim_scale(r.lost)::text) order by r.currency), '[]')
      from (
        select t.currency, count(*) filter (where t.net > 0) as wins, count(*) filter (where t.net < 0) as losses,
          count(*) filter (where t.net = 0) as even, coalesce(sum(t.net) filter (where t.net > 0), 0) as won,
          coalesce(-sum(t.net) filter (where t.net < 0), 0) as lost
        from trades t group by t.currency) r))
  from summed s
);

-- What copies that closed in a period earned, beside what the same lots earned at their masters, for each copier. Only where both
-- accounts have one currency; of the last `p_sample` such copies.
create function public.money_by_pair(p_since timestamptz, p_until timestamptz, p_copier uuid, p_account uuid, p_sample int)
returns jsonb
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_custom_plan' as $$
begin
  return (
    with closed as materialized (
      select c.link_id, c.copier_id, c.master_account_id, c.master_position, c.slave_account_id, c.slave_position, c.target_lots
      from public.copies c
      where c.user_id = (select auth.uid()) and c.status = 'closed' and c.closed_at >= p_since and c.closed_at < p_until
        and c.updated_at >= p_since and (p_copier is null or c.copier_id = p_copier)
        and (p_account is null or p_account in (c.master_account_id, c.slave_account_id))
      order by c.updated_at desc limit p_sample
    ), compared as (
      select c.copier_id, o.currency, o.net, t.net * c.target_lots / d.lots as master_net
      from closed c
      join lateral (
        select m.currency, sum(m.net) as net from public.deal_money m
        where m.account_id = c.slave_account_id and (m.link_id = c.link_id or m.position = c.slave_position and not exists (
          select from public.copies x where x.slave_account_id = c.slave_account_id and x.slave_position = c.slave_position
            and x.link_id <> c.link_id))
        group by m.currency) o on true
      join lateral (
        select m.currency, sum(m.net) as net from public.deal_money m
        where m.account_id = c.master_account_id and m.position = c.master_position group by m.currency) t on t.currency = o.currency
      join lateral (
        select sum(l.lots) as lots from public.deals l
        where l.account_id = c.master_account_id and l.position = c.master_position and l.entry = 0) d on d.lots > 0
    )
    select coalesce(jsonb_agg(jsonb_build_object('copier_id', p.copier_id, 'currency', p.currency, 'copies', p.copies,
      'net', trim_scale(round(p.net, 8))::text, 'master_net', trim_scale(round(p.master_net, 8))::text,
      'against_master', trim_scale(round(p.net - p.master_net, 8))::text) order by p.net - p.master_net, p.copier_id), '[]')
    from (
      select x.copier_id, x.currency, count(*) as copies, sum(x.net) as net, sum(x.master_net) as master_net
      from compared x group by x.copier_id, x.currency) p);
end $$;
grant execute on function public.money_by_group, public.money_by_pair to authenticated;
