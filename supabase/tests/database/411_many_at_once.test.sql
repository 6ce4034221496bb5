-- Many accounts and copiers are changed in one call.
begin;
\ir helpers.psql
select tests.story();
select tests.own_account(4, tests.alice(), 'slave');
select tests.own_account(5, tests.alice(), 'slave', 'live');
select tests.own_account(6, tests.bob(), 'slave');
create function tests.refusal(p_statement text) returns text language plpgsql as $$
begin
  execute p_statement;
  return 'accepted';
exception when others then
  return case when sqlstate like 'PT%' then sqlerrm else sqlstate end;
end $$;
grant execute on all functions in schema tests to public;
create temp table answers (name text, answer jsonb) on commit drop;
grant all on answers to public;
select plan(21);

select tests.become('authenticated', tests.alice());
insert into answers values ('linked', public.link_slaves(tests.account(1),
  array[tests.account(4), tests.account(5), tests.account(2), tests.account(6)], 'dry_run', '{"sizing": {"mode": "none"}}'));
select is((select jsonb_array_length(answer) from answers), 4, 'each slave has an answer');
select is((select answer #>> '{0,copier,mode}' from answers), 'dry_run', 'a slave that fits is linked');
select is((select answer #>> '{1,message}' from answers), 'environments_differ', 'one of another environment is not');
select is((select answer #>> '{2,state}' from answers), '23505', 'nor one that is linked already');
select is((select answer #>> '{3,message}' from answers), 'account_not_found', 'nor one of somebody else');
select is((select count(*)::int from public.copiers), 2, 'what is refused leaves the others, and leaves nothing behind');

select is((select array_agg(mode order by id) from public.change_copiers(array(select id from public.copiers), 'off', null)),
  array['off', 'off'], 'the mode of many is set at once');
select is((select count(*)::int from public.change_copiers(array(select id from public.copiers), null,
  '{"sizing": {"mode": "fixed", "lots": "0.33"}}') c where c.settings #>> '{sizing,lots}' = '0.33' and c.mode = 'off'), 2,
  'and so are their rules, which leaves the mode');
select is(tests.refusal($$select public.change_copiers(array(select id from public.copiers) || tests.copier(9), 'on', null)$$),
  'copier_not_found', 'one that is not hers is refused');
select is((select count(*)::int from public.copiers where mode = 'off'), 2, 'and then none is changed');
select is(tests.refusal($$select public.change_copiers(array(select id from public.copiers), 'never', null)$$), '23514',
  'there are four modes');
select is((select count(*)::int from public.activity where action = 'copier_changed'), 4, 'each change is in the activity');

select is((select array_agg(tags::text order by id) from public.change_accounts(array[tests.account(1), tests.account(2)],
  null, null, array['ftmo', 'alpha'], null)), array['{alpha,ftmo}', '{alpha,ftmo}'], 'tags are put on many accounts');
select is((select array_agg(tags::text order by id) from public.change_accounts(array[tests.account(1)],
  null, null, array['ftmo', 'phase 2'], array['alpha'])), array['{ftmo,"phase 2"}'], 'and taken off, each once');
select is((select array_agg(operating_mode || mode order by id) from public.change_accounts(
  array[tests.account(1), tests.account(2)], 'suspended', null, null, null)), array['suspendedon', 'suspendedon'], 'many are paused');
select is(tests.refusal($$select public.change_accounts(array[tests.account(1), tests.account(6)], 'running', null, null, null)$$),
  'account_not_found', 'one that is not hers is refused');
select is((select operating_mode from public.trading_accounts where id = tests.account(1)), 'suspended', 'and then none is changed');
select is(tests.refusal($$select public.change_accounts(array[tests.account(1)], null, null,
  array(select 'tag ' || n from generate_series(1, 20) n), null)$$), '23514', 'an account has 20 tags at most');
select is(tests.refusal($$update public.trading_accounts set tags = array['a', 'a']$$), '23514', 'each once');
select is(tests.refusal($$update public.trading_accounts set tags = array[' a']$$), '23514', 'without spaces around it');
select is(tests.refusal($$select public.change_accounts(array(select gen_random_uuid() from generate_series(1, 1001)),
  'running', null, null, null)$$), '22023', 'so many at once and no more');
select * from finish();
rollback;
