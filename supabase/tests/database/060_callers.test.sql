-- Sessions, second factor, API tokens, suspension, support: who is let in, and to what.
begin;
\ir helpers.psql
select tests.story();
\set a 'tests.alice()'
\set b 'tests.bob()'

create function tests.session(p_n int) returns uuid language sql immutable as $$
  select ('eeeeeeee-0000-4000-8000-' || lpad(p_n::text, 12, '0'))::uuid $$;
insert into auth.sessions (id, user_id) values (tests.session(1), :a), (tests.session(2), :a), (tests.session(3), :b);

-- What a statement comes to with more claims in the token than the person.
create function tests.outcome_with(p_user uuid, p_claims jsonb, p_statement text) returns text language plpgsql as $$
declare
  v_rows bigint;
  v_state text;
begin
  begin
    perform tests.become('authenticated', p_user);
    perform set_config('request.jwt.claims', (jsonb_build_object('sub', p_user, 'role', 'authenticated') || p_claims)::text, true);
    execute p_statement;
    get diagnostics v_rows = row_count;
    raise exception using errcode = 'TEST0', message = v_rows::text;
  exception when others then
    get stacked diagnostics v_state = returned_sqlstate;
    return case when v_state = 'TEST0' then sqlerrm else v_state end;
  end;
end $$;
create function tests.in_session(p_user uuid, p_session int, p_statement text) returns text language sql as $$
  select tests.outcome_with(p_user, jsonb_build_object('session_id', tests.session(p_session)), p_statement) $$;
grant execute on all functions in schema tests to public;

select plan(42);
\set accounts '$$select from public.trading_accounts$$'

select is(tests.in_session(:a, 1, :accounts), '2', 'a session that is there is let in');
select is(tests.in_session(:a, 9, :accounts), '0', 'one that was ended is not');
select is(tests.in_session(:a, 3, :accounts), '0', 'nor that of somebody else');
select is(tests.in_session(:a, 9, $$select public.restart_account(tests.account(1))$$), 'PT401', 'and it may call nothing');
select is(tests.in_session(:a, 1, $$select public.restart_account(tests.account(1))$$), '1', 'a person restarts an own account');
select is(tests.in_session(:b, 3, $$select public.restart_account(tests.account(1))$$), 'PT404', 'and nobody else''s');

-- Second factor.
select ok(private.factor_begin(:a, 'secret'), 'a factor is begun');
select is(tests.in_session(:a, 1, :accounts), '2', 'which counts only once it is confirmed');
select ok(private.factor_accept(:a, tests.session(1), 100), 'a first code confirms it');
select ok(not private.factor_begin(:a, 'other'), 'a confirmed factor is not replaced');
select is(tests.in_session(:a, 1, :accounts), '2', 'the session that showed it is let in');
select is(tests.in_session(:a, 2, :accounts), '0', 'another one is not');
select is(tests.in_session(:a, 2, $$update public.copiers set mode = 'off'$$), '0', 'nor does it change anything');
select is(tests.in_session(:a, 2, $$select public.export_me()$$), 'PT403', 'nor take anything away');
select is(tests.in_session(:a, 2, $$select public.whoami()$$), '1', 'but it may ask who it is');
select is(tests.outcome('authenticated', :a, :accounts), '0', 'a token without a session shows no factor');
select ok(not private.factor_accept(:a, tests.session(2), 100), 'a code is good once');
select private.factor_codes(:a, array['one'::bytea, 'two'::bytea]);
select ok(private.factor_use_backup(:a, tests.session(2), 'one'), 'a backup code is as good');
select ok(not private.factor_use_backup(:a, tests.session(2), 'one'), 'and good once');
select is(tests.in_session(:a, 2, :accounts), '2', 'the session is let in then');

-- Wrong codes. Time passes by moving the end of the pause.
create function tests.pauses(p_codes int) returns interval[] language plpgsql as $$
declare
  v_pauses interval[] := '{}';
begin
  for i in 1..p_codes loop
    update private.wrong_codes set paused_until = '-infinity';
    perform private.factor_attempt(tests.bob());
    v_pauses := v_pauses || (select w.paused_until - w.last_at from private.wrong_codes w);
  end loop;
  return v_pauses;
end $$;
select is((select array_agg(private.factor_attempt(:b) is null) from generate_series(1, 7)),
  array[true, true, true, true, true, false, false], 'five codes may be tried, and then none');
select is((select private.factor_attempt(:b)), '{"unit": "seconds", "count": 60}'::jsonb, 'for a minute');
select is((select count from private.wrong_codes where user_id = :b), 5, 'what is not compared is not counted');
delete from private.wrong_codes;
select is(tests.pauses(9), array['0', '0', '0', '0', '1 min', '5 min', '15 min', '1 hour', '1 hour']::interval[],
  'pauses grow with each wrong code, to an hour');
select private.factor_wrong(:b), private.factor_wrong(:b);
select is((select array_agg(array[kind, severity, data ->> 'count']) from public.alerts where user_id = :b),
  array[array['wrong_codes', 'now', '9']], 'the person is told, once');
select is((select action from public.activity where user_id = :b order by id desc limit 1), 'wrong_codes', 'and it is written down');
update private.wrong_codes set paused_until = '-infinity', last_at = now() - interval '25 hours' where user_id = :b;
select is(private.factor_attempt(:b), null, 'a day later a code may be tried');
select is((select count from private.wrong_codes where user_id = :b), 1, 'and counting begins anew');
select private.factor_passed(:b, tests.session(3));
select is_empty('select from private.wrong_codes', 'a right code forgets the wrong ones');
select private.factor_remove(:a);

-- API tokens.
insert into private.api_tokens (id, user_id, name, scope, hash) values
  (tests.session(11), :a, 'reads', 'read', sha256('r')), (tests.session(12), :a, 'writes', 'write', sha256('w'));
create function tests.by_token(p_n int, p_scope text, p_statement text) returns text language sql as $$
  select tests.outcome_with(tests.alice(), jsonb_build_object('api_token', tests.session(p_n), 'api_scope', p_scope,
    'api_token_hash', encode(case p_n when 11 then sha256('r') else sha256('w') end, 'hex')), p_statement) $$;
select is(tests.by_token(11, 'read', :accounts), '2', 'a token reads');
select is(tests.by_token(11, 'read', $$update public.copiers set mode = 'off'$$), '0', 'one that only reads changes nothing');
select is(tests.by_token(11, 'read', $$select public.restart_account(tests.account(1))$$), 'PT403', 'nor restarts anything');
select is(tests.by_token(12, 'write', $$update public.copiers set mode = 'off'$$), '1', 'one that writes does');
select is(tests.by_token(12, 'write', $$select public.my_sessions()$$), 'PT403', 'but it does not touch sign-in');
update private.api_tokens set revoked_at = now();
select is(tests.by_token(12, 'write', :accounts), '0', 'a revoked one is nobody');

-- Support.
select is(tests.in_session(:b, 3, $$select public.staff_search('alice')$$), 'PT403', 'support is not for everybody');
insert into private.staff (user_id) values (:b);
select is(tests.in_session(:b, 3, $$select public.staff_act(tests.account(1), 'suspend', ' ')$$), 'PT422', 'support says why');
select is(tests.in_session(:b, 3, $$select public.staff_act(tests.account(1), 'suspend', 'margin call')$$), '1', 'and then acts');
select tests.become('authenticated', :b);
select public.staff_act(tests.account(1), 'suspend', 'margin call');
reset role;
select is(
  (select array[actor, action, reason] from public.activity where user_id = :a order by id desc limit 1),
  array['support', 'account_paused', 'margin call'], 'which the person can read');
select ok(public.staff_account(tests.account(1))::text !~ 'sealed', 'support sees no password, sealed or not');

-- Suspension.
insert into private.suspended_users (user_id, reason) values (:a, 'x');
select is(tests.in_session(:a, 1, :accounts), '0', 'a suspended person sees nothing');
select is(tests.in_session(:a, 1, $$select public.whoami()$$), 'PT403', 'and is told so');

select * from finish();
rollback;
