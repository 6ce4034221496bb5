-- Nobody guesses or locks somebody's broker login through us: refusals are remembered for a login, whoever made them.
begin;
\ir helpers.psql
select tests.people();
\set a 'tests.alice()'
\set b 'tests.bob()'

-- What a call comes to; the refusal's code, and for how long.
create function tests.call(p_user uuid, p_statement text) returns text language plpgsql as $$
declare
  v_detail text;
begin
  perform tests.become('authenticated', p_user);
  execute p_statement;
  perform tests.become('postgres');
  return 'done';
exception when others then
  get stacked diagnostics v_detail = pg_exception_detail;
  return sqlstate || ' ' || sqlerrm || case when sqlstate = 'PT429'
    then ' ' || (v_detail::jsonb ->> 'count') || ' ' || (v_detail::jsonb ->> 'unit') else '' end;
end $$;
create function tests.register(p_user uuid, p_n int, p_login bigint, p_server text default 'Broker-Demo') returns text
language sql as $$
  select tests.call(p_user, format($f$select public.register_account(%L, 'x', 'MT5', 'demo', %s, %L, 'both',
    '0123456789abcdef', tests.sealed())$f$, tests.account(p_n), p_login, p_server)) $$;
create function tests.new_password(p_user uuid, p_n int, p_text text) returns text language sql as $$
  select tests.call(p_user, format($f$select public.replace_credentials(%L, '0123456789abcdef', %L)$f$, tests.account(p_n),
    encode(repeat(p_text, 60)::bytea, 'base64'))) $$;
create function tests.restart(p_user uuid, p_n int) returns text language sql as $$
  select tests.call(p_user, format('select public.restart_account(%L)', tests.account(p_n))) $$;
-- The router tells what became of the terminal.
create function tests.told(p_n int, p_state text, p_reason text default null) returns void language sql as $$
  update public.trading_accounts set state = 'authorizing', state_reason = null where id = tests.account(p_n);
  update public.trading_accounts set state = p_state, state_reason = p_reason where id = tests.account(p_n) $$;
grant execute on all functions in schema tests to public;

select plan(28);
select is(tests.register(:a, 1, 77), 'done', 'an account is added');
select tests.told(1, 'failed', 'InvalidCredentials'), tests.told(1, 'failed', 'InvalidCredentials');
select is((select refusals from private.broker_logins), 1, 'a terminal that tries again by itself is counted once');
select is(tests.new_password(:a, 1, 'b'), 'done', 'a typing error is mended at once');
select tests.told(1, 'failed', 'InvalidCredentials');
select is(tests.restart(:a, 1), 'done', 'and so is a second one');
select tests.told(1, 'failed', 'InvalidCredentials');
select is(tests.restart(:a, 1), 'PT429 login_paused 5 minutes', 'after three refusals there is a pause');
select is(tests.new_password(:a, 1, 'c'), 'PT429 login_paused 5 minutes', 'for another password too');
select is(tests.call(:a, $$update public.trading_accounts set operating_mode = 'suspended'$$), 'done', 'stopping is always possible');
select is(tests.call(:a, $$update public.trading_accounts set operating_mode = 'running'$$), 'PT429 login_paused 5 minutes',
  'but a terminal that is resumed would try the password again');
select is(tests.call(:a, $$delete from public.trading_accounts$$), 'done', 'the account is removed');
select is(tests.register(:a, 1, 77), 'PT429 login_paused 5 minutes', 'which forgets nothing');
select is(tests.register(:b, 2, 77, 'BROKER-demo'), 'PT429 login_paused 5 minutes', 'nor does another person get in between');
select is(tests.register(:b, 2, 77, 'Other-Demo'), 'done', 'the same number at another broker is another login');
update private.broker_logins set paused_until = now();
select is(tests.register(:b, 3, 77), 'done', 'after the pause somebody may try');
select tests.told(3, 'failed', 'InvalidCredentials');
select is(tests.restart(:b, 3), 'PT429 login_paused 15 minutes', 'the next pause is longer, whoever made the refusals');
insert into private.staff (user_id) values (:a);
select is(tests.call(:a, $$select public.staff_act(tests.account(3), 'retry', 'the owner asked')$$),
  'PT429 login_paused 15 minutes', 'and counts for support');
update private.broker_logins set paused_until = now(), refused_at = now() - interval '25 hours';
select is(tests.restart(:b, 3), 'done', 'the pause ends');
select tests.told(3, 'failed', 'InvalidCredentials');
select is((select refusals from private.broker_logins), 1, 'a day later counting begins anew');

-- A password that the broker accepted is no guess.
select is(tests.register(:a, 4, 88), 'done', 'an account that connects');
select tests.told(4, 'ready');
insert into private.broker_logins values ('broker-demo', 88, 9, now(), now() + interval '1 hour');
select is(tests.restart(:a, 4), 'done', 'is started again though others had the login paused');
update private.credentials set sealed = repeat('y', 60)::bytea, key_id = 'fedcba9876543210' where account_id = tests.account(4);
select is(tests.restart(:a, 4), 'done', 'also when it is sealed to another key');
select is(tests.new_password(:a, 4, 'd'), 'PT429 login_paused 60 minutes', 'another password is a guess');
select tests.told(4, 'failed', 'InvalidCredentials');
select is(tests.restart(:a, 4), 'PT429 login_paused 6 hours', 'and so is one that the broker refuses by now');

-- Guesses whose answer is not there yet, and starts of one person.
select is((select string_agg(distinct tests.register(:b, 100 + n, 99, 'Slow-Demo'), ' ') from generate_series(1, 1) n), 'done', 'a guess');
insert into private.terminal_starts (account_id, user_id, server, login, guess)
select gen_random_uuid(), gen_random_uuid(), 'slow-demo', 99, true from generate_series(1, 5);
select is(tests.register(:a, 5, 99, 'Slow-Demo'), 'PT429 login_paused 60 minutes', 'six guesses at a login in an hour, by all together');
insert into private.limits_of_people (user_id, what, most) values (:a, 'starts', 2);
select is(tests.register(:a, 6, 100), 'PT429 too_many_starts 60 minutes', 'so many starts of one person in an hour');
select is(tests.restart(:a, 4) , 'PT429 too_many_starts 60 minutes', 'restarts are starts');
update private.terminal_starts set at = clock_timestamp() - interval '61 minutes';
select is(tests.register(:a, 6, 100), 'done', 'an hour later there is room again');
select is(tests.call(:a, format($$select public.register_account(%L, 'x', 'MT5', 'demo', 100, 'Broker-Demo', 'both',
  '0123456789abcdef', tests.sealed())$$, tests.account(6))), 'done', 'the same request again starts nothing');
select * from finish();
rollback;
