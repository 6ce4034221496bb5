-- Each removal of an account is recorded, whoever removes it, until the operator has cleaned up.
begin;
\ir helpers.psql
select tests.story();
select plan(5);

delete from public.trading_accounts where id = tests.account(2);
select bag_eq($$ select account_id from private.removed_accounts $$, $$ values (tests.account(2)) $$,
  'a removed account is recorded');
select is(tests.outcome('lockstep_operator', null, $$ select from private.removed_accounts $$), '1', 'the operator reads it');

delete from auth.users where id = tests.alice();
select bag_eq($$ select account_id from private.removed_accounts $$, $$ values (tests.account(1)), (tests.account(2)) $$,
  'so are the accounts of a person who leaves');

select is(tests.outcome('lockstep_operator', null, $$ delete from private.removed_accounts $$), '2', 'the operator forgets them');

-- `truncate` fires no row trigger: rows that vanish without a removal leave no record.
set local client_min_messages = warning;
truncate public.trading_accounts cascade;
select bag_eq($$ select account_id from private.removed_accounts $$, $$ values (tests.account(1)), (tests.account(2)) $$,
  'rows that only vanish are not recorded');
select * from finish();
rollback;
