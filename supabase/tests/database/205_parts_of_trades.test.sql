-- A trade that is copied in parts has a row for each, and is one copy wherever copies are counted.
begin;
\ir helpers.psql
select tests.story();
select plan(13);

create function tests.part(p_link bigint, p_part int, p_status text, p_at timestamptz, p_close float8) returns void
language sql as $$
  insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, part, symbol,
    side, master_lots, target_lots, status, reason, updated_at, master_price, open_price, close_price, spans)
  values (p_link, tests.alice(), tests.copier(1), tests.account(1), tests.account(2), 88, p_part, 'XAUUSD', 'buy', 25000000000,
    case p_part when 2 then 5000000000 else 10000000000 end, p_status, case p_status when 'rejected' then 'broker_10034' end,
    p_at, 1.1, 1.1, p_close, '{"router_us": 400}') $$;
create function tests.totals(p_since timestamptz, p_until timestamptz) returns jsonb language sql as $$
  select public.statistics(p_since, p_until, null, null, 'UTC') $$;
grant execute on all functions in schema tests to public;

-- 250 lots where an order has at most 100. The parts close in other half hours, with other results.
select tests.part(51, 0, 'closed', '2026-02-01 10:20Z', 1.2);
select tests.part(52, 1, 'closed', '2026-02-01 10:20Z', 1.0);
select tests.part(53, 2, 'closed', '2026-02-01 09:50Z', 1.3);
select results_eq(
  $$select copied, wins, losses, slips, parts, lots from public.copy_sums where symbol = 'XAUUSD' order by at$$,
  $$values (0, 0, 0, 0, 1, 5000000000::bigint), (1, 1, 0, 1, 1, 20000000000::bigint)$$,
  'sums count the first part, and the lots of all');
update public.copies set status = 'open', close_price = null where link_id = 53;
update public.copies set status = 'closed', close_price = 1.3 where link_id = 53;
select results_eq($$select sum(copied), sum(parts), sum(lots) from public.copy_sums where symbol = 'XAUUSD'$$,
  $$values (1::bigint, 2::bigint, 25000000000::numeric)$$, 'also after changes');
alter table public.copies disable trigger copies_touch;
update public.copies set updated_at = '2026-02-01 09:50Z' where link_id = 53;

select tests.become('authenticated', tests.alice());
select is(tests.totals('2026-02-01', '2026-02-02') #> '{totals,copied}', '1', 'statistics count one copy');
select is(tests.totals('2026-02-01', '2026-02-02') #>> '{totals,lots}', '25000000000', 'with the lots of all parts');
select is(tests.totals('2026-02-01 10:15Z', '2026-02-01 10:25Z') #> '{totals}' -> 'copied', '1',
  'within a half hour, which is read from the copies, too');
select is((tests.totals('2026-02-01 10:15Z', '2026-02-01 10:25Z') #>> '{totals,wins}')
  || '/' || (tests.totals('2026-02-01 10:15Z', '2026-02-01 10:25Z') #>> '{totals,losses}'), '1/0',
  'the first part says what it earned');
select is((select sum((d ->> 'lots')::bigint) from jsonb_array_elements(tests.totals('2026-02-01', '2026-02-02') -> 'by_hour') d),
  25000000000::numeric, 'lots of an hour in which only a further part closed are not lost');
select is(tests.totals('2026-02-01', '2026-02-02') #> '{spans,0,n}', '1', 'latencies are of one opening');
select is(tests.totals('2026-02-01', '2026-02-02') #> '{streaks,longest_wins}', '1', 'and it is one win in a row');
select is(public.copies_page('{"symbol": "XAUUSD"}', 1, null, null, true) -> 'total', '3', 'a page''s total is of its rows');
select is((public.copies_page('{}', 9, null, null, true) ->> 'total')::int,
  jsonb_array_length(public.copies_page('{}', 9, null, null, true) -> 'items'), 'that from sums as well');
reset role;

-- The broker refuses all three.
update public.copies set status = 'rejected', reason = 'broker_10034', updated_at = now() where master_position = 88;
select is((select count(*)::int from public.alerts where kind = 'rejected' and data ->> 'symbol' = 'XAUUSD'), 1,
  'a trade that was refused in parts is told of once');
select tests.become('authenticated', tests.alice());
select is(public.dashboard(now() - interval '1 hour') #> '{copies_today,rejected}', '1', 'and counted once on the dashboard');

select * from finish();
rollback;
