-- An account's proxy: which ones are accepted, who may set one, and that its password is stored sealed, apart from the account's.
begin;
\ir helpers.psql
select plan(53);
select tests.people();
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
create function tests.proxy(p_changes jsonb default '{}') returns text language sql as $$
  select (jsonb_build_object('type', 'SOCKS5', 'address', '203.0.113.7', 'port', 1080, 'login', 'me', 'key_id', '0123456789abcdef',
    'sealed', tests.sealed()) || p_changes)::text $$;
create function tests.set_proxy(p_changes jsonb) returns text language sql as $$
  select tests.refusal(format('select public.replace_proxy(tests.account(1), %L)', tests.proxy(p_changes))) $$;
grant execute on all functions in schema tests to public;

-- An account is added together with its proxy, because its terminal must never start without it.
select tests.become('authenticated', tests.alice());
select results_eq($$select proxy_type, proxy_address, proxy_port, proxy_login, credentials_version from public.register_account(
    tests.account(1), 'x', 'MT5', 'demo', 5001, 'Broker-Demo', 'both', '0123456789abcdef', tests.sealed(), tests.proxy())$$,
  $$values ('SOCKS5', '203.0.113.7', 1080, 'me', 1)$$, 'an account is added with its proxy, in one step');
select is(tests.refusal($$select public.register_account(tests.account(2), 'x', 'MT5', 'demo', 5002, 'Broker-Demo', 'both',
    '0123456789abcdef', tests.sealed(), tests.proxy('{"port": 25}'))$$), 'proxy_malformed', 'an account whose proxy is refused is not added');
select is((select count(*) from public.trading_accounts), 1::bigint, 'a refused proxy leaves no account without one');
select lives_ok($$select public.register_account(tests.account(3), 'x', 'MT5', 'demo', 5003, 'Broker-Demo', 'both',
    '0123456789abcdef', tests.sealed())$$, 'an account without a proxy is added');

-- Which proxies are accepted.
select is(tests.set_proxy(c.changes), 'proxy_malformed', 'refused as a proxy: ' || c.changes::text)
from (values ('{"type": "SOCKS4"}'::jsonb), ('{"type": null}'), ('{"address": "10.96.0.1"}'), ('{"address": "169.254.169.254"}'),
  ('{"address": "127.0.0.1"}'), ('{"address": "224.0.0.1"}'), ('{"address": "203.0.113.07"}'), ('{"address": "proxy.example"}'),
  ('{"address": "2a01:4f8::1"}'), ('{"address": null}'), ('{"port": 0}'), ('{"port": 65536}'), ('{"port": 587}'), ('{"port": "x"}'),
  ('{"port": 1e12}'), ('{"port": null}'), ('{"login": "a:b"}'), ('{"login": "a b"}'), ('{"login": ""}')) c (changes);
select is(tests.refusal($$select public.replace_proxy(tests.account(1), 'no JSON')$$), 'proxy_malformed', 'text that is no JSON is refused');
select is(tests.refusal($$select public.replace_proxy(tests.account(1), repeat('1', 5000))$$), 'proxy_malformed', 'text that is too long is refused');
select is(tests.set_proxy('{"sealed": "AAAA"}'), 'password_malformed', 'a proxy with a login needs a sealed password');
select is(tests.set_proxy('{"key_id": "x"}'), 'sealed_malformed', 'and the key that it is sealed to');

-- Replacing a proxy.
select is((public.replace_proxy(tests.account(1), tests.proxy())).credentials_version, 1, 'the same proxy again changes nothing');
select is((public.replace_proxy(tests.account(1), tests.proxy('{"port": 1081}'))).credentials_version, 2,
  'another proxy raises the version, so the terminal is restarted');
select tests.become('postgres');
select results_eq($$select version, proxy_key_id, proxy_sealed, sealed from private.credentials where account_id = tests.account(1)$$,
  $$values (2, '0123456789abcdef', repeat('x', 60)::bytea, repeat('x', 60)::bytea)$$, 'its password is kept beside the account''s');
select is((select action from public.activity where subject_id = tests.account(1) order by id desc limit 1), 'proxy_replaced',
  'the activity says so');
insert into private.password_outcomes (account_id, accepted) values (tests.account(1), true);
select tests.become('authenticated', tests.alice());
select is((public.replace_proxy(tests.account(1), '{"type": "HTTP", "address": "203.0.113.8", "port": 3128}')).proxy_login, null,
  'a proxy without a login is accepted');
select tests.become('postgres');
select is((select proxy_sealed from private.credentials where account_id = tests.account(1)), null, 'and the password of the earlier one is removed');
select is((select accepted from private.password_outcomes), true, 'that the broker accepts the account''s password is still known');
select tests.become('authenticated', tests.alice());
select results_eq($$select proxy_type, credentials_version from public.replace_proxy(tests.account(1), null)$$,
  $$values (null::text, 4)$$, 'a proxy can be removed');
select is(tests.outcome('authenticated', tests.alice(), $$update public.trading_accounts set proxy_port = 25$$), '42501',
  'people cannot change it in the table');
select tests.become('postgres');
select is(tests.refusal($$update public.trading_accounts set proxy_port = 1$$), '23514', 'an incomplete proxy is refused, whoever writes it');
select is(tests.refusal($$update public.trading_accounts set (proxy_type, proxy_address, proxy_port) = ('HTTP', '10.0.0.1', 80)$$), '23514',
  'so is an address inside the cluster');

-- One that the service offers, by its name.
select tests.become('authenticated', tests.alice());
select is(public.offered_proxies(), array['frankfurt-1'], 'people see the names of the proxies that are offered');
select results_eq($$select proxy_name, proxy_type, credentials_version from public.replace_proxy(tests.account(1), '{"name": "frankfurt-1"}')$$,
  $$values ('frankfurt-1', null::text, 5)$$, 'and choose one, which restarts the terminal');
select is((public.replace_proxy(tests.account(1), '{"name": "frankfurt-1"}')).credentials_version, 5, 'the same again changes nothing');
select is(tests.refusal(format('select public.replace_proxy(tests.account(1), %L)', c.proxy)), c.refusal, 'refused as a proxy: ' || c.proxy)
from (values ('{"name": "london-1"}', 'proxy_not_offered'), ('{"name": null}', 'proxy_malformed'), ('{"name": 5}', 'proxy_malformed'),
  ('{"name": "frankfurt-1", "port": 1}', 'proxy_malformed'), (tests.proxy('{"name": "frankfurt-1"}'), 'proxy_malformed')) c (proxy, refusal);
select results_eq($$select proxy_name, proxy_type from public.replace_proxy(tests.account(1), tests.proxy())$$,
  $$values (null::text, 'SOCKS5')$$, 'a proxy of the account''s own takes its place');
select tests.become('postgres');
select is(tests.refusal($$update public.trading_accounts set proxy_name = 'frankfurt-1' where id = tests.account(1)$$), '23514',
  'no account has both, whoever writes it');
delete from private.offered_proxies;
update public.trading_accounts set proxy_name = 'frankfurt-1' where id = tests.account(3);
select is((select proxy_name from public.trading_accounts where id = tests.account(3)), 'frankfurt-1',
  'an account keeps its proxy when that is no longer offered');

-- A rotation of the keyring's keys.
select tests.become('authenticated', tests.alice());
select lives_ok($$select public.replace_proxy(tests.account(1), tests.proxy())$$, 'a proxy is set again');
select tests.become('lockstep_keyring');
select results_eq($$select account_id, platform, login, type, address, port, proxy_login, key_id
    from private.reseal_proxies('ffffffffffffffff', '[]', '00000000-0000-0000-0000-000000000000', 10)$$,
  $$values (tests.account(1), 'MT5', '5001', 'SOCKS5', '203.0.113.7', 1080, 'me', '0123456789abcdef')$$,
  'the keyring gets each password that is sealed to another key, with its account and proxy');
select is_empty($$select private.reseal_proxies('ffffffffffffffff', jsonb_build_array(jsonb_build_object('account_id', tests.account(1),
    'was_sealed', tests.sealed(), 'sealed', encode(repeat('z', 60)::bytea, 'base64'))), '00000000-0000-0000-0000-000000000000', 10)$$,
  'and stores the password that it sealed again');
select tests.become('postgres');
select results_eq($$select proxy_key_id, proxy_sealed, version from private.credentials where account_id = tests.account(1)$$,
  $$values ('ffffffffffffffff', repeat('z', 60)::bytea, 6)$$, 'without a new version, so no terminal restarts');
select * from finish();
rollback;
