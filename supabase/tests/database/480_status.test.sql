-- The status page's minutes are those of the canary's trades, and its process reads nothing about anybody.
begin;
\ir helpers.psql
select plan(28);
select tests.people();
select tests.own_account(1, tests.alice(), 'master'), tests.own_account(2, tests.alice(), 'slave'), tests.own_copier(1, tests.alice(), 1, 2);
insert into private.shards (name, environment) values ('demo-1', 'demo'), ('demo-2', 'demo');

create function tests.as_router(p_statement text) returns text language sql as $$
  select tests.outcome('lockstep_router_demo-1', null, p_statement) $$;
create function tests.as_status(p_statement text) returns text language sql as $$
  select tests.outcome('lockstep_status', null, p_statement) $$;
-- The canary's copy, so many minutes ago, which took so long.
create function tests.copied(p_link int, p_minutes int, p_took int, p_master int default 1) returns void language sql as $$
  insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, symbol, side,
    master_lots, status, spans, opened_at, updated_at)
  values (p_link, tests.alice(), tests.copier(1), tests.account(p_master), tests.account(2), p_link, 'EURUSD', 'buy', 1, 'closed',
    case when p_took is null then '{}' else jsonb_build_object('event_to_order_us', p_took) end,
    date_trunc('minute', now()) - make_interval(mins => p_minutes) + interval '20 seconds', now()) $$;
create function tests.minute(p_part text, p_minutes int) returns text language sql as $$
  select m.ok || coalesce(' ' || m.took_us, '') from private.status_minutes m
  where m.part = p_part and m.minute = date_trunc('minute', now()) - make_interval(mins => p_minutes) $$;

-- Who may say what.
select is(tests.as_router($$insert into private.canaries (shard, account) values ('demo-1', tests.account(1))$$), '1', 'a router names its canary');
select is(tests.as_router($$insert into private.canaries (shard, account) values ('demo-2', tests.account(1))$$), '42501', 'and no other shard''s');
select is(tests.as_router('select private.fold_status(interval ''1 hour'')'), '42501', 'a router judges nothing');
select is(tests.as_status(x.statement), '42501', 'the page''s process has nothing of: ' || x.statement)
from (values ('select from public.trading_accounts'), ('select from public.copies'), ('select from private.canaries'),
  ('select from private.shards'), ('select from private.credentials'), ('select from private.staff'),
  ('delete from private.status_minutes'), ('delete from private.incidents')) x (statement);
select is(tests.outcome(r.role, tests.alice(), 'select from private.' || t.name), '42501', r.role || ' reads nothing of ' || t.name)
from unnest(array['anon', 'authenticated']) r (role), unnest(array['status_minutes', 'incidents']) t (name);
select is(tests.as_status($$insert into private.incidents (fingerprint, began_at, affects) values ('a', now(), 'weather')$$), '23514',
  'an incident is about a part that people know');

-- What a minute is.
insert into private.canaries (shard, account, since) values ('demo-1', tests.account(1), now() - interval '10 minutes');
select tests.copied(101, 3, 2000), tests.copied(102, 4, null), tests.copied(103, 5, 3000, 2);
select private.fold_status('15 minutes');
select is(tests.minute('demo-1', 3), 'true 2000', 'a minute with a copy of the canary was good');
select is(tests.minute('demo-1', 4), 'false', 'one in which nothing was opened was not');
select is(tests.minute('demo-1', 5), 'false', 'and other accounts'' copies are not the canary''s');
select is(tests.minute('demo-1', 1), null, 'the newest minute is judged once its copy had time to be written');
select is((select count(*) from private.status_minutes where part = 'demo-1' and minute < now() - interval '11 minutes'), 0::bigint,
  'nothing is said of the time before the canary');
select is(tests.minute('demo-2', 1), 'true', 'a shard without a canary is good while its router is seen');

-- What comes late.
select tests.copied(104, 4, 9000);
update private.status_minutes set took_us = 2001 where part = 'demo-1' and took_us = 2000;
select private.fold_status('15 minutes');
select is(tests.minute('demo-1', 4), 'true 9000', 'a row that was written late is found');
select is(tests.minute('demo-1', 3), 'true 2001', 'and a good minute stays as it was');
update private.shards set seen_at = now() - interval '3 minutes';
update private.canaries set told_at = now() - interval '3 minutes';
delete from private.status_minutes;
select private.fold_status('15 minutes');
select is(tests.minute('demo-2', 1), 'false', 'a shard whose router is gone is not good');
select is(tests.minute('demo-1', 2), 'false', 'with a canary neither');

-- Who has no canary any more is judged as one that never had one.
update private.shards set seen_at = now();
update private.canaries set told_at = now() - interval '1 hour';
delete from private.status_minutes;
select private.fold_status('15 minutes');
select is((select count(*) from private.status_minutes where part = 'demo-1'), 1::bigint, 'a canary that was taken away is missed by nobody');
insert into private.status_minutes values ('demo-1', date_trunc('minute', now()) - interval '100 days', true);
select private.fold_status('15 minutes');
select is((select count(*) from private.status_minutes where minute < now() - interval '91 days'), 0::bigint, 'a minute is kept for 91 days');

select * from finish();
rollback;
