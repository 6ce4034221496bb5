-- A guard that is locked: until then nothing undoes it, whoever asks.
begin;
\ir helpers.psql
select tests.story();
select tests.own_account(4, tests.alice(), 'slave');
select tests.own_copier(2, tests.alice(), 1, 4);
select plan(27);

create function tests.lock(p_tripped boolean, p_until timestamptz) returns void language sql as $$
  insert into public.guard_states (copier_id, guard, user_id, period, start_value, peak_value, tripped, warned, resets, at, day,
    last_value, locked_until)
  select c.id, 'loss/day/equity-difference/balance#0', c.user_id, '2026-11-23', 10000, 10000, p_tripped, true, 0, now(),
    '2026-11-23', 9800.5, p_until
  from public.copiers c where c.id = tests.copier(1)
  on conflict (copier_id, guard) do update set tripped = excluded.tripped, locked_until = excluded.locked_until $$;
create function tests.change(p_settings text) returns text language sql as $$
  select format('update public.copiers set settings = %L::jsonb where id = %L', p_settings, tests.copier(1)) $$;
create function tests.refusal(p_statement text) returns text language plpgsql as $$
declare v_code text; v_state text;
begin
  execute p_statement;
  return 'accepted';
exception when others then
  get stacked diagnostics v_code = message_text, v_state = returned_sqlstate;
  return case when v_state like 'PT%' then v_code else v_state end;
end $$;
grant execute on all functions in schema tests to public;
\set reset '$$select public.reset_guard(tests.copier(1), \'loss/day/equity-difference/balance#0\')$$'
\set guards '{"sizing": {"mode": "none"}, "guards": {"risk_limits": [{"max_absolute_risk": "500"}]}}'
\set none '{"sizing": {"mode": "none"}}'

select lives_ok(tests.change(:'guards'), 'a copier gets a guard');
select tests.become('lockstep_router_demo-1');
select lives_ok($$select tests.lock(true, now() + interval '1 hour')$$, 'the router locks it');
reset role;
select is((select array[day, last_value::text] from public.guard_states), array['2026-11-23', '9800.50000000'],
  'and writes the newest balance of the day');

select tests.become('authenticated', tests.alice());
select is(tests.refusal(:reset), 'guard_locked', 'no reset is taken');
select is(tests.refusal(tests.change(:'none')), 'guard_locked', 'its guards cannot be taken out');
select is(tests.refusal($$update public.copiers set settings = jsonb_set(settings, '{guards,time_zone}', '"Asia/Tokyo"')$$),
  'guard_locked', 'nor can its days begin elsewhere');
select is(tests.refusal($$delete from public.copiers where id = tests.copier(1)$$), 'guard_locked', 'nor can the copier be removed');
select is(tests.refusal($$delete from public.trading_accounts where id = tests.account(2)$$), 'guard_locked', 'nor the account');
select is(tests.refusal($$delete from public.trading_accounts where id = tests.account(1)$$), 'guard_locked', 'nor its master');
select lives_ok($$update public.copiers set settings = jsonb_set(settings, '{reverse}', 'true') where id = tests.copier(1)$$,
  'what undoes nothing may be changed');
select lives_ok($$update public.copiers set mode = 'close_only' where id = tests.copier(1)$$, 'and so may its mode');
select lives_ok($$update public.copiers set settings = '{"sizing": {"mode": "none"}, "guards": {}}' where id = tests.copier(2)$$,
  'a copier of another slave is free');
select lives_ok($$delete from public.copiers where id = tests.copier(2)$$, 'and may be removed');
reset role;
select is((select requested_resets from public.guard_states), 0, 'no reset was requested');

select tests.lock(true, now() - interval '1 second');
select tests.become('authenticated', tests.alice());
select lives_ok(tests.change(:'none'), 'a lock that is over holds nothing');
select is((select requested_resets from public.reset_guard(tests.copier(1), 'loss/day/equity-difference/balance#0')), 1,
  'and the guard may be reset');
reset role;
select tests.lock(false, now() + interval '1 hour');
select tests.become('authenticated', tests.alice());
select lives_ok(tests.change(:'guards'), 'nor does one of a guard that stops nothing');
reset role;
select tests.lock(true, null);
select tests.become('lockstep_router_demo-1');
select lives_ok($$update public.guard_states set paused_until = now() + interval '1 hour'$$, 'the router writes when a pause ends');
select tests.become('authenticated', tests.alice());
select lives_ok(tests.change(:'none'), 'a guard that only pauses holds nothing');
select is((select requested_resets from public.reset_guard(tests.copier(1), 'loss/day/equity-difference/balance#0')), 1,
  'and its user may end the pause');
reset role;
select tests.lock(true, now() + interval '1 hour');
select is(tests.refusal($$delete from public.copiers where id = tests.copier(1)$$), 'guard_locked', 'whoever deletes it');
update public.copies set status = 'open' where copier_id = tests.copier(1);
select tests.become('authenticated', tests.alice());
select is((select removing from public.remove_copier(tests.copier(1), 'follow')), 'follow', 'it may be removed once its copies are closed');
reset role;
update public.copies set status = 'closed' where copier_id = tests.copier(1);
select is((select count(*)::int from public.copiers where id = tests.copier(1)), 1, 'and stays while it is locked');
select tests.lock(false, null);
select is((select count(*)::int from public.copiers where id = tests.copier(1)), 0, 'and goes with the lock');
select tests.own_copier(1, tests.alice(), 1, 2);
select tests.lock(true, now() + interval '1 hour');
select is(tests.refusal($$delete from public.copiers where id = tests.copier(1)$$), 'guard_locked', 'a copier is held by its own lock');
select lives_ok($$delete from auth.users where id = tests.alice()$$, 'but a person may leave');
select is_empty($$select from public.guard_states$$, 'and everything goes along');

select * from finish();
rollback;
