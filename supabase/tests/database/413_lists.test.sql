-- Lists of accounts and copiers: found, filtered and ordered in the database, page by page, each row once.
begin;
\ir helpers.psql
select plan(22);
select tests.people();
select tests.own_account(n, tests.alice(), case n when 1 then 'master' else 'slave' end) from generate_series(1, 12) n;
select tests.own_account(20, tests.bob(), 'both');
update public.trading_accounts set label = 'Funded ' || login - 1000, created_at = '2026-01-01T00:00:00Z'
where user_id = tests.alice();
update public.trading_accounts set label = 'own', tags = '{live}' where id = tests.account(1);
update public.trading_accounts set state = 'ready', tags = '{phase 2,FTMO}' where id in (tests.account(3), tests.account(10));
update public.trading_accounts set operating_mode = 'suspended' where id = tests.account(4);
insert into public.account_live (account_id, user_id, currency, equity) values
  (tests.account(2), tests.alice(), 'USD', 99.5), (tests.account(3), tests.alice(), 'USD', 1000),
  (tests.account(5), tests.alice(), 'USD', 99.5);
select tests.own_copier(n, tests.alice(), 1, n) from generate_series(2, 12) n;
update public.copiers set mode = 'off' where id = tests.copier(10);
update public.copiers set mode = 'close_only' where id = tests.copier(3);

-- What a list has, by the numbers of its rows, on pages of two.
create function tests.every(p_list text, p_filter text, p_sort text, p_descending boolean) returns int[] language plpgsql as $$
declare
  v_page jsonb;
  v_after text;
  v_ids int[] := '{}';
begin
  loop
    execute format('select public.%I($1, $2, $3, 2, $4)', p_list) into v_page using p_filter, p_sort, p_descending, v_after;
    v_ids := v_ids || array(select right(i ->> 'id', 12)::int from jsonb_array_elements(v_page -> 'items') i);
    exit when v_page ->> 'last' is null;
    v_after := v_page ->> 'last';
  end loop;
  return v_ids;
end $$;
create function tests.accounts(p_filter text default '{}', p_sort text default 'created', p_descending boolean default false)
returns int[] language sql as $$ select tests.every('find_accounts', p_filter, p_sort, p_descending) $$;
create function tests.copiers(p_filter text default '{}', p_sort text default 'created', p_descending boolean default false)
returns int[] language sql as $$ select tests.every('find_copiers', p_filter, p_sort, p_descending) $$;
grant execute on all functions in schema tests to public;

select tests.become('authenticated', tests.alice());
select is(tests.accounts(), array[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 'those of one moment come by their ids, each once');
select is(tests.accounts('{}', 'label'), array[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1], 'numbers within names are numbers');
select is(tests.accounts('{}', 'label', true), array[1, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2], 'and the other way');
select is(tests.accounts('{}', 'login', true), array[12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 'a login is a number');
select is(tests.accounts('{}', 'equity'), array[2, 5, 3, 1, 4, 6, 7, 8, 9, 10, 11, 12], 'without a figure, last');
select is(tests.accounts('{}', 'equity', true), array[3, 2, 5, 1, 4, 6, 7, 8, 9, 10, 11, 12], 'either way');
select is(tests.accounts('{}', 'role', true), array[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1], 'many of one role are each there once');
select is(tests.accounts('{"q": "1 FUNDED"}'), array[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 'words of name and login, in any order and case');
select is(tests.accounts('{"q": "ftmo  broker"}'), array[3, 10], 'of tag and server');
select is(tests.accounts('{"q": "100%"}'), '{}', 'nothing in them is a pattern');
select is(tests.accounts('{"role": "master"}'), array[1], 'by role');
select is(tests.accounts('{"tag": "FTMO"}'), array[3, 10], 'by tag');
select is(tests.accounts('{"connection": "connected"}'), array[3, 10], 'by connection');
select is(tests.accounts('{"connection": "paused"}'), array[4], 'a paused one is paused, whatever its state');
select is(tests.accounts('{"connection": "away", "q": "1012"}'), array[12], 'all conditions together');
select is(public.find_accounts('{"tag": "FTMO"}', 'label', false, 1, null) -> 'total', '2', 'the total is of all pages');
select is(tests.copiers('{}', 'way', true), array[12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2], 'copiers by the names of their accounts');
select is(tests.copiers('{"mode": "off"}'), array[10], 'by mode');
select is(tests.copiers('{"q": "own 12"}'), array[12], 'by words of both accounts');
select is(tests.copiers('{"tag": "phase 2"}'), array[3, 10], 'by a tag of either');
select is(tests.copiers(jsonb_build_object('master_id', tests.account(2))::text), '{}', 'by master');
select tests.become('authenticated', tests.bob());
select is(tests.accounts() || tests.copiers(), array[20], 'nobody sees rows of others');
select * from finish();
rollback;
