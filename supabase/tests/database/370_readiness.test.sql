-- What keeps accounts and copiers from working, whose turn it is, and that it is told before a trade is missed.
begin;
\ir helpers.psql
select tests.story();
select plan(35);

create function tests.copier_now(p_what text default 'status') returns text language plpgsql as $$
declare
  v_said text;
begin
  perform tests.become('authenticated', tests.alice());
  v_said := public.readiness() -> 'copiers' -> 0 ->> p_what;
  reset role;
  return v_said;
end $$;
create function tests.said(p_account int, p_trading text) returns void language sql as $$
  insert into public.account_live (account_id, user_id, trading) select a.id, a.user_id, p_trading
  from public.trading_accounts a where a.id = tests.account(p_account)
  on conflict (account_id) do update set trading = excluded.trading $$;
create function tests.alerts() returns int language sql as $$
  select count(*)::int from public.alerts where kind = 'cannot_trade' $$;

-- Terminals.
select is(tests.copier_now() || ' ' || tests.copier_now('turn'), 'starting service', 'a terminal that was not started yet is our turn');
update public.trading_accounts set state = 'ready', state_reason = 'Ready', state_epoch = 1;
select is(tests.copier_now(), 'working', 'with both terminals at work the copier is, too');
select is(tests.copier_now('turn'), null, 'and it is nobody''s turn');
update public.trading_accounts set state = 'disconnected', state_reason = 'BrokerDisconnected' where id = tests.account(2);
select is(tests.copier_now() || ' ' || tests.copier_now('turn'), 'disconnected broker', 'a broker that is away must come back');
select is(tests.copier_now('account_id'), tests.account(2)::text, 'and the account is named');
update public.trading_accounts set state_reason = 'Quarantined' where id = tests.account(2);
select is(tests.copier_now('turn'), 'service', 'a fault of ours is ours');
update public.trading_accounts set state = 'failed', state_reason = 'InvalidCredentials' where id = tests.account(2);
select is(tests.copier_now() || ' ' || tests.copier_now('turn'), 'failed person', 'a refused password is the person''s');
update public.trading_accounts set state_reason = 'TerminalMissing' where id = tests.account(2);
select is(tests.copier_now('turn'), 'service', 'a missing image is not');
update public.trading_accounts set operating_mode = 'suspended' where id = tests.account(2);
select is(tests.copier_now() || ' ' || tests.copier_now('turn'), 'paused person', 'what a person has paused goes on when they say so');
update public.trading_accounts set operating_mode = 'running', state = 'ready', state_reason = 'Ready' where id = tests.account(2);
update public.trading_accounts set state = 'disconnected', state_reason = 'BridgeLost' where id = tests.account(1);
select is(tests.copier_now() || ' ' || tests.copier_now('turn'), 'disconnected service', 'the master''s terminal counts as well');
update public.trading_accounts set state = 'ready', state_reason = 'Ready' where id = tests.account(1);

-- Permissions.
select tests.said(2, 'allowed');
select is((select trading from public.trading_accounts where id = tests.account(2)), 'allowed', 'the router''s word reaches the account');
select tests.said(2, 'trading_off_autotrading');
select is(tests.copier_now() || ' ' || tests.copier_now('turn') || ' ' || tests.copier_now('reason'),
  'cannot_trade service trading_off_autotrading', 'AutoTrading is switched on by us');
select is(tests.alerts(), 1, 'the person is told');
select is((select data from public.alerts where kind = 'cannot_trade'), '{"label": "account 2", "reason": "trading_off_autotrading"}'::jsonb,
  'of which account, and why');
select is((select state from public.trading_accounts where id = tests.account(2)), 'ready', 'its terminal goes on');
update public.copiers set mode = 'dry_run';
select is(tests.copier_now(), 'cannot_trade', 'who rehearses learns it before the first order');
update public.copiers set mode = 'on';
select tests.said(2, 'unknown');
select is(tests.copier_now(), 'cannot_trade', 'a terminal that does not see its broker says nothing new');
update public.trading_accounts set state_epoch = 2 where id = tests.account(2);
select is(tests.copier_now(), 'working', 'of another pod nothing is known yet');
select tests.said(2, 'trading_off_experts');
select is(tests.copier_now('turn'), 'broker', 'programs are allowed by the broker');
select tests.said(2, 'trading_off_account');
select is(tests.copier_now('turn'), 'person', 'an investor''s password is exchanged by its owner');
select tests.said(2, 'trading_off_program');
select is(tests.copier_now('turn'), 'service', 'a program is started by us');
select tests.said(2, 'allowed');
select is(tests.copier_now(), 'working', 'and when all is on again, it works');
select is(tests.alerts(), 1, 'alerts that are unread are not repeated');

-- Masters read.
select tests.said(1, 'trading_off_account');
select is(tests.copier_now(), 'working', 'an investor''s login is enough for a master');
select is(tests.alerts(), 1, 'and no reason to alarm anybody');
select tests.become('authenticated', tests.alice());
select is((public.readiness() -> 'accounts' -> 0) - 'account_id',
  '{"status": "cannot_trade", "reason": "trading_off_account", "turn": "person", "matters": false}'::jsonb, 'the account says it all the same');
select is(public.readiness() -> 'accounts' -> 1 ->> 'matters', 'true', 'of a slave it would matter');
reset role;

-- What people chose.
update public.trading_accounts set mode = 'close_only' where id = tests.account(1);
select is(tests.copier_now(), 'closing', 'the strictest mode counts');
update public.copiers set mode = 'off';
select is(tests.copier_now() || coalesce(tests.copier_now('turn'), ''), 'off', 'off is off, and nobody''s turn');
update public.trading_accounts set mode = 'on';
update public.copiers set mode = 'on', refusal = '{"code": "settings_unreadable", "params": {}}';
select is(tests.copier_now() || ' ' || tests.copier_now('turn'), 'refused person', 'rules that cannot be used must be changed');
update public.copiers set refusal = null;
insert into public.guard_states (copier_id, guard, user_id, period, start_value, peak_value, tripped)
values (tests.copier(1), 'g', tests.alice(), '', 1, 1, true);
select is(tests.copier_now() || ' ' || tests.copier_now('turn'), 'halted person', 'a guard that has tripped halts');
select is(tests.copier_now('reason'), 'g', 'and is named');
update public.guard_states set locked_until = now() + interval '1 hour', requested_resets = 1;
select is(tests.copier_now() || coalesce(tests.copier_now('turn'), ''), 'halted', 'while it is locked, it is nobody''s turn');
select tests.said(2, 'trading_off_account');
select tests.become('authenticated', tests.alice());
select is((public.dashboard(now()) -> 'copiers' ->> 'blocked')::int, 1, 'the overview counts what cannot trade');
reset role;
select is(tests.outcome('authenticated', tests.alice(), $$update public.trading_accounts set trading = 'allowed'$$), '42501', 'nobody says so of their own');

select * from finish();
rollback;
