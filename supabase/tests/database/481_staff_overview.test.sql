-- Support sees the service as a whole; nobody else does.
begin;
\ir helpers.psql
select plan(11);
select tests.people();
select tests.own_account(1, tests.alice(), 'master'), tests.own_account(2, tests.alice(), 'slave');
insert into private.shards (name, environment, capacity) values ('demo-1', 'demo', 5);
insert into private.staff (user_id) values (tests.bob());
update public.trading_accounts set shard = 'demo-1';
update public.trading_accounts set state = 'ready', state_reason = 'Ready', state_at = now() where id = tests.account(1);
update public.trading_accounts set state = 'queued', state_reason = 'PodUnschedulable', queue_place = 1, queue_length = 1,
  state_at = now() - interval '1 hour' where id = tests.account(2);
insert into private.canaries (shard, account) values ('demo-1', tests.account(1));
insert into private.status_minutes
  select 'demo-1', date_trunc('minute', now()) - make_interval(mins => m), m <> 3, case when m <> 3 then 1000 * m end from generate_series(1, 10) m;
insert into private.incidents values ('f', now() - interval '1 hour', 'copying', null), ('g', now() - interval '3 days', 'copying', now() - interval '2 days');

select is(tests.outcome('authenticated', tests.alice(), 'select public.staff_overview()'), 'PT403', 'a person does not see it');
select is(tests.outcome('anon', null, 'select public.staff_overview()'), '42501', 'nor a stranger');
select is(tests.outcome('lockstep_status', null, 'select public.staff_overview()'), '42501', 'nor the status page');

create temp table seen on commit drop as select null::jsonb as page;
grant all on seen to authenticated;
select tests.become('authenticated', tests.bob());
update seen set page = public.staff_overview();
reset role;
select is((select array_agg(r ->> 'reason' order by r ->> 'reason') from seen, jsonb_array_elements(page -> 'reasons') r),
  array['PodUnschedulable', 'Ready'], 'accounts are counted by reason');
select is((select (s ->> 'accounts')::int || ' of ' || (s ->> 'capacity')::int || ', ready ' || (s ->> 'ready')::int
  from seen, jsonb_array_elements(page -> 'shards') s where s ->> 'name' = 'demo-1'), '2 of 5, ready 1', 'a shard has room');
select is((select (s ->> 'copied')::int || '/' || (s ->> 'minutes')::int from seen, jsonb_array_elements(page -> 'shards') s
  where s ->> 'name' = 'demo-1'), '9/10', 'its canary''s minutes are counted');
select is((select (s ->> 'p50_us')::int from seen, jsonb_array_elements(page -> 'shards') s where s ->> 'name' = 'demo-1'), 6000, 'and measured');
select is((select page -> 'queue' ->> 'waiting' from seen), '1', 'the queue is counted');
select is((select jsonb_array_length(page -> 'quarantined') from seen), 0, 'nobody is quarantined');
select is((select jsonb_array_length(page -> 'incidents') from seen), 1, 'old incidents are gone');
update public.trading_accounts set state_reason = private.reason_quarantined() where id = tests.account(1);
select tests.become('authenticated', tests.bob());
select is((select q ->> 'email' from jsonb_array_elements(public.staff_overview() -> 'quarantined') q), 'alice@example.test', 'who is, is named');

select * from finish();
rollback;
