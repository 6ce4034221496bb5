-- What the public status page shows: minute by minute whether each part of the service worked, and what alerts said of it.
-- Nothing here names a person, an account or a broker: the page's process may read these tables and no others.

do $$
begin
  if not exists (select from pg_roles where rolname = 'lockstep_status') then
    create role lockstep_status login noinherit;
  end if;
end $$;
grant usage on schema private to lockstep_status;

-- The canary of each shard that has one. Its router says so, again and again, while it has one.
create table private.canaries (
  shard text primary key,
  account uuid not null,
  since timestamptz not null default now(),
  told_at timestamptz not null default now()
);
alter table private.canaries enable row level security;
grant select, insert, update on private.canaries to lockstep_router;
create policy "a router reads its own" on private.canaries for select to lockstep_router
  using (shard = (select private.own_shard()));
create policy "a router adds its own" on private.canaries for insert to lockstep_router
  with check (shard = (select private.own_shard()));
create policy "a router changes its own" on private.canaries for update to lockstep_router
  using (shard = (select private.own_shard())) with check (shard = (select private.own_shard()));

-- One row for each part and minute. A part is a shard, `website` or `api`. A minute without a row is one of which nothing is known.
create table private.status_minutes (
  part text not null check (char_length(part) between 1 and 40),
  minute timestamptz not null check (minute = date_trunc('minute', minute, 'UTC')),
  ok boolean not null,
  -- Of a canary: from the master's event to the slave's order, in microseconds.
  took_us integer check (took_us >= 0),
  primary key (part, minute)
);
-- Outages are few among very many minutes.
create index status_minutes_outages_idx on private.status_minutes (part, minute) where not ok;
alter table private.status_minutes enable row level security;
grant select, insert, update on private.status_minutes to lockstep_status;
create policy "the status page reads" on private.status_minutes for select to lockstep_status using (true);
create policy "the status page adds" on private.status_minutes for insert to lockstep_status with check (true);
create policy "the status page changes" on private.status_minutes for update to lockstep_status using (true) with check (true);

-- Alerts that people are told of. `affects`: copying, accounts, website or history.
create table private.incidents (
  -- How Alertmanager tells alerts apart.
  fingerprint text not null check (char_length(fingerprint) between 1 and 64),
  began_at timestamptz not null,
  affects text not null check (affects in ('copying', 'accounts', 'website', 'history')),
  ended_at timestamptz,
  primary key (fingerprint, began_at)
);
alter table private.incidents enable row level security;
grant select, insert, update on private.incidents to lockstep_status;
create policy "the status page reads" on private.incidents for select to lockstep_status using (true);
create policy "the status page adds" on private.incidents for insert to lockstep_status with check (true);
create policy "the status page changes" on private.incidents for update to lockstep_status using (true) with check (true);

-- Turns what has happened since `p_since` into minutes. A shard with a canary worked in a minute in which the canary's trade was
-- copied; also where its router says nothing any more. One without worked if its router has just been seen, so that only the minute
-- that has just ended is judged. A shard whose router is away for a week is taken for removed.
create function private.fold_status(p_since interval) returns void
language plpgsql security definer set search_path = '' as $$
declare
  -- A copy's row is written a moment after the copy.
  v_last timestamptz := date_trunc('minute', now(), 'UTC') - interval '2 minutes';
  v_first timestamptz := date_trunc('minute', now() - least(p_since, interval '1 day'), 'UTC');
begin
  insert into private.status_minutes as old (part, minute, ok, took_us)
  select c.shard, m.minute, t.took_us is not null, t.took_us
  from private.canaries c
  join private.shards s on s.name = c.shard
  cross join lateral generate_series(
    greatest(v_first, date_trunc('minute', c.since, 'UTC') + interval '1 minute'), v_last, interval '1 minute') m (minute)
  left join lateral (
    select date_trunc('minute', x.opened_at, 'UTC') as minute, min((x.spans ->> 'event_to_order_us')::int) as took_us
    from public.copies x
    where x.master_account_id = c.account and x.updated_at >= v_first and x.opened_at >= v_first
      and x.spans ? 'event_to_order_us'
    group by 1) t on t.minute = m.minute
  where c.told_at > s.seen_at - interval '5 minutes' and s.seen_at > now() - interval '7 days'
  on conflict (part, minute) do update set ok = excluded.ok, took_us = excluded.took_us
  where excluded.ok and not old.ok;

  insert into private.status_minutes as old (part, minute, ok)
  select s.name, date_trunc('minute', now(), 'UTC') - interval '1 minute', s.seen_at > now() - interval '2 minutes'
  from private.shards s
  where s.seen_at > now() - interval '7 days'
    and not exists (select from private.canaries c where c.shard = s.name and c.told_at > s.seen_at - interval '5 minutes')
  on conflict (part, minute) do update set ok = excluded.ok where excluded.ok and not old.ok;

  delete from private.status_minutes where minute < now() - interval '91 days';
  delete from private.incidents where ended_at < now() - interval '91 days';
end $$;
grant execute on function private.fold_status to lockstep_status;

-- What support sees of the service as a whole. Quarantined accounts are those of the newest fault first.
create function public.staff_overview() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_staff();
  return jsonb_build_object(
    'reasons', (
      select coalesce(jsonb_agg(to_jsonb(x) order by x.accounts desc, x.state, x.reason), '[]') from (
        select a.environment, a.state, a.state_reason as reason, count(*)::int as accounts, min(a.state_at) as since
        from public.trading_accounts a group by 1, 2, 3) x),
    'shards', (
      select coalesce(jsonb_agg(to_jsonb(x) order by x.name), '[]') from (
        select s.name, s.environment, s.seen_at, s.capacity, private.accounts_of(s.name)::int as accounts,
          (select count(*)::int from public.trading_accounts a where a.shard = s.name and a.state = 'ready') as ready,
          (select count(*)::int from public.trading_accounts a where a.shard = s.name and a.moving_to is not null) as leaving,
          c.minutes, c.copied, c.p50_us, c.p95_us, c.p99_us, c.newest
        from private.shards s
        left join lateral (
          select count(*)::int as minutes, (count(*) filter (where m.ok))::int as copied,
            (percentile_disc(0.5) within group (order by m.took_us)) as p50_us,
            (percentile_disc(0.95) within group (order by m.took_us)) as p95_us,
            (percentile_disc(0.99) within group (order by m.took_us)) as p99_us,
            max(m.minute) filter (where m.took_us is not null) as newest
          from private.status_minutes m
          where m.part = s.name and m.minute > now() - interval '1 hour'
            and exists (select from private.canaries k where k.shard = s.name and k.told_at > s.seen_at - interval '5 minutes')) c
          on c.minutes > 0) x),
    'queue', (
      select jsonb_build_object('waiting', count(*)::int, 'longest_since', min(a.state_at))
      from public.trading_accounts a where a.queue_place is not null),
    'quarantined', (
      select coalesce(jsonb_agg(x.item order by x.state_at desc), '[]') from (
        select private.staff_account(a) as item, a.state_at from public.trading_accounts a
        where a.state_reason = private.reason_quarantined() order by a.state_at desc limit 50) x),
    'incidents', (
      select coalesce(jsonb_agg(to_jsonb(x) - 'fingerprint' order by x.began_at desc), '[]') from (
        select * from private.incidents i where i.ended_at is null or i.ended_at > now() - interval '1 day'
        order by i.began_at desc limit 50) x));
end $$;
grant execute on function public.staff_overview to authenticated;
