-- What guards remember, and their reset by the person.
begin;
\ir helpers.psql
select tests.story();
select plan(17);

create function tests.write_guard(p_tripped boolean, p_resets int) returns void language sql as $$
  insert into public.guard_states (copier_id, guard, user_id, period, start_value, peak_value, tripped, warned, resets, at)
  select c.id, 'loss/day/equity-difference#0', c.user_id, '2026-11-23', 10000.5, 10000.5, p_tripped, p_tripped, p_resets, now()
  from public.copiers c where c.id = tests.copier(1)
  on conflict (copier_id, guard) do update set tripped = excluded.tripped, resets = excluded.resets, at = excluded.at $$;
grant execute on all functions in schema tests to public;
\set reset '$$select public.reset_guard(tests.copier(1), \'loss/day/equity-difference#0\')$$'

select tests.become('lockstep_router_demo-1');
select lives_ok('select tests.write_guard(false, 0)', 'the router writes what a guard remembers');
select lives_ok('select tests.write_guard(true, 0)', 'and writes it again');
reset role;
select is((select array[start_value::text, period] from public.guard_states), array['10000.50000000', '2026-11-23'], 'exactly');
select is(tests.outcome('authenticated', tests.alice(), 'select from public.guard_states'), '1', 'alice sees hers');
select is(tests.outcome('authenticated', tests.bob(), 'select from public.guard_states'), '0', 'bob does not');
select is(tests.outcome('authenticated', tests.alice(), 'update public.guard_states set tripped = false'), '42501',
  'nobody changes it but the router');
select is(tests.outcome('lockstep_router_demo-1', null, 'update public.guard_states set requested_resets = 0'), '42501',
  'which keeps a reset that was asked for');
select is(tests.outcome('authenticated', tests.bob(), $$select public.reset_guard(tests.copier(1), 'x')$$), 'PT404',
  'bob resets nothing of hers');
select tests.become('authenticated', tests.alice());
select is(public.dashboard(now()) #>> '{copiers,halted}', '1', 'the overview counts the copier that it stops');
select is((select array[resets, requested_resets] from public.reset_guard(tests.copier(1), 'loss/day/equity-difference#0')),
  array[0, 1], 'alice wants hers reset');
select is(public.dashboard(now()) #>> '{copiers,halted}', '0', 'and no longer once it is to let go');
select is((select requested_resets from public.reset_guard(tests.copier(1), 'loss/day/equity-difference#0')), 1,
  'asking again changes nothing');
select is((select count(*)::int from public.activity where action = 'guard_reset'), 1, 'and is written down once');
select is_empty($$select public.reset_guard(tests.copier(1), 'none')$$, 'what was never seen cannot be reset');
reset role;
select tests.write_guard(false, 1);
select tests.become('authenticated', tests.alice());
select is((select requested_resets from public.reset_guard(tests.copier(1), 'loss/day/equity-difference#0')), 1,
  'a guard that has not tripped needs none');
reset role;
select tests.write_guard(true, 1);
select tests.become('authenticated', tests.alice());
select is((select requested_resets from public.reset_guard(tests.copier(1), 'loss/day/equity-difference#0')), 2, 'the next time it does');
delete from public.copiers;
reset role;
select is_empty('select from public.guard_states', 'guards go with their copier');

select * from finish();
rollback;
