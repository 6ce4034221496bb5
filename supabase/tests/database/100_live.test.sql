-- Accounts as they are now, and how their equity went.
begin;
\ir helpers.psql
select tests.story();
insert into public.account_live (account_id, user_id, currency, balance, equity, connected, positions)
select a.id, a.user_id, 'USD', 10, 11, true, '[{"ticket": "77"}]' from public.trading_accounts a;
insert into public.account_equity (account_id, user_id, at, balance, equity)
select tests.account(1), tests.alice(), date_trunc('hour', now() - interval '8 days') + n * interval '1 minute', 100, 100 + n
from generate_series(5, 125) n;
insert into public.account_equity (account_id, user_id, at, balance, equity)
select tests.account(1), tests.alice(), date_trunc('minute', now()) - n * interval '1 minute', 100, 200 + n from generate_series(0, 59) n;
select plan(21);

select is(tests.outcome('authenticated', tests.alice(), 'select from public.account_live'), '2', 'alice sees hers');
select is(tests.outcome('authenticated', tests.bob(), 'select from public.account_live'), '1', 'bob sees his');
select is(tests.outcome('authenticated', tests.alice(), 'select from public.account_equity'), '181', 'so it is with equity');
select is(tests.outcome('authenticated', tests.bob(), 'select from public.account_equity'), '0', 'of everybody');
select is(tests.outcome('authenticated', tests.alice(), 'update public.account_live set balance = 0'), '42501', 'nobody writes it');
select is(tests.outcome('authenticated', tests.alice(), 'delete from public.account_equity'), '42501', 'nor takes it away');
select is(tests.outcome('lockstep_router_demo-1', null, 'update public.account_live set balance = 0'), '3', 'but the router writes');
select is(tests.outcome('lockstep_router_demo-1', null, 'delete from public.account_equity'), '42501', 'and takes nothing away');

select tests.become('authenticated', tests.alice());
select is(jsonb_array_length(public.live_positions() -> 'accounts'), 2, 'a page has her accounts');
select is(public.live_positions() -> 'masters', jsonb_build_array(tests.account(1)), 'and says which lead');
select is(public.live_positions() -> 'copies' -> 0 ->> 'link_id', '9223372036854775807', 'and her open copies, ids as text');
select is(jsonb_array_length(public.equity_points(tests.account(1), 'day') -> 'points') between 12 and 13, true, 'a day is shown by five minutes');
select is((public.equity_points(tests.account(1), 'all') -> 'points' -> 0 ->> 'low')::float8, 105::float8, 'all shows the first');
select tests.become('authenticated', tests.bob());
select is(public.equity_points(tests.account(1), 'all'), '{"currency": null, "points": []}', 'bob sees nothing of hers');
select is(jsonb_array_length(public.live_positions() -> 'accounts'), 1, 'nor among his');

select tests.become('authenticated', tests.alice());
select is(jsonb_array_length(public.export_me() -> 'equity') between 4 and 5, true, 'who takes everything along takes equity by the hour');
select is((select array_agg(k order by k) from jsonb_object_keys(public.export_me()) k),
  array['accounts', 'activity', 'alerts', 'copiers', 'equity', 'guards', 'live', 'person', 'requests', 'templates'], 'and all the rest');
select tests.become('authenticated', tests.bob());
select is(jsonb_array_length(public.export_me() -> 'equity'), 0, 'of nobody else');
select tests.become('lockstep_router_demo-1');
select is(private.thin_equity(), 118::bigint, 'of old hours one sample is left');
select is(private.thin_equity(), 0::bigint, 'and they are not looked at again');
reset role;
select is((select count(*)::int from public.account_equity where hourly), 3, 'the first of each');
select * from finish();
rollback;
