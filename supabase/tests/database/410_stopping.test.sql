-- One call stops many copiers.
begin;
\ir helpers.psql
select tests.story();
select tests.own_account(4, tests.alice(), 'slave');
select tests.own_account(5, tests.alice(), 'master');
select tests.own_account(6, tests.bob(), 'slave');
select tests.own_copier(2, tests.alice(), 1, 4);
select tests.own_copier(3, tests.alice(), 5, 2);
select tests.own_copier(4, tests.bob(), 3, 6);
select tests.own_copier(5, tests.alice(), 5, 4);
update public.copiers set mode = 'off' where id = tests.copier(3);
update public.copiers set mode = 'dry_run' where id = tests.copier(5);
create function tests.modes() returns text[] language sql security definer as $$
  select array_agg(mode order by id) from public.copiers $$;
create function tests.refusal(p_statement text) returns text language plpgsql as $$
begin
  execute p_statement;
  return 'accepted';
exception when others then
  return case when sqlstate like 'PT%' then sqlerrm else sqlstate end;
end $$;
grant execute on all functions in schema tests to public;
select plan(16);

select tests.become('authenticated', tests.alice());
select is(tests.refusal($$select public.stop_copying('wait', null, null)$$), '22023', 'there are two ways to stop');
select is(tests.refusal($$select public.stop_copying('close_all', array[tests.account(1), tests.account(6)], null)$$),
  'account_not_found', 'an account of somebody else stops nothing');
select is(tests.refusal($$select public.stop_copying('close_all', null, array[tests.copier(4)])$$), 'copier_not_found',
  'nor does a copier of somebody else');
select is(tests.modes(), array['on', 'on', 'off', 'on', 'dry_run'], 'and a refused call changes nothing');

select is(public.stop_copying('close_only', array[tests.account(2)], null),
  '{"copiers": 2, "stopped": 1, "requests": []}', 'an account stops at whichever end it is');
select is(tests.modes(), array['close_only', 'on', 'off', 'on', 'dry_run'], 'what is off stays off');
select is((select count(*)::int from public.manual_requests), 0, 'to close only asks for no closing');

select is((select array[v ->> 'copiers', v ->> 'stopped', jsonb_array_length(v -> 'requests')::text]
  from public.stop_copying('close_all', null, null) v), array['4', '1', '4'], 'without a choice it is every copier of hers');
select is(tests.modes(), array['close_only', 'close_only', 'off', 'on', 'dry_run'], 'and nobody else''s');
select is((select count(distinct copier_id)::int from public.manual_requests where kind = 'flatten' and link_id is null
  and state = 'pending'), 4, 'each is asked to close its copies, whatever its mode');
select is((select array[v ->> 'stopped', jsonb_array_length(v -> 'requests')::text]
  from public.stop_copying('close_all', null, array[tests.copier(1)]) v), array['0', '1'], 'some copiers may be named');
select is((select count(*)::int from public.manual_requests), 4, 'to ask again is the same request');
select is((select array_agg(action order by id) from public.activity where subject_kind = 'copiers'),
  array['close_only_asked', 'close_all_asked', 'close_all_asked'], 'each call is one entry');
select is((select details ->> 'all' from public.activity where subject_kind = 'copiers' order by id limit 1 offset 1), 'true',
  'which says whether all were meant');
select tests.become('authenticated', tests.bob());
select is(public.stop_copying('close_only', array[tests.account(3)], null) ->> 'stopped', '1', 'bob stops his own');
select is(public.stop_copying('close_only', array[]::uuid[], null),
  '{"copiers": 0, "stopped": 0, "requests": []}', 'and no accounts are none');
select * from finish();
rollback;
