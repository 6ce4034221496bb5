-- The equity of all accounts of a currency together.
begin;
\ir helpers.psql
select plan(6);
select tests.people();
select tests.own_account(n, tests.alice(), 'both') from generate_series(1, 3) n;
select tests.own_account(4, tests.bob(), 'both');
insert into public.account_live (account_id, user_id, currency, equity) values
  (tests.account(1), tests.alice(), 'USD', 1), (tests.account(2), tests.alice(), 'USD', 1),
  (tests.account(3), tests.alice(), 'EUR', 1), (tests.account(4), tests.bob(), 'USD', 1);
-- The first is away since yesterday; the second began two hours ago, and lost a half since.
insert into public.account_equity (account_id, user_id, at, balance, equity) values
  (tests.account(1), tests.alice(), now() - interval '25 hours', 1000, 900),
  (tests.account(2), tests.alice(), now() - interval '2 hours', 500, 500),
  (tests.account(2), tests.alice(), now() - interval '1 hour', 500, 250),
  (tests.account(3), tests.alice(), now() - interval '1 hour', 70, 70),
  (tests.account(4), tests.bob(), now() - interval '1 hour', 9999, 9999);
create function tests.sums(p_currency text, p_range text default 'day') returns table (balance numeric, equity numeric, n bigint)
language sql as $$
  select (p ->> 'balance')::numeric, (p ->> 'equity')::numeric, count(*)
  from jsonb_array_elements(public.equity_sum(p_currency, p_range) -> 'points') p group by 1, 2 order by min(p ->> 'at')
$$;
grant execute on all functions in schema tests to public;
select tests.become('authenticated', tests.alice());
select results_eq($$select balance, equity from tests.sums('USD')$$, $$values (1000::numeric, 900::numeric), (1500, 1400), (1500, 1150)$$,
  'one that is away counts with what it had, a new one from its first sample on');
select results_eq($$select sum(n) from tests.sums('USD')$$, $$values (288::numeric)$$, 'a day has a point every five minutes');
select results_eq($$select balance, equity from tests.sums('EUR')$$, $$values (70::numeric, 70::numeric)$$, 'currencies are not added up');
select ok((select sum(n) <= 401 from tests.sums('USD', 'all')), 'all of the time is in 400 points');
select is(public.equity_sum('CHF', 'all') -> 'points', '[]', 'no account has that currency');
select tests.become('authenticated', tests.bob());
select results_eq($$select balance, equity from tests.sums('USD')$$, $$values (9999::numeric, 9999::numeric)$$, 'nobody sees sums of others');
select * from finish();
rollback;
