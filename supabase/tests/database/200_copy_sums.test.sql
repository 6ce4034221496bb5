-- Sums and positions that triggers keep always say what the copies and deals themselves do, and statistics agree with both.
begin;
\ir helpers.psql
select tests.story();
select plan(17);

create function tests.copy(p_link bigint, p_status text, p_at timestamptz, p_open float8, p_close float8) returns void language sql as $$
  insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, symbol, side,
    master_lots, target_lots, status, updated_at, master_price, open_price, close_price)
  values (p_link, tests.alice(), tests.copier(1), tests.account(1), tests.account(2), 77, 'XAUUSD', 'buy', 100000000, 50000000,
    p_status, p_at, 1.1, p_open, p_close) $$;
-- What differs between the sums as kept and as they would be made anew; nothing, that is.
create function tests.wrong_sums() returns setof public.copy_sums language plpgsql as $$
declare
  v_kept public.copy_sums[] := array(select s from public.copy_sums s
    where s.copied + s.skipped + s.rejected + s.unresolved + s.wins + s.losses + s.even + s.slips + s.won <> 0);
begin
  perform private.sum_all_copies();
  return query (select * from public.copy_sums except select * from unnest(v_kept))
    union all (select * from unnest(v_kept) except select * from public.copy_sums);
end $$;
create function tests.day(p_day text, p_zone text) returns jsonb language sql as $$
  select coalesce(jsonb_agg(d -> 'copied'), '[]') from jsonb_array_elements(public.statistics('2026-01-01', '2026-03-01', null, null, p_zone)
    -> 'by_day') d where d ->> 'key' = p_day $$;
grant execute on all functions in schema tests to public;

select tests.copy(1, 'sent', '2026-01-31 23:40Z', null, null);
select tests.copy(2, 'closed', '2026-01-31 23:40Z', 1.1011, 1.2);
select tests.copy(3, 'closed', '2026-02-01 00:10Z', 1.2, 1.1);
select tests.copy(4, 'skipped', '2026-02-01 00:10Z', null, null);
select results_eq($$select copied, skipped, wins, losses, lots from public.copy_sums where symbol = 'XAUUSD' order by at$$,
  $$values (2, 0, 1, 0, 50000000::bigint), (1, 1, 0, 1, 50000000::bigint)$$, 'copies count in the half hour of their change');
select is_empty('select * from tests.wrong_sums()', 'new copies');
update public.copies set status = 'closed', open_price = 1.1, close_price = 1.3, updated_at = '2026-02-02Z' where link_id = 1;
update public.copies set params = '{"symbol": "x"}', slave_position = 9 where link_id = 4;
select is_empty('select * from tests.wrong_sums()', 'changed copies');
delete from public.copies where link_id in (3, 4);
select is_empty('select * from tests.wrong_sums()', 'deleted copies');
select lives_ok($$select tests.copy(5, 'closed', '2026-02-03Z', 1e-9, 1e9)$$, 'no price, however wrong, makes a copy unwritable');

-- Of touched rows the time is now: what follows needs times of its own.
alter table public.copies disable trigger copies_touch;
update public.copies set updated_at = '2026-01-31 23:40Z' where link_id in (1, 2);
update public.copies set updated_at = '2026-02-01 00:10Z' where link_id = 5;
select tests.become('authenticated', tests.alice());
select is(tests.day('2026-01-31', 'UTC'), '[2]', 'a day of the month''s end');
select is(tests.day('2026-02-01', 'Asia/Kolkata'), '[3]', 'a zone whose days begin on a half hour');
select is(tests.day('2026-02-01', 'Asia/Kathmandu'), '[3]', 'a zone whose days begin on a quarter');
select is(public.statistics('2026-01-31 23:41Z', '2026-02-01 00:11Z', null, null, 'UTC') #> '{totals,copied}', '1',
  'what lies outside of a time that begins within a half hour is not counted');
select is(public.statistics('2026-01-31 23:35Z', '2026-01-31 23:41Z', null, null, 'UTC') #> '{totals,copied}', '2',
  'nor outside of one within a single half hour');
select is(public.statistics('2026-01-01', '2026-03-01', null, tests.account(3), 'UTC') #> '{totals,won_bp}', '0', 'other accounts');
select is(public.copies_page('{}', 1, null, null, true) -> 'total', '4', 'all copies are counted by their sums');
select is(public.copies_page(jsonb_build_object('account_id', tests.account(3))::text, 1, null, null, true) -> 'total', '0',
  'those of an account too');
reset role;

-- Alice's master has 77 with 10000000 by the story's deal.
select results_eq('select position, lots from public.positions_left', 'values (77::bigint, 10000000::bigint)', 'an open position');
update public.copies set status = 'rejected', updated_at = now() where link_id = 2;
select tests.become('authenticated', tests.alice());
select results_eq($$select d ->> 'link_id', d ->> 'difference' from jsonb_array_elements(public.out_of_sync()) d$$,
  $$values ('2', 'only_master')$$, 'is missing where the copy was refused');
reset role;
insert into public.trade_events (run, n, user_id, account_id, kind, data) values (9, 9, tests.alice(), tests.account(1), 'deal',
  '{"deal": 6, "entry": 1, "position": 77, "magic": 0, "symbol": "EURUSD", "side": "sell", "lots": 10000000, "price": 1.1}');
select tests.become('authenticated', tests.alice());
select results_eq($$select d ->> 'difference' from jsonb_array_elements(public.out_of_sync()) d$$, array['only_slave'],
  'once it is closed, what the slave still holds is');
reset role;
delete from auth.users where id = tests.alice();
select is((select count(*)::int from public.copy_sums) + (select count(*)::int from public.positions_left), 0, 'who leaves leaves nothing');

select * from finish();
rollback;
