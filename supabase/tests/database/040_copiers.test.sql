-- Which accounts may be linked, and what happens to copiers and history when something goes.
begin;
\ir helpers.psql
select plan(24);
select tests.people();
select tests.own_account(1, tests.alice(), 'master');
select tests.own_account(2, tests.alice(), 'slave');
select tests.own_account(3, tests.alice(), 'both');
select tests.own_account(4, tests.alice(), 'both');
select tests.own_account(5, tests.alice(), 'both');
select tests.own_account(6, tests.alice(), 'both', 'live');
select tests.own_account(9, tests.bob(), 'both');

create function tests.link(p_master int, p_slave int, p_settings text default '{"sizing": {"mode": "fixed", "lots": "0.10"}}')
returns text language plpgsql as $$
declare v_code text; v_state text;
begin
  insert into public.copiers (master_id, slave_id, settings)
  values (tests.account(p_master), tests.account(p_slave), p_settings::jsonb);
  return 'linked';
exception when others then
  get stacked diagnostics v_code = message_text, v_state = returned_sqlstate;
  return case when v_state like 'PT%' then v_code else v_state end;
end $$;
grant execute on all functions in schema tests to public;

select tests.become('authenticated', tests.alice());
select is(tests.link(1, 2), 'linked', 'a master and a slave');
select is(tests.link(1, 2), '23505', 'the same two once only');
select is(tests.link(1, 1), 'copier_loop', 'not itself');
select is(tests.link(2, 3), 'not_a_master', 'a slave is no master');
select is(tests.link(3, 1), 'not_a_slave', 'a master is no slave');
select is(tests.link(1, 6), 'environments_differ', 'demo and live stay apart');
select is(tests.link(1, 9), 'account_not_found', 'not another person''s account');
select is(tests.link(9, 2), 'account_not_found', 'not from another person''s account');
select is(tests.link(1, 77), 'account_not_found', 'not an account that does not exist, with the same answer');
select is(tests.link(3, 4), 'linked', 'both may be a master');
select is(tests.link(5, 4, '{"sizing": {"mode": "none"}, "filters": {"magic_filter": {"included": [{"first": 1, "last": 2}]}}}'),
  'linked', 'rules as deep as there are');
delete from public.copiers where master_id = tests.account(5);
select is(tests.link(4, 3), 'copier_loop', 'but not back again');
select is(tests.link(4, 5), 'linked', 'a chain is fine');
select is(tests.link(5, 3), 'copier_loop', 'a circle of three is not');
select is(tests.link(1, 5, '[]'), '23514', 'settings are an object');
select is(tests.link(1, 5, '{"sizing": {}}'), '23514', 'with a way of sizing');
select is(tests.link(1, 5, '{"sizing": {"mode": "none"}, "x": ' || repeat('[', 9) || repeat(']', 9) || '}'), '23514',
  'not nested deeper than rules go');
select is(tests.link(1, 5, '{"sizing": {"mode": "none"}, "x": ' || repeat('{"x":', 2000) || '1' || repeat('}', 2000) || '}'), '23514',
  'nor far deeper');

update public.copiers set mode = 'off' where master_id = tests.account(1);
update public.copiers set mode = 'off' where master_id = tests.account(1);
select results_eq('select version from public.copiers where master_id = tests.account(1)', array[2],
  'the version counts changes, and a change to the same is none');
select is(tests.outcome('authenticated', tests.alice(), $$update public.trading_accounts set role = 'slave' where id = tests.account(1)$$),
  'PT409', 'a master in use stays a master');
select is(tests.outcome('authenticated', tests.alice(), $$update public.trading_accounts set role = 'both' where id = tests.account(1)$$),
  '1', 'it may become both');

select tests.become('postgres');
insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, symbol, side,
  master_lots, status)
select 1, user_id, id, master_id, slave_id, 7, 'EURUSD', 'buy', 1, 'open' from public.copiers where master_id = tests.account(1);
insert into public.trade_events (run, n, user_id, account_id, kind) values (1, 1, tests.alice(), tests.account(1), 'trade');
delete from public.trading_accounts where id = tests.account(1);
select is_empty('select * from public.copiers where master_id = tests.account(1)', 'copiers go with an account');
select is((select count(*) from public.copies, public.trade_events), 1::bigint, 'history stays');
delete from auth.users where id = tests.alice();
select is((select count(*) from public.copies) + (select count(*) from public.trade_events), 0::bigint, 'until the person goes');
select * from finish();
rollback;
