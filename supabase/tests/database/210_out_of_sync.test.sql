-- Out of sync has one definition, which the list, the dashboard and the alerts ask.
begin;
\ir helpers.psql
select tests.story();
delete from public.copies;
delete from public.alerts;
select plan(24);

create temp table defined (status text, reason text, master_left bigint, outcome boolean) on commit drop;
insert into defined values
  ('unresolved', null, null, true),
  ('unresolved', null, 0, true),
  ('open', null, 0, true),
  ('open', null, 10, false),
  ('open', null, null, false),
  ('rejected', 'broker_10019', 10, true),
  ('rejected', 'broker_10019', 0, false),
  ('skipped', 'out_of_sync', 10, true),
  ('skipped', 'slave_offline', 10, true),
  ('skipped', 'signal_too_old', 10, true),
  ('skipped', 'symbol_filtered', 10, false),
  ('skipped', null, 10, false);
select is(private.is_out_of_sync(status, reason, master_left), outcome,
  format('%s for %s while the master holds %s', status, coalesce(reason, 'no reason'), coalesce(master_left::text, 'nobody knows what')))
from defined;

-- The master still holds position 77.
insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, symbol, side,
  master_lots, status, reason)
select row_number() over (), tests.alice(), tests.copier(1), tests.account(1), tests.account(2), 77, 'EURUSD', 'buy', 10, status, reason
from (select distinct status, reason from defined) d;
create temp table expected on commit drop as
select c.link_id::text from public.copies c where private.is_out_of_sync(c.status, c.reason, 10000000);
grant select on expected to public;
select bag_eq($$select link_id::text from public.alerts where kind in ('out_of_sync', 'rejected')$$, 'select * from expected',
  'an alert tells of just those copies');
select tests.become('authenticated', tests.alice());
select bag_eq($$select d ->> 'link_id' from jsonb_array_elements(public.out_of_sync()) d$$, 'select * from expected',
  'the list has just those copies');
select is((public.dashboard(now()) ->> 'out_of_sync_total')::bigint, (select count(*) from expected), 'and the dashboard counts them');

-- Neither is alerted of: the person did the one, and the mode that they chose the other.
reset role;
delete from public.copies;
delete from public.alerts;
insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, symbol, side,
  master_lots, status, reason, opened_at, closed_at) values
  (101, tests.alice(), tests.copier(1), tests.account(1), tests.account(2), 77, 'EURUSD', 'buy', 10, 'closed', null, now() - interval '1 hour', now() + interval '1 minute'),
  (102, tests.alice(), tests.copier(1), tests.account(1), tests.account(2), 77, 'EURUSD', 'buy', 10, 'closed', 'asked', now() - interval '1 hour', now()),
  (103, tests.alice(), tests.copier(1), tests.account(1), tests.account(2), 77, 'EURUSD', 'buy', 10, 'skipped', 'copier_off', null, null);
select is((select count(*)::int from public.alerts), 0, 'no alert tells of a copy that its owner closed, nor of one that was off');
update public.copiers set mode = 'on' where id = tests.copier(1);
select tests.become('authenticated', tests.alice());
select bag_eq($$select d ->> 'link_id' as link, d ->> 'difference' as difference from jsonb_array_elements(public.out_of_sync()) d$$,
  $$values ('101', 'closed_on_slave'), ('103', 'only_master')$$,
  'a copy that was closed at its broker is missing, and so is what was opened while its copier was off');
reset role;
update public.copiers set mode = 'off' where id = tests.copier(1);
select tests.become('authenticated', tests.alice());
select bag_eq($$select d ->> 'link_id' from jsonb_array_elements(public.out_of_sync()) d$$, array['101'],
  'while a copier is off, what it leaves alone is no difference');
reset role;
insert into public.trade_events (run, n, user_id, account_id, kind, data) values (9, 8, tests.alice(), tests.account(1), 'deal',
  '{"deal": 7, "entry": 1, "position": 77, "magic": 0, "symbol": "EURUSD", "side": "sell", "lots": 1, "price": 1.1}');
select tests.become('authenticated', tests.alice());
select is(public.out_of_sync(), '[]', 'a copy that closed when its master sold a part is none');
select is((public.dashboard(now()) ->> 'out_of_sync_total')::int, 0, 'the dashboard counts alike');

-- A part of a copy was closed at its broker.
reset role;
delete from public.copies;
insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, slave_position, symbol,
  side, master_lots, target_lots, open_lots, status, opened_at)
values (111, tests.alice(), tests.copier(1), tests.account(1), tests.account(2), 80, 90, 'EURUSD', 'buy', 10, 20, 12, 'open', now());
create function tests.deal(p_n int, p_account int, p_position int, p_entry int, p_magic int, p_lots int) returns void language sql as $$
  insert into public.trade_events (run, n, user_id, account_id, kind, data) values (10, p_n, tests.alice(), tests.account(p_account), 'deal',
    jsonb_build_object('deal', 1000 + p_n, 'entry', p_entry, 'position', p_position, 'magic', p_magic, 'symbol', 'EURUSD', 'side', 'buy',
      'lots', p_lots, 'price', 1.1)) $$;
select tests.deal(1, 1, 80, 0, 0, 10), tests.deal(2, 2, 90, 0, 111, 20), tests.deal(3, 2, 90, 1, 111, 8);
create function tests.differences() returns jsonb language plpgsql as $$
declare v_found jsonb;
begin
  perform tests.become('authenticated', tests.alice());
  v_found := (select coalesce(jsonb_agg(d -> 'difference'), '[]') from jsonb_array_elements(public.out_of_sync()) d);
  reset role;
  return v_found;
end $$;
select is(tests.differences(), '[]', 'what the service closed of a copy is no difference');
select tests.deal(4, 2, 90, 1, 0, 8);
select is(tests.differences(), '["partly_closed_on_slave"]', 'what somebody closed of it is one');
select tests.deal(5, 1, 80, 1, 0, 5);
select is(tests.differences(), '[]', 'until the master has no greater share left');
update public.copies set open_lots = 4;
select is(tests.differences(), '["partly_closed_on_slave"]', 'and again when less is left');

select * from finish();
rollback;
