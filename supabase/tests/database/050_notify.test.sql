-- Who listens hears of changes by id. Notifications are delivered at commit, so the triggers themselves are looked at, and
-- the function's payload by way of its arguments.
begin;
\ir helpers.psql
select plan(2);

select bag_eq($$
  select c.relname::text, encode(t.tgargs, 'escape'),
    concat_ws(' ', case when t.tgtype & 4 > 0 then 'insert' end, case when t.tgtype & 16 > 0 then 'update' end,
      case when t.tgtype & 8 > 0 then 'delete' end)
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where t.tgfoid = 'private.notify_change'::regproc and t.tgenabled = 'O'
$$, $$ values
  ('trading_accounts', 'account_changes\000id\000', 'insert delete'),
  ('trading_accounts', 'account_changes\000id\000', 'update'),
  ('copiers', 'copier_changes\000id\000', 'insert delete'),
  ('copiers', 'copier_changes\000id\000', 'update'),
  ('copies', 'copy_changes\000link_id\000', 'insert delete'),
  ('copies', 'copy_changes\000link_id\000', 'update'),
  ('alerts', 'alert_changes\000id\000', 'insert delete'),
  ('alerts', 'alert_changes\000id\000', 'update'),
  ('manual_requests', 'request_changes\000id\000', 'insert'),
  ('manual_requests', 'request_changes\000id\000', 'update'),
  ('account_live', 'live_changes\000account_id\000', 'insert'),
  ('account_live', 'live_changes\000account_id\000', 'update'),
  ('guard_states', 'copier_changes\000copier_id\000', 'update')
$$, 'each kind of change is told on its channel');

select tests.story();
select lives_ok($$ update public.copies set status = 'closed'; delete from public.trading_accounts $$, 'and telling fails nothing');
select * from finish();
rollback;
