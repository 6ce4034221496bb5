-- Whose rows somebody meets: for every table, what every kind of caller's read and write come to.
begin;
\ir helpers.psql
select tests.story();

create temp table expected (role text, who uuid, statement text, outcome text, why text) on commit drop;
grant select on expected to public;
\set a 'tests.alice()'
\set b 'tests.bob()'

-- Reading: rows, or 42501 where the table itself is closed.
insert into expected
select role, case name when 'alice' then :a when 'bob' then :b end, 'select from ' || tbl, outcome,
  coalesce(name, role) || ' reads ' || tbl
from (values
  ('public.trading_accounts', array['42501', '2', '1', '42501', '3', '3']),
  ('public.copiers',          array['42501', '1', '0', '42501', '42501', '1']),
  ('public.templates',        array['42501', '1', '0', '42501', '42501', '42501']),
  ('public.copies',           array['42501', '1', '0', '42501', '42501', '1']),
  ('public.trade_events',     array['42501', '2', '0', '42501', '42501', '2']),
  ('public.deals',            array['42501', '1', '0', '42501', '42501', '42501']),
  ('public.deal_money',       array['42501', '0', '0', '42501', '42501', '0']),
  ('public.money_operations', array['42501', '0', '0', '42501', '42501', '0']),
  ('public.copy_sums',        array['42501', '1', '0', '42501', '42501', '42501']),
  ('public.positions_left',   array['42501', '1', '0', '42501', '42501', '42501']),
  ('public.account_states',   array['42501', '2', '1', '42501', '42501', '42501']),
  ('public.alerts',           array['42501', '1', '0', '42501', '42501', '42501']),
  ('public.activity',         array['42501', '3', '1', '42501', '42501', '42501']),
  ('public.guard_states',     array['42501', '0', '0', '42501', '42501', '0']),
  ('public.manual_requests',    array['42501', '0', '0', '42501', '42501', '0']),
  ('public.account_live',     array['42501', '0', '0', '42501', '42501', '0']),
  ('public.account_symbols',  array['42501', '0', '0', '42501', '42501', '0']),
  ('public.account_equity',   array['42501', '0', '0', '42501', '42501', '0']),
  ('public.calendar_events',  array['42501', '0', '0', '42501', '42501', '0']),
  ('private.limits',          array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.limits_of_people', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.calendar_uploads', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.staff',           array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.suspended_users', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.totp_factors',    array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.backup_codes',    array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.verified_sessions', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.wrong_codes', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.permitted_changes', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.broker_logins', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.terminal_starts', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.password_outcomes', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.api_tokens',      array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.outbox',          array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.notification_settings', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.notification_choices', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.muted_accounts', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.webhooks', array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.idempotency',     array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.removed_accounts', array['42501', '42501', '42501', '42501', '0', '42501']),
  ('private.offered_platforms', array['42501', '42501', '42501', '42501', '2', '42501']),
  ('private.offered_proxies', array['42501', '42501', '42501', '42501', '1', '42501']),
  ('private.credentials',     array['42501', '42501', '42501', '42501', '3', '42501']),
  ('private.account_shards',  array['42501', '42501', '42501', '42501', '42501', '3']),
  ('private.shards',          array['42501', '42501', '42501', '42501', '1', '1']),
  ('private.canaries',        array['42501', '42501', '42501', '42501', '42501', '0']),
  ('private.status_minutes',  array['42501', '42501', '42501', '42501', '42501', '42501']),
  ('private.incidents',       array['42501', '42501', '42501', '42501', '42501', '42501'])
) t (tbl, outcomes),
unnest(array['anon', 'authenticated', 'authenticated', 'lockstep_api', 'lockstep_operator', 'lockstep_router_demo-1'],
       array[null, 'alice', 'bob', null, null, null], outcomes) as u (role, name, outcome);

-- Writing one's own.
insert into expected values
  ('authenticated', :a, $$update public.trading_accounts set label = 'x'$$, '2', 'alice renames her accounts, not Bob''s'),
  ('authenticated', :b, $$update public.trading_accounts set label = 'x'$$, '1', 'bob renames his account, not Alice''s'),
  ('authenticated', :a, $$update public.trading_accounts set operating_mode = 'suspended'$$, '2', 'alice suspends her accounts'),
  ('authenticated', :b, $$update public.trading_accounts set role = 'master'$$, '1', 'bob changes the role of his account'),
  ('authenticated', :b, $$update public.trading_accounts set mode = 'close_only'$$, '1', 'bob sets the mode of his account, not of Alice''s'),
  ('authenticated', :a, $$update public.trading_accounts set mode = 'sometimes'$$, '23514', 'there are four modes'),
  ('lockstep_router_demo-1', null, $$update public.trading_accounts set mode = 'off'$$, '42501', 'the router sets no mode'),
  ('authenticated', :b, $$update public.copiers set mode = 'off'$$, '0', 'bob cannot switch off what is Alice''s'),
  ('authenticated', :a, $$update public.copiers set mode = 'off'$$, '1', 'alice switches off her copier'),
  ('authenticated', :b, $$delete from public.copiers$$, '0', 'bob cannot delete what is Alice''s'),
  ('authenticated', :a, $$delete from public.copiers$$, '1', 'alice deletes her copier'),
  ('authenticated', :b, $$delete from public.trading_accounts where id = tests.account(1)$$, '0', 'bob cannot delete Alice''s account'),
  ('authenticated', :a, $$delete from public.trading_accounts$$, '2', 'alice deletes her accounts'),
  ('authenticated', :a, $$update public.templates set name = 'x'$$, '1', 'alice renames her template'),
  ('authenticated', :b, $$update public.templates set settings = '{"sizing": {"mode": "formula"}}'$$, '0', 'bob cannot change what is Alice''s'),
  ('authenticated', :b, $$delete from public.templates$$, '0', 'bob cannot delete what is Alice''s'),
  ('authenticated', :a, $$delete from public.templates$$, '1', 'alice deletes her template'),
  ('authenticated', :a, $$update public.alerts set read_at = now()$$, '1', 'alice reads her alert'),
  ('authenticated', :b, $$update public.alerts set read_at = now()$$, '0', 'bob cannot read Alice''s alerts away');

-- Columns and tables that are not for people.
insert into expected
select 'authenticated', :a, statement, '42501', 'a person may not: ' || left(statement, 60) from unnest(array[
  $$insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role)
    values (gen_random_uuid(), tests.alice(), 'x', 'MT5', 'demo', 5, 's', 'master')$$,
  $$update public.trading_accounts set state = 'ready'$$,
  $$update public.trading_accounts set login = 5$$,
  $$update public.trading_accounts set user_id = tests.bob()$$,
  $$update public.trading_accounts set credentials_version = 9$$,
  $$update public.copiers set user_id = tests.bob()$$,
  $$update public.copiers set master_id = slave_id$$,
  $$update public.copiers set version = 9$$,
  $$update public.templates set user_id = tests.bob()$$,
  $$insert into public.templates (user_id, name, settings) values (tests.bob(), 'x', '{"sizing": {"mode": "fixed"}}')$$,
  $$insert into public.copiers (user_id, master_id, slave_id, settings)
    values (tests.bob(), tests.account(1), tests.account(2), '{}')$$,
  $$update public.copies set status = 'closed'$$,
  $$delete from public.copies$$,
  $$delete from public.trade_events$$,
  $$delete from public.alerts$$,
  $$update public.alerts set kind = 'rejected'$$,
  $$insert into public.alerts (user_id, kind, severity) values (tests.alice(), 'rejected', 'now')$$,
  $$delete from public.activity$$,
  $$insert into public.activity (user_id, actor, action, subject_kind) values (tests.alice(), 'you', 'x', 'account')$$,
  $$select actor_id from public.activity$$,
  $$delete from public.deals$$,
  $$delete from public.account_states$$,
  $$select private.factor_remove(tests.alice())$$,
  $$select private.act_for_api_token('x')$$,
  $$insert into public.trade_events (run, n, kind) values (1, 9, 'x')$$
]) statement;

-- Services.
insert into expected
select role, null::uuid, statement, outcome, role || ': ' || left(statement, 60) from (values
  ('lockstep_router_demo-1', $$update public.trading_accounts set state = 'ready', state_epoch = 1, state_at = now()$$, '3'),
  ('lockstep_router_demo-1', $$update public.trading_accounts set label = 'x'$$, '42501'),
  ('lockstep_router_demo-1', $$update public.trading_accounts set operating_mode = 'suspended'$$, '42501'),
  ('lockstep_router_demo-1', $$delete from public.trading_accounts$$, '42501'),
  ('lockstep_router_demo-1', $$update public.copiers set mode = 'off'$$, '42501'),
  ('lockstep_router_demo-1', $$insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id,
     master_position, symbol, side, master_lots, status)
     values (9223372036854775807, tests.alice(), tests.copier(1), tests.account(1), tests.account(2), 77, 'EURUSD', 'buy', 1, 'open')
     on conflict (link_id) do update set status = excluded.status, open_lots = excluded.open_lots$$, '1'),
  ('lockstep_router_demo-1', $$delete from public.copies$$, '42501'),
  ('lockstep_router_demo-1', $$insert into public.trade_events (run, n, user_id, account_id, kind)
     values (1, 1, tests.alice(), tests.account(1), 'again'), (1, 2, tests.alice(), tests.account(1), 'new') on conflict (run, n) do nothing$$, '1'),
  ('lockstep_router_demo-1', $$update public.trade_events set kind = 'x'$$, '42501'),
  ('lockstep_router_demo-1', $$delete from public.trade_events$$, '42501'),
  ('lockstep_router_demo-1', $$insert into private.shards (name, environment) values ('demo-1', 'demo')
     on conflict (name) do update set environment = excluded.environment, seen_at = now()$$, '1'),
  ('lockstep_operator', $$update public.trading_accounts set state = 'queued', state_reason = 'PodUnschedulable'$$, '3'),
  ('lockstep_operator', $$update public.trading_accounts set state_epoch = 1$$, '42501'),
  ('lockstep_operator', $$insert into public.trade_events (run, n, kind) values (1, 9, 'x')$$, '42501'),
  ('lockstep_operator', $$update private.credentials set key_id = '0000000000000000'$$, '42501'),
  ('lockstep_operator', $$insert into private.removed_accounts (account_id) values (gen_random_uuid())$$, '42501'),
  ('lockstep_operator', $$delete from private.removed_accounts$$, '0'),
  ('lockstep_operator', $$update private.shards set environment = 'live'$$, '42501'),
  ('lockstep_api', $$update public.trading_accounts set label = 'x'$$, '42501'),
  ('lockstep_api', $$insert into public.trade_events (run, n, kind) values (1, 9, 'x')$$, '42501'),
  ('anon', $$select public.register_account(gen_random_uuid(), 'x', 'MT5', 'demo', 5, 's', 'master', 'k', 's')$$, '42501')
) t (role, statement, outcome);

select plan((select count(*)::int + 1 from expected));
select bag_eq($$
  select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
$$, $$ select distinct replace(statement, 'select from ', '') from expected where statement like 'select from %' $$,
  'every table and view has a line here');
select is(tests.outcome(role, who, statement), outcome, translate(why, E'\n', ' ')) from expected;
select * from finish();
rollback;
