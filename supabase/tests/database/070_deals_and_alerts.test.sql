-- What triggers make of the router's rows: prices of copies, states, alerts, activity; and what remains of somebody who leaves.
begin;
\ir helpers.psql
select tests.story();
select plan(20);

create function tests.deal(p_n int, p_account int, p_deal int, p_entry int, p_position int, p_magic bigint, p_price float8)
returns void language sql as $$
  insert into public.trade_events (run, n, user_id, account_id, kind, data)
  values (2, p_n, tests.alice(), tests.account(p_account), 'deal', jsonb_build_object('deal', p_deal, 'entry', p_entry,
    'position', p_position, 'magic', p_magic, 'symbol', 'EURUSD', 'side', 'buy', 'lots', 10000000, 'price', p_price)) $$;

select is((select master_price from public.copies), 1.1::float8, 'the master''s opening prices its copies');
select tests.deal(1, 2, 6, 0, 88, 9223372036854775807, 1.1011);
select is((select open_price from public.copies), 1.1011::float8, 'the slave''s deal that carries the link prices the copy');
select is((select round(slippage_bp::numeric, 3) from public.copies), -10.000, 'a worse price is slippage below zero');
update public.copies set slave_position = 88;
select tests.deal(2, 2, 7, 1, 88, 0, 1.2);
select is((select close_price from public.copies), 1.2::float8, 'a closing deal of its position prices the end');
select tests.deal(3, 2, 7, 1, 88, 0, 1.2);
select is((select count(*)::int from public.deals), 3, 'a repeated deal is one deal');
insert into public.trade_events (run, n, user_id, account_id, kind, data) values (2, 6, tests.alice(), tests.account(1), 'deal',
  '{"deal": 9, "position": 90, "symbol": "EURUSD", "side": "buy", "lots": 10000000, "price": 1.1, "sl": 1.09, "tp": "x"}');
select results_eq($$select sl, tp from public.deals where deal = 9$$, $$values (1.09::float8, null::float8)$$,
  'the stops of an opening are kept as far as they are numbers');
delete from public.deals where deal = 9;
insert into public.trade_events (run, n, user_id, account_id, kind, data) values (2, 4, tests.alice(), tests.account(1), 'deal', '{"deal": "x"}');
select is((select count(*)::int from public.deals), 3, 'a deal that is none is left alone');
insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, symbol, side, master_lots, status)
values (5, tests.alice(), tests.copier(1), tests.account(1), tests.account(2), 77, 'EURUSD', 'buy', 1, 'skipped');
select is((select master_price from public.copies where link_id = 5), 1.1::float8, 'a copy that comes later finds its price');

select is((select count(*)::int from public.account_states where account_id = tests.account(1)), 1, 'a new account has a first state');
update public.trading_accounts set state = 'ready', state_at = now() where id = tests.account(1);
update public.trading_accounts set state = 'failed', state_reason = 'InvalidCredentials', state_message = 'No.' where id = tests.account(1);
update public.trading_accounts set state_at = now() where id = tests.account(1);
select results_eq($$select state from public.account_states where account_id = tests.account(1) order by id$$,
  array['queued', 'ready', 'failed'], 'each change of state is kept, and nothing else');
select is((select severity from public.alerts where kind = 'needs_you' and account_id = tests.account(1)), 'now', 'who must act is told');
update public.trading_accounts set state = 'ready', state_reason = null where id = tests.account(1);
update public.trading_accounts set state = 'failed' where id = tests.account(1);
select is((select count(*)::int from public.alerts where kind = 'needs_you'), 1, 'once, while it is unread');
update public.copies set status = 'rejected', reason = 'broker_10019', params = '{"code": "10019", "retcode": "10019", "commented": "yes", "comment": "No money"}' where link_id = 5;
select is((select data from public.alerts where kind = 'rejected' and link_id = 5), '{"symbol": "EURUSD", "side": "buy", "reason": "broker_10019", "setting": null, "params": {"code": "10019", "retcode": "10019", "commented": "yes", "comment": "No money"}}'::jsonb, 'a refusal is told with its params');
insert into public.trade_events (run, n, user_id, account_id, kind, data) values (2, 5, tests.alice(), tests.account(2), 'guard_fired', '{"setting": "guards.risk_limits.0", "params": {"kind": "loss"}}');
select is((select data #>> '{params,kind}' from public.alerts where kind = 'guard_fired'), 'loss', 'so is a guard');
insert into public.trade_events (run, n, user_id, account_id, kind, data) values
  (2, 106, tests.alice(), tests.account(2), 'guard_paused', '{"setting": "guards.risk_limits.0", "params": {"ends": "time"}}'),
  (2, 107, tests.alice(), tests.account(2), 'guard_pause_over', '{"setting": "guards.risk_limits.0", "params": {}}');
select is((select severity from public.alerts where kind = 'guard_paused'), 'soon', 'a pause is told when it begins');
select is((select severity from public.alerts where kind = 'guard_pause_over'), 'info', 'and when copying goes on by itself');

select tests.become('authenticated', tests.alice());
update public.copiers set mode = 'off';
select results_eq($$select actor, action, details ->> 'mode' from public.activity order by id desc limit 1$$,
  $$values ('you', 'copier_changed', 'off')$$, 'what a person changes is written down');
update public.trading_accounts set mode = 'close_only' where id = tests.account(1);
select results_eq($$select action, details ->> 'mode', details ->> 'was_mode' from public.activity order by id desc limit 1$$,
  $$values ('account_changed', 'close_only', 'on')$$, 'so is the mode of an account');
select is(public.delete_me('alice@example.test'), true, 'who leaves says so with the address');
reset role;
select is((select count(*)::int from public.copies) + (select count(*)::int from public.deals) + (select count(*)::int from public.activity where user_id = tests.alice())
  + (select count(*)::int from public.alerts) + (select count(*)::int from public.account_states where user_id = tests.alice()), 0, 'and nothing remains');

select * from finish();
rollback;
