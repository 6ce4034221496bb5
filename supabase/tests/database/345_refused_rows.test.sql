-- A copier whose row the router cannot use tells its owner so, until the router can.
begin;
\ir helpers.psql
select tests.story();
select plan(12);
select tests.own_account(15, tests.alice(), 'slave');
select tests.own_copier(2, tests.alice(), 1, 15);
update public.trading_accounts set shard = 'demo-1' where user_id = tests.alice();

-- What the router writes, and whether it was taken.
create function tests.refused(p_copier int, p_refusal text) returns text language plpgsql as $$
declare
  v_rows bigint;
begin
  perform tests.become('lockstep_router_demo-1');
  update public.copiers set refusal = p_refusal::jsonb where id = tests.copier(p_copier);
  get diagnostics v_rows = row_count;
  perform tests.become('postgres');
  return v_rows::text;
end $$;
create temp table before on commit drop as select id, version, updated_at from public.copiers;

select is(tests.refused(1, '{"code": "bad_settings", "params": {"setting": "sizing"}}'), '1', 'the router says why it refuses a row');
select results_eq($$select severity, account_id, data from public.alerts where kind = 'copier_refused' and copier_id = tests.copier(1)$$,
  $$select 'now', null::uuid, jsonb_build_object('label', private.copier_label(tests.copier(1)), 'reason', 'bad_settings',
    'params', '{"setting": "sizing"}'::jsonb)$$, 'its owner is alerted, with the way and what the words are filled with');
select is(tests.refused(2, '{"code": "copier_fault", "params": {}}'), '1', 'another copier is refused at once');
select is((select count(*)::int from public.alerts where kind = 'copier_refused'), 2, 'which is an alert of its own');
select is(tests.refused(1, '{"code": "bad_settings", "params": {"setting": "sizing"}}'), '1', 'said again');
select is((select count(*)::int from public.alerts where kind = 'copier_refused'), 2, 'it alerts nobody again');
select results_eq('select id, version, updated_at from public.copiers order by id', 'select * from before order by id',
  'a refusal is no change of the copier');
select is(tests.outcome('lockstep_router_demo-1', null, $$update public.copiers set refusal = '{"code": 7}'$$), '23514',
  'a refusal is a code with params');
select is((select refusal ->> 'code' from public.copiers where id = tests.copier(1)), 'bad_settings', 'it stays until the router takes it back');
select is(tests.refused(1, null), '1', 'which it does once it can use the row');
select is((select count(*)::int from public.copiers where refusal is not null), 1, 'for that copier alone');
select is(tests.outcome('authenticated', tests.alice(), $$update public.copiers set refusal = null$$), '42501',
  'people do not write what the router finds');

select * from finish();
rollback;
