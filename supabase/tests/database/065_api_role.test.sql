-- The API's own role: it acts for whoever sent an API token, under the policies of people, and does nothing else.
begin;
\ir helpers.psql
select tests.story();

insert into private.api_tokens (id, user_id, name, scope, hash, expires_at, revoked_at) values
  ('eeeeeeee-0000-4000-8000-000000000001', tests.alice(), 'reads', 'read', sha256('reads'), null, null),
  ('eeeeeeee-0000-4000-8000-000000000002', tests.alice(), 'writes', 'write', sha256('writes'), null, null),
  ('eeeeeeee-0000-4000-8000-000000000003', tests.alice(), 'expired', 'write', sha256('expired'), now() - interval '1 s', null),
  ('eeeeeeee-0000-4000-8000-000000000004', tests.alice(), 'revoked', 'write', sha256('revoked'), null, now());

-- What a statement of the API comes to: rows, or the SQLSTATE. `p_token` begins to act for its owner; null claims `p_claims`.
create function tests.by_api(p_token bytea, p_claims jsonb, p_statement text) returns text language plpgsql as $$
declare
  v_rows bigint;
  v_state text;
begin
  begin
    if p_token is not null then
      perform private.act_for_api_token(p_token);
    else
      perform set_config('request.jwt.claims', p_claims::text, true);
      perform set_config('request.jwt.claim.sub', p_claims ->> 'sub', true);
    end if;
    perform set_config('role', 'authenticated', true);
    execute p_statement;
    get diagnostics v_rows = row_count;
    raise exception using errcode = 'TEST0', message = v_rows::text;
  exception when others then
    get stacked diagnostics v_state = returned_sqlstate;
    return case when v_state = 'TEST0' then sqlerrm else v_state end;
  end;
end $$;
grant execute on all functions in schema tests to public;
select plan(23);

select is((select array[rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls]
  from pg_roles where rolname = 'lockstep_api'), array[false, false, false, false, false, false], 'the role has no power of its own');
select bag_eq($$select r.rolname::text, m.inherit_option, m.set_option, m.admin_option
  from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles x on x.oid = m.member where x.rolname = 'lockstep_api'$$,
  $$values ('authenticated'::text, false, true, false)$$, 'and can become nobody but a person');
select is_empty($$select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'private', 'auth') and c.relkind in ('r', 'p', 'v', 'm')
    and c.relname !~ '^(tap_funky|pg_all_foreign_keys)$'
    and has_any_column_privilege('lockstep_api', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')$$, 'it reads and writes no table');
select ok(not has_schema_privilege('lockstep_api', 'public', 'CREATE') and not has_schema_privilege('lockstep_api', 'private', 'CREATE')
  and not has_database_privilege('lockstep_api', current_database(), 'CREATE'), 'it makes nothing');

set local session authorization lockstep_api;
select throws_ok('set role service_role', '42501', null, 'it does not become the service role');
select throws_ok('set role postgres', '42501', null, 'nor the owner');
select throws_ok('set role lockstep_router', '42501', null, 'nor another service');

\set accounts '$$select from public.trading_accounts$$'
\set switch_off '$$update public.copiers set mode = ''off''$$'
select is(private.act_for_api_token('nobody''s'), null, 'a hash of no token is nobody''s');
select is(private.act_for_api_token(sha256('expired')), null, 'nor is one whose time has ended');
select is(private.act_for_api_token(sha256('revoked')), null, 'nor a revoked one');
select is(private.act_for_api_token(sha256('reads')), tests.alice(), 'the hash of a token is its owner''s');
select is(tests.by_api(sha256('reads'), null, :accounts), '2', 'who reads what is theirs');
select is(tests.by_api(sha256('reads'), null, :switch_off), '0', 'and changes nothing by a token that reads');
select is(tests.by_api(sha256('writes'), null, :switch_off), '1', 'but by one that writes');
select is(tests.by_api(sha256('writes'), null, $$select public.my_sessions()$$), 'PT403', 'which does not touch sign-in');
select is(tests.by_api(sha256('writes'), null, $$select from private.credentials$$), '42501', 'and reads no password, sealed or not');
select is(tests.by_api(sha256('writes'), null, $$select private.factor_remove(tests.alice())$$), '42501', 'nor removes a second factor');

\set claims_alice '{"sub": "aaaaaaaa-0000-4000-8000-000000000000", "role": "authenticated"}'
select is(tests.by_api(null, :'claims_alice', :accounts), '0', 'without a token it can claim to be anyone and sees nothing');
select is(tests.by_api(null, :'claims_alice', $$select public.delete_me('alice@example.test')$$), 'PT401', 'and does nothing');
select is(tests.by_api(null, :'claims_alice'::jsonb || '{"session_id": "eeeeeeee-0000-4000-8000-000000000009"}', :accounts), '0',
  'nor with a session');
select is(tests.by_api(null, :'claims_alice'::jsonb || '{"api_token": "eeeeeeee-0000-4000-8000-000000000002", "api_scope": "write"}',
  :accounts), '0', 'nor with the id of a token alone');
select is(tests.by_api(null, :'claims_alice'::jsonb || jsonb_build_object('api_token', 'eeeeeeee-0000-4000-8000-000000000001',
  'api_scope', 'write', 'api_token_hash', encode(sha256('reads'), 'hex')), :switch_off), '0', 'nor with more than the token may');
reset session authorization;
select is((select last_used_at is not null from private.api_tokens where name = 'reads'), true, 'that it was used is written down');

select * from finish();
rollback;
