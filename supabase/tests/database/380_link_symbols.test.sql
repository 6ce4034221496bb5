-- What two accounts are compared by before they are linked.
begin;
\ir helpers.psql
select tests.story();
select plan(6);

select tests.become('authenticated', tests.alice());
select is(public.link_symbols(tests.account(1), tests.account(2)),
  '{"opened": [{"symbol": "EURUSD", "lots": 10000000}], "master": null, "slave": null}'::jsonb, 'what was opened is known before any broker told its symbols');
reset role;
select is(tests.outcome('lockstep_router_demo-1', null, $$insert into public.account_symbols (account_id, user_id, symbols)
  select tests.account(n), tests.alice(), '{"EURUSD": {"min": 1}, "GBPUSD": {"min": 2}}' from generate_series(1, 2) n$$), '2', 'a router writes them');
insert into public.account_symbols (account_id, user_id, symbols)
select tests.account(n), tests.alice(), '{"EURUSD": {"min": 1}, "GBPUSD": {"min": 2}}' from generate_series(1, 2) n;
select is(tests.outcome('authenticated', tests.alice(), $$update public.account_symbols set symbols = '{}'$$), '42501', 'and nobody else');
select tests.become('authenticated', tests.alice());
select is(public.link_symbols(tests.account(1), tests.account(2)) -> 'master', '{"EURUSD": {"min": 1}}'::jsonb, 'of the master those that it opened');
select is(public.link_symbols(tests.account(1), tests.account(2)) -> 'slave', '{"EURUSD": {"min": 1}, "GBPUSD": {"min": 2}}'::jsonb, 'of the slave all');
select tests.become('authenticated', tests.bob());
select is(public.link_symbols(tests.account(1), tests.account(2)), '{"opened": [], "master": null, "slave": null}'::jsonb, 'of strangers nothing');
reset role;

select * from finish();
rollback;
