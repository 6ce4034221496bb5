-- A ticket is found wherever it is: by its owner in the whole history, by support in everybody's.
begin;
\ir helpers.psql
select tests.story();
select plan(13);
update public.copies set status = 'skipped', slave_position = 4242;
insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, symbol, side,
  master_lots, status)
select n, tests.alice(), tests.copier(1), tests.account(1), tests.account(2), 1000 + n, 'EURUSD', 'buy', 10000000, 'closed'
from generate_series(1, 150) n;
insert into private.staff (user_id) values (tests.bob());
create function tests.found(p_filter text) returns text language sql as $$
  select coalesce(string_agg(c ->> 'link_id', ' '), '') from jsonb_array_elements(
    public.copies_page(p_filter, 100, null, null, true) -> 'items') c $$;
create function tests.support(p_query text, p_what text) returns jsonb language sql as $$
  select coalesce(jsonb_agg(c), '[]') from jsonb_array_elements(public.staff_search(p_query) -> p_what) c $$;
grant execute on all functions in schema tests to public;

select tests.become('authenticated', tests.alice());
update public.trading_accounts set label = 'renamed' where id = tests.account(2);

select is(tests.found('{"ticket": "77"}'), '9223372036854775807', 'the master''s ticket is found behind a hundred newer copies');
select is(tests.found('{"ticket": "4242"}'), '9223372036854775807', 'and the slave''s');
select is(tests.found('{"ticket": "1003"}'), '3', 'and no other');
select is(tests.found('{"ticket": "77", "status": ["closed"]}'), '', 'together with the other filters');
select is(public.copies_page('{"ticket": "77"}', 1, null, null, true) ->> 'total', '1', 'only what is found is counted');
select tests.become('authenticated', tests.bob());
select is(tests.found('{"ticket": "77"}'), '', 'bob does not find alice''s among his own');
select is(tests.support('77', 'copies') #>> '{0,link_id}', '9223372036854775807', 'support does');
select is(tests.support('4242', 'copies') #>> '{0,email}', 'alice@example.test', 'with whose it is');
select is(tests.support('78', 'copies'), '[]', 'and finds nothing by another ticket');
select is((select array_agg(a ->> 'id' order by a ->> 'id') from jsonb_array_elements(public.staff_search(
    (select public.staff_account(tests.account(1)) ->> 'login')) -> 'accounts') a
  where a ->> 'user_id' = tests.alice()::text), array[tests.account(1)::text, tests.account(2)::text], 'a master''s login leads to its slaves');
select is(public.staff_account(tests.account(1)) #>> '{skipped,0,link_id}', '9223372036854775807',
  'and the master''s page tells what was not copied from it');
select is(public.staff_account(tests.account(1)) #>> '{linked,0,id}', tests.account(2)::text, 'and with whom it is linked');
select public.staff_act(tests.account(2), 'retry', 'asked by mail');
select is((select array_agg((a ->> 'actor') || ' ' || (a ->> 'actor_email') order by a ->> 'id')
  from jsonb_array_elements(public.staff_account(tests.account(2)) -> 'activity') a where a ->> 'action' <> 'account_added'),
  array['you alice@example.test', 'support bob@example.test'], 'actions are named by who did them');
reset role;
select * from finish();
rollback;
