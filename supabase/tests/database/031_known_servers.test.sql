-- Which servers are suggested to whom, and how long what people type may be.
begin;
\ir helpers.psql
select plan(19);
select tests.people();

create function tests.suggested(p_user uuid) returns setof text language plpgsql as $$
begin
  perform tests.become('authenticated', p_user);
  return query select jsonb_array_elements(public.known_servers(null, '')) ->> 'server';
  perform tests.become('postgres');
end $$;
create function tests.reached(p_n int, p_server text, p_state text default 'ready') returns void language plpgsql as $$
declare
  v_user uuid := ('eeeeeeee-0000-4000-8000-' || lpad(p_n::text, 12, '0'))::uuid;
begin
  insert into auth.users (id, email, aud, role) values (v_user, p_n || '@example.test', 'authenticated', 'authenticated');
  insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role, state)
  values (tests.account(p_n), v_user, 'x', 'MT5', 'live', p_n, p_server, 'both', p_state);
end $$;

select tests.own_account(1, tests.alice(), 'both');
select tests.reached(11, 'Private-Live');
select tests.reached(12, 'Private-Live');
select tests.reached(21, 'Common-Live'), tests.reached(22, 'Common-Live'), tests.reached(23, 'Common-Live');
select tests.reached(31, 'Typed-Live', 'queued'), tests.reached(32, 'Typed-Live', 'queued'), tests.reached(33, 'Typed-Live', 'queued');
select bag_eq('select tests.suggested(tests.alice())', $$values ('Broker-Demo'), ('Common-Live')$$,
  'those of several people, and her own');
select bag_eq('select tests.suggested(tests.bob())', $$values ('Common-Live')$$,
  'what one or two people use, or nobody has reached, is not shown to others');

create function tests.typed(p_login bigint, p_server text, p_password int) returns text language sql as $$
  select tests.outcome('authenticated', tests.alice(), format($f$select public.register_account(gen_random_uuid(), 'x', 'MT5',
    'demo', %s, %L, 'both', '0123456789abcdef', encode(decode(repeat('aa', %s), 'hex'), 'base64'))$f$,
    p_login, p_server, p_password + 48)) $$;
select is(tests.typed(999999999999999, repeat('s', 63), 256), '1', 'as long as it may be');
select is(tests.typed(7, repeat('ß', 31), 256), '1', 'a name of 62 bytes');
select is(tests.typed(7, repeat('ß', 32), 256), 'PT422', 'a name of 64 bytes: a terminal reports 63 of them');
select is(tests.typed(7, 'Bröker-Demo  (EU) 01', 1), '1', 'whatever else a broker writes');
select is(tests.typed(7, E's\u00a0', 1), 'PT422', 'a blank that is no space');
select is(tests.typed(7, E's\u200bs', 1), 'PT422', 'a mark that nobody sees');
select is(tests.typed(1000000000000000, 's', 1), 'PT422', 'a login of 16 digits');
select is(tests.typed(9223372036854775807, 's', 1), 'PT422', 'a login of 19 digits');
select is(tests.typed(0, 's', 1), 'PT422', 'no login');
select is(tests.typed(7, repeat('s', 64), 1), 'PT422', 'a server''s name of 64 characters');
select is(tests.typed(7, '', 1), 'PT422', 'no server');
select is(tests.typed(7, ' s', 1), 'PT422', 'a space before a server''s name');
select is(tests.typed(7, 's', 257), 'PT422', 'a password of 257 bytes');
select is(tests.typed(7, 's', 0), 'PT422', 'no password');
select throws_ok($$insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role)
  values (gen_random_uuid(), tests.alice(), 'x', 'MT5', 'demo', 1000000000000000, 's', 'both')$$, '23514', null,
  'no longer login is stored, whoever writes it');
select throws_ok(format('insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role)
  values (gen_random_uuid(), tests.alice(), %L, %L, %L, 9, %L, %L)', 'x', 'MT5', 'demo', repeat('s', 64), 'both'), '23514', null,
  'nor a longer server');
select throws_ok($$update private.credentials set sealed = decode(repeat('aa', 305), 'hex')$$, '23514', null, 'nor a longer password');
select * from finish();
rollback;
