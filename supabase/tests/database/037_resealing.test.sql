-- The keyring seals passwords again, and can do nothing else.
begin;
\ir helpers.psql
select plan(8);
select tests.people();
select tests.own_account(1, tests.alice(), 'master'), tests.own_account(2, tests.bob(), 'slave');
update private.credentials set sealed = decode(repeat('aa', 60), 'hex') where account_id = tests.account(1);

create function tests.again(p_was text, p_new text) returns jsonb language sql as $$
  select jsonb_build_array(jsonb_build_object('account_id', tests.account(1), 'was_sealed', encode(decode(p_was, 'hex'), 'base64'),
    'sealed', encode(decode(p_new, 'hex'), 'base64'))) $$;
grant execute on function tests.again to public;
create function tests.ask(p_resealed jsonb, p_after uuid, p_limit int) returns setof uuid language sql as $$
  select account_id from private.reseal_credentials('ffffffffffffffff', p_resealed, p_after, p_limit) $$;
grant execute on function tests.ask to public;

select tests.become('lockstep_keyring');
select bag_eq($$select tests.ask('[]', '00000000-0000-0000-0000-000000000000', 10)$$, $$values (tests.account(1)), (tests.account(2))$$,
  'every password that is sealed to another key is told');
select bag_eq($$select tests.ask('[]', tests.account(1), 10)$$, $$values (tests.account(2))$$, 'from where the keyring has come to');
select is_empty($$select tests.ask(tests.again(repeat('bb', 60), repeat('cc', 60)), tests.account(2), 10)$$, 'and so to an end');
select tests.become('postgres');
select is((select sealed from private.credentials where account_id = tests.account(1)), decode(repeat('aa', 60), 'hex'),
  'a password that was replaced meanwhile stays');
select tests.become('lockstep_keyring');
select bag_eq($$select tests.ask(tests.again(repeat('aa', 60), repeat('cc', 60)), '00000000-0000-0000-0000-000000000000', 10)$$,
  $$values (tests.account(2))$$, 'what is sealed again is told no more');
select tests.become('postgres');
select is((select (key_id, sealed, version)::text from private.credentials where account_id = tests.account(1)),
  ('ffffffffffffffff', decode(repeat('cc', 60), 'hex'), 1)::text, 'its version stays, so that no terminal restarts');
select is(tests.outcome('lockstep_keyring', null, 'select from private.credentials'), '42501', 'the keyring reads no table');
select is(tests.outcome('lockstep_keyring', null, $$update private.credentials set key_id = '0000000000000000'$$), '42501', 'and writes none');
select * from finish();
rollback;
