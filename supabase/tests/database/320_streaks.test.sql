-- Runs of copies won and lost, by the time of their ends.
begin;
\ir helpers.psql
select tests.story();
select plan(4);

create function tests.ended(p_link bigint, p_minute int, p_close float8) returns void language sql as $$
  insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, symbol, side,
    master_lots, target_lots, status, updated_at, open_price, close_price)
  values (p_link, tests.alice(), tests.copier(1), tests.account(1), tests.account(2), 77, 'XAUUSD', 'buy', 100000000, 50000000,
    'closed', '2026-01-31Z'::timestamptz + make_interval(mins => p_minute), 1.1, p_close) $$;
grant execute on all functions in schema tests to public;

select tests.become('authenticated', tests.alice());
select is(public.copy_streaks('2026-01-01', '2026-02-01', null, null, 100) -> 'streaks',
  '{"longest_wins": 0, "longest_losses": 0, "current_wins": 0, "current_losses": 0}', 'nothing has no runs');
reset role;
-- Won, won, even, won, lost, lost, won.
select tests.ended(link, minute, price) from (values (11, 1, 1.2), (12, 2, 1.2), (13, 3, 1.1), (14, 4, 1.3), (15, 5, 1.0),
  (16, 6, 1.0), (17, 7, 1.2)) as e (link, minute, price);
select tests.become('authenticated', tests.alice());
select is(public.copy_streaks('2026-01-01', '2026-02-01', null, null, 100) -> 'streaks',
  '{"longest_wins": 3, "longest_losses": 2, "current_wins": 1, "current_losses": 0}', 'even ones end no run');
select is(public.copy_streaks('2026-01-01', '2026-01-31 00:06:30Z', null, null, 100) -> 'streaks',
  '{"longest_wins": 3, "longest_losses": 2, "current_wins": 0, "current_losses": 2}', 'the run that goes on at the end');
select is(public.statistics('2026-01-01', '2026-02-01', null, tests.account(3), 'UTC') #> '{streaks,longest_wins}', '0',
  'those of other accounts do not count');

select * from finish();
rollback;
