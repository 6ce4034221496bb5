-- Registering accounts, replacing passwords, and what holds for accounts whoever writes.
begin;
\ir helpers.psql
select plan(41);
select tests.people();

create function tests.register(p_n int, p_login bigint default 5001, p_label text default 'mine', p_server text default 'Broker-Demo',
  p_sealed text default tests.sealed(), p_key_id text default '0123456789abcdef') returns text language sql as $$
  select public.register_account(tests.account(p_n), p_label, 'MT5', 'demo', p_login, p_server, 'master', p_key_id, p_sealed)::text
$$;
-- The stable code of a refusal (MESSAGE), else its SQLSTATE.
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

select tests.become('authenticated', tests.alice());
select lives_ok('select tests.register(1)', 'alice registers an account');
select results_eq('select user_id, state, credentials_version, operating_mode from public.trading_accounts',
  $$ values (tests.alice(), 'queued', 1, 'running') $$, 'it is hers, queued, with its first password');
select lives_ok('select tests.register(1)', 'the same request again is answered with the row');
select is((select count(*) from public.trading_accounts), 1::bigint, 'and adds nothing');
select is(tests.refusal('select tests.register(1, 5002)'), 'account_id_unusable', 'the same id for another login is refused');
select is(tests.refusal('select tests.register(2, 5001)'), '23505', 'the same login twice is refused');
select is(tests.refusal($$select tests.register(2, 5003, '')$$), '23514', 'an empty label is refused');
select is(tests.refusal($$select tests.register(2, -1)$$), 'login_malformed', 'a login is a positive number');
select is(tests.refusal($$select tests.register(2, 5003, 'x', E'a\nLogin=1')$$), 'server_malformed', 'a server name is one line');
select is(tests.refusal($$select tests.register(2, 5003, p_sealed => '%%%')$$), 'sealed_malformed', 'not base64 is refused');
select is(tests.refusal($$select tests.register(2, 5003, p_sealed => null)$$), 'sealed_malformed', 'no sealed password is refused');
select is(tests.refusal($$select tests.register(2, 5003, p_sealed => repeat('A', 4096))$$), 'sealed_malformed', 'too long is refused');
select is(tests.refusal($$select tests.register(2, 5003, p_sealed => 'AAAA')$$), 'password_malformed', 'too short to be sealed is refused');
select is(tests.refusal($$select tests.register(2, 5003, p_key_id => 'nonsense')$$), '23514', 'a key id has 16 hex digits');
select is((select count(*) from public.trading_accounts), 1::bigint, 'no refusal left half an account');
select tests.become('lockstep_operator');
delete from private.offered_platforms where platform = 'MT4';
select tests.become('authenticated', tests.alice());
select is(tests.refusal($$select public.register_account(tests.account(2), 'x', 'MT4', 'demo', 5004, 'S', 'master', '0123456789abcdef', tests.sealed())$$),
  'platform_not_offered', 'an account that no terminal could serve is refused');
select is(tests.refusal($$select public.register_account(tests.account(2), 'x', null, 'demo', 5004, 'S', 'master', '0123456789abcdef', tests.sealed())$$),
  'platform_not_offered', 'and one of no platform');
select is(tests.refusal($$insert into private.offered_platforms values ('MT4')$$), '42501', 'people offer nothing');

select is(public.offered_environments(), array['demo', 'live'], 'before any router has announced itself both kinds are offered');
select tests.become('postgres');
insert into private.shards (name, environment, seen_at) values ('demo-1', 'demo', now()), ('live-1', 'live', now() - interval '2 days');
select tests.become('authenticated', tests.alice());
select is(public.offered_environments(), array['demo'], 'then only those of a router that was seen lately');
select is(tests.refusal($$select public.register_account(tests.account(2), 'x', 'MT5', 'live', 5004, 'S', 'master', '0123456789abcdef', tests.sealed())$$),
  'environment_not_offered', 'an account that no router would serve is refused');
select is(tests.refusal($$select public.register_account(tests.account(2), 'x', 'MT5', null, 5004, 'S', 'master', '0123456789abcdef', tests.sealed())$$),
  'environment_not_offered', 'and one of no environment');

select tests.become('authenticated', tests.bob());
select is(tests.refusal('select tests.register(1)'), 'account_id_unusable', 'bob learns nothing of an id that is Alice''s');
select is(tests.refusal($$select public.replace_credentials(tests.account(1), '0123456789abcdef', tests.sealed())$$),
  'account_not_found', 'bob cannot replace Alice''s password');
select tests.become('authenticated', null);
select is(tests.refusal('select tests.register(7)'), 'not_signed_in', 'without a user there is nothing to register');

select tests.become('authenticated', tests.alice());
select is((public.replace_credentials(tests.account(1), '0123456789abcdef', tests.sealed())).credentials_version, 1,
  'the same sealed bytes change nothing');
select is((public.replace_credentials(tests.account(1), '0123456789abcdef', encode(repeat('y', 60)::bytea, 'base64'))).credentials_version,
  2, 'a new password is a new version');
select tests.become('postgres');
select results_eq('select version, sealed from private.credentials', $$ values (2, repeat('y', 60)::bytea) $$,
  'the row of the password has the same version');
select is(tests.refusal('update public.trading_accounts set login = 1'), 'account_identity_fixed', 'the login cannot change, whoever tries');
select is(tests.refusal('update public.trading_accounts set user_id = tests.bob()'), 'account_identity_fixed', 'nor the person');

select is(tests.refusal($$update public.trading_accounts set server = 'Renamed-Demo'$$), 'account_identity_fixed',
  'nor its server by itself');

-- The broker renames its server.
insert into private.password_outcomes (account_id, accepted) values (tests.account(1), true);
select tests.become('authenticated', tests.alice());
select is(tests.refusal($$select public.move_account(tests.account(1), E'a\nLogin=1', '0123456789abcdef', tests.sealed())$$),
  'server_malformed', 'the new name is one that a terminal can be told');
select is(tests.refusal($$select public.move_account(tests.account(1), 'Renamed-Demo', '0123456789abcdef',
  encode(repeat('y', 60)::bytea, 'base64'))$$), 'sealed_malformed', 'what was sealed for the old name opens nothing');
select results_eq($$select server, credentials_version from public.move_account(
    tests.account(1), 'Renamed-Demo', '0123456789abcdef', encode(repeat('z', 60)::bytea, 'base64'))$$,
  $$values ('Renamed-Demo', 3)$$, 'name and password change together, on which the terminal starts anew');
select is((public.move_account(tests.account(1), 'Renamed-Demo', '0123456789abcdef',
  encode(repeat('z', 60)::bytea, 'base64'))).credentials_version, 3, 'repeated, it changes nothing');
select is((select id from public.trading_accounts where server = 'Renamed-Demo'), tests.account(1),
  'it is the same account, with all that belongs to it');
select tests.become('postgres');
select results_eq('select version, sealed from private.credentials', $$ values (3, repeat('z', 60)::bytea) $$,
  'and the password is the one that was sealed for the new name');
select is((select accepted from private.password_outcomes), false, 'nobody knows yet whether the broker takes it: it is a guess');

delete from public.trading_accounts;
select is_empty('select * from private.credentials', 'the sealed password goes with the account');
select tests.own_account(8, tests.alice(), 'both');
delete from auth.users where id = tests.alice();
select is_empty('select * from public.trading_accounts', 'accounts go with the person');
select is_empty('select * from private.credentials', 'and so do sealed passwords');
select * from finish();
rollback;
