-- Pages of a person's accounts: all of them, each once, oldest first, also those of one moment.
begin;
\ir helpers.psql
select plan(5);
select tests.people();
select tests.own_account(n, tests.alice(), 'both') from generate_series(1, 3) n;
select tests.own_account(4, tests.bob(), 'both');
update public.trading_accounts set created_at = '2026-01-01T00:00:00Z' where id in (tests.account(2), tests.account(3));
create function tests.page(p_limit int, p_at timestamptz default null, p_id uuid default null) returns uuid[] language sql as $$
  select array_agg((account ->> 'id')::uuid) from jsonb_array_elements(public.accounts_page(p_limit, p_at, p_id)) account
$$;

grant execute on function tests.page to authenticated;
select tests.become('authenticated', tests.alice());
select is(tests.page(2), array[tests.account(2), tests.account(3)], 'the oldest come first, those of one moment by their ids');
select is(tests.page(1, '2026-01-01T00:00:00Z', tests.account(2)), array[tests.account(3)], 'a page goes on within one moment');
select is(tests.page(2, '2026-01-01T00:00:00Z', tests.account(3)), array[tests.account(1)], 'and after it');
select is(tests.page(2, 'infinity', tests.account(1)), null, 'the last page is empty');
select tests.become('authenticated', tests.bob());
select is(tests.page(100), array[tests.account(4)], 'nobody sees accounts of others');
select * from finish();
rollback;
