-- What becomes of open copies without their copier, and how much one person may have.
begin;
\ir helpers.psql
select plan(31);
select tests.story();

create function tests.copied(p_link bigint, p_copier int, p_status text) returns text language sql as $$
  insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, symbol, side,
    master_lots, open_lots, status)
  values (p_link, tests.alice(), tests.copier(p_copier), tests.account(1), tests.account(2), p_link, 'EURUSD', 'buy', 10000000,
    5000000, p_status)
  on conflict (link_id) do update set status = excluded.status, reason = excluded.reason, params = excluded.params
  returning status
$$;
create function tests.states() returns text language sql as $$
  select string_agg(status, ' ' order by link_id) from public.copies where link_id < 100
$$;
create function tests.refusal(p_statement text) returns text language plpgsql as $$
declare v_code text; v_state text;
begin
  execute p_statement;
  return 'done';
exception when others then
  get stacked diagnostics v_code = message_text, v_state = returned_sqlstate;
  return case when v_state like 'PT%' then v_state || ' ' || v_code else v_state end;
end $$;
create function tests.params_of(p_statement text) returns jsonb language plpgsql as $$
declare v_params text;
begin
  execute p_statement;
  return null;
exception when others then
  get stacked diagnostics v_params = pg_exception_detail;
  return v_params::jsonb;
end $$;
create function tests.add_account(p_n int, p_login int) returns public.trading_accounts language sql as $$
  select public.register_account(tests.account(p_n), 'x', 'MT5', 'demo', p_login, 'Broker-Demo', 'both', '0123456789abcdef',
    tests.sealed()) $$;
grant execute on all functions in schema tests to public;

-- Released copies
select tests.copied(n, 1, s) from unnest(array['sent', 'open', 'unresolved', 'closed', 'skipped', 'rejected'])
  with ordinality as t (s, n);
select is(tests.states(), 'sent open unresolved closed skipped rejected', 'all states there are');
select tests.become('lockstep_router_demo-1');
select is(tests.copied(2, 1, 'open'), 'open', 'the router writes copies of a copier');
select tests.become('authenticated', tests.alice());
delete from public.copiers where id = tests.copier(1);
select is(tests.states(), 'released released released closed skipped rejected', 'what was open is released with the copier');
select results_eq('select distinct reason, open_lots from public.copies where status = ''released'' and link_id < 100',
  $$ values ('copier_removed', 5000000::bigint) $$, 'with the reason, and the lots that are left at the broker');
select is((public.statistics(now() - interval '1 day', now() + interval '1 day', null, null, 'UTC') #>> '{totals,copied}')::bigint,
  (select count(*) from public.copies where status in ('released', 'closed')), 'what was copied still counts as copied');
select is(public.dashboard(now() - interval '1 day') -> 'open_copies', '[]', 'nothing of it is open any more');
select is((select params from public.copies where link_id = 2), '{}'::jsonb, 'which needs no params');
select is(tests.outcome('authenticated', tests.alice(), 'update public.copies set status = ''open'''), '42501',
  'nobody opens them again by hand');

select tests.become('lockstep_router_demo-1');
select is(tests.copied(7, 1, 'open'), 'released', 'a late row of the router is released too');
select is(tests.copied(2, 1, 'open'), 'released', 'also where the row was there');
select is(tests.copied(8, 1, 'unresolved'), 'released', 'whatever it still awaited');
select is(tests.copied(10, 1, 'waiting'), 'skipped', 'of what waited nothing is at the broker');
select is(tests.copied(2, 1, 'closed'), 'closed', 'but what was closed is closed');
select is(tests.copied(9, 1, 'rejected'), 'rejected', 'and what was rejected was');
select tests.become('postgres');
select is(tests.outcome('postgres', null, $$insert into public.copies (link_id, user_id, copier_id, master_account_id,
  slave_account_id, master_position, symbol, side, master_lots, status) values (99, tests.alice(), tests.copier(1),
  tests.account(1), tests.account(2), 1, 'EURUSD', 'buy', 1, 'lost')$$), '23514', 'there are no other states');

select tests.own_copier(2, tests.alice(), 1, 2);
select is(tests.copied(20, 2, 'open'), 'open', 'another copier');
delete from public.trading_accounts where id = tests.account(2);
select is((select status from public.copies where link_id = 20), 'released', 'an account takes its copiers along, and they release');

-- Limits
select results_eq('select what, most from private.limits order by what', $$ values ('accounts', 50), ('copiers', 200), ('starts', 120), ('templates', 50) $$,
  'what everybody may have');
update private.limits set most = 2 where what <> 'starts';
select is(private.most(tests.alice(), 'accounts'), 2, 'it is a setting');
select tests.become('authenticated', tests.alice());
select is(tests.refusal('select tests.add_account(11, 11)'), 'done', 'the second account');
select is(tests.refusal('select tests.add_account(12, 12)'), 'PT409 account_limit_reached', 'no third one');
select is(tests.params_of('select tests.add_account(12, 12)'), '{"most": 2}'::jsonb, 'and the refusal says how many there may be');
select is(tests.refusal('select tests.add_account(11, 11)'), 'done', 'the same request again is answered, not refused');
select tests.become('authenticated', tests.bob());
select is(tests.refusal('select tests.add_account(13, 13)'), 'done', 'another person''s accounts do not count');
select tests.become('postgres');
insert into private.limits_of_people (user_id, what, most) values (tests.alice(), 'accounts', 3);
select tests.become('authenticated', tests.alice());
select is(tests.refusal('select tests.add_account(12, 12)'), 'done', 'a person may be allowed more');
select is(tests.refusal('select tests.add_account(14, 14)'), 'PT409 account_limit_reached', 'and no more than that');
delete from public.trading_accounts where id = tests.account(12);
select is(tests.refusal('select tests.add_account(14, 14)'), 'done', 'a removed account gives its place back');

select tests.become('postgres');
update private.limits set most = 1 where what = 'copiers';
select tests.become('authenticated', tests.alice());
select is(tests.refusal($$insert into public.copiers (master_id, slave_id, settings)
  values (tests.account(1), tests.account(11), '{"sizing": {"mode": "fixed", "lots": "0.10"}}')$$), 'done', 'the first copier');
select is(tests.refusal($$insert into public.copiers (master_id, slave_id, settings)
  values (tests.account(1), tests.account(14), '{"sizing": {"mode": "fixed", "lots": "0.10"}}')$$),
  'PT409 copier_limit_reached', 'no second one');
select is(tests.outcome('authenticated', tests.alice(), 'update private.limits set most = 1000'), '42501', 'nobody raises their own');

select tests.become('postgres');
delete from auth.users where id = tests.alice();
select is((select count(*) from public.copies where user_id = tests.alice())
  + (select count(*) from private.limits_of_people), 0::bigint, 'all goes with the person');
select * from finish();
rollback;
