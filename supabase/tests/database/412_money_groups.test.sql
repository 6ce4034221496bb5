-- What copies earned by account, symbol, day and hour, and what each pair lost against its master.
begin;
\ir helpers.psql
select tests.story();
select plan(12);

-- The master's position 77 has 0.10 lots (tests.story). One copy of it has 0.05 lots as position 88, another 0.05 as 89.
create function tests.booked(p_account int, p_deal int, p_position int, p_link bigint, p_symbol text, p_profit numeric,
  p_commission numeric, p_at timestamptz, p_currency text default 'USD') returns void language sql as $$
  insert into public.deal_money (account_id, user_id, deal, position, order_ticket, closes, link_id, entry, reason, symbol,
    currency, profit, commission, swap, fee, at, told_at)
  values (tests.account(p_account), tests.alice(), p_deal, p_position, 1, 0, p_link, 1, 0, p_symbol, p_currency, p_profit, p_commission,
    -0.5, 0, p_at, now()) $$;
select link_id as link from public.copies limit 1 \gset
update public.copies set slave_position = 88, target_lots = 5000000, status = 'closed', closed_at = '2026-11-24 10:00Z',
  updated_at = '2026-11-24 10:00Z';
insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, slave_position, symbol,
  side, master_lots, target_lots, status, opened_at, closed_at, updated_at)
values (5, tests.alice(), tests.copier(1), tests.account(1), tests.account(2), 77, 89, 'EURUSD', 'buy', 10000000, 5000000, 'closed',
  '2026-11-24 09:00Z', '2026-11-24 23:30Z', '2026-11-24 23:30Z');
select tests.booked(2, 201, 88, :link, 'EURUSD', 10, -0.5, '2026-11-24 10:00Z'),
  tests.booked(2, 202, 89, 5, 'EURUSD', -4, -0.5, '2026-11-24 23:30Z'),
  tests.booked(2, 203, 99, 0, 'EURUSD', 1000, 0, '2026-11-24 10:00Z'),
  tests.booked(1, 101, 77, 0, 'EURUSD', 30.5, 0, '2026-11-24 10:00Z');
create function tests.money(p_zone text default 'UTC', p_account uuid default null) returns jsonb language sql as $$
  select public.money_by_group('2026-11-24', '2026-11-26', null, p_account, p_zone) $$;
grant execute on all functions in schema tests to public;

select tests.become('authenticated', tests.alice());
select is(tests.money() -> 'by_account', jsonb_build_array(jsonb_build_object('key', tests.account(2), 'currency', 'USD', 'deals', 2,
  'profit', '6', 'commission', '-1', 'swap', '-1', 'fee', '0', 'net', '4')), 'an account has what its copies earned, and no other trade');
select is(tests.money() #>> '{by_symbol,0,net}', '4', 'so has a symbol');
select is((select array_agg(d ->> 'key' order by d ->> 'key') from jsonb_array_elements(tests.money() -> 'by_day') d), array['2026-11-24'],
  'a day is that of the reader');
select is((select array_agg((d ->> 'key') || ' ' || (d ->> 'net') order by d ->> 'key')
  from jsonb_array_elements(tests.money('Asia/Dubai') -> 'by_day') d), array['2026-11-24 9', '2026-11-25 -5'], 'elsewhere the next has begun');
select is((select array_agg(h ->> 'key' order by (h ->> 'key')::int) from jsonb_array_elements(tests.money() -> 'by_hour') h),
  array['10', '23'], 'hours of the day are told apart');
select is(tests.money() -> 'results', '[{"currency": "USD", "wins": 1, "losses": 1, "even": 0, "won": "9", "lost": "5"}]'::jsonb,
  'each copy has won or lost, all costs included');
select is(tests.money('UTC', tests.account(3)), '{"by_account": [], "by_symbol": [], "by_day": [], "by_hour": [], "results": []}'::jsonb,
  'another account''s copies are left out');
select is(public.money_by_pair('2026-11-24', '2026-11-26', null, null, 100), jsonb_build_array(jsonb_build_object(
  'copier_id', tests.copier(1), 'currency', 'USD', 'copies', 2, 'net', '4', 'master_net', '30', 'against_master', '-26')),
  'a pair is compared lots for lots: half of 30 for each of two copies');
select is(jsonb_array_length(public.money_by_pair('2026-11-24', '2026-11-26', null, null, 1)), 1, 'of as many copies as are asked for');
select is(public.money_by_pair('2026-11-25', '2026-11-26', null, null, 100), '[]', 'and of those that closed in the period');
reset role;
update public.deal_money set currency = 'EUR' where account_id = tests.account(1);
select tests.become('authenticated', tests.alice());
select is(public.money_by_pair('2026-11-24', '2026-11-26', null, null, 100), '[]', 'two currencies are not compared');
select tests.become('authenticated', tests.bob());
select is(tests.money() -> 'results', '[]', 'a stranger sees none of it');
select * from finish();
rollback;
