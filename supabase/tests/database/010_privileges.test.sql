-- Everything that is granted, and so everything that is not.
begin;
\ir helpers.psql
select plan(6);

select is_empty($$
  select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'private') and c.relkind in ('r', 'p') and not c.relrowsecurity
$$, 'every table has row level security');

create temp table granted on commit drop as
select r.rolname::text as role, c.oid::regclass::text as name,
  string_agg(p, ' ' order by p) as privileges
from pg_roles r, pg_class c join pg_namespace n on n.oid = c.relnamespace,
  unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p
where r.rolname in ('anon', 'authenticated', 'service_role', 'lockstep_api', 'lockstep_keyring', 'lockstep_notifier', 'lockstep_operator', 'lockstep_router',
    'lockstep_status')
  and n.nspname in ('public', 'private') and c.relkind in ('r', 'p', 'v', 'm')
  and has_table_privilege(r.oid, c.oid, p)
  and c.relname !~ '^(tap_funky|pg_all_foreign_keys)$'
group by 1, 2;
select bag_eq('select * from granted', $$ values
  ('authenticated', 'trading_accounts', 'DELETE SELECT'),
  ('authenticated', 'copiers', 'DELETE SELECT'),
  ('authenticated', 'templates', 'DELETE SELECT'),
  ('authenticated', 'copies', 'SELECT'),
  ('authenticated', 'trade_events', 'SELECT'),
  ('authenticated', 'deals', 'SELECT'),
  ('authenticated', 'deal_money', 'SELECT'),
  ('authenticated', 'money_operations', 'SELECT'),
  ('authenticated', 'copy_sums', 'SELECT'),
  ('authenticated', 'positions_left', 'SELECT'),
  ('authenticated', 'account_states', 'SELECT'),
  ('authenticated', 'alerts', 'SELECT'),
  ('authenticated', 'guard_states', 'SELECT'),
  ('authenticated', 'account_live', 'SELECT'),
  ('authenticated', 'account_symbols', 'SELECT'),
  ('authenticated', 'account_equity', 'SELECT'),
  ('authenticated', 'manual_requests', 'SELECT'),
  ('authenticated', 'calendar_events', 'SELECT'),
  ('lockstep_operator', 'trading_accounts', 'SELECT'),
  ('lockstep_operator', 'private.credentials', 'SELECT'),
  ('lockstep_operator', 'private.removed_accounts', 'DELETE SELECT'),
  ('lockstep_operator', 'private.offered_platforms', 'DELETE INSERT SELECT'),
  ('lockstep_operator', 'private.offered_proxies', 'DELETE INSERT SELECT'),
  ('lockstep_operator', 'private.shards', 'SELECT'),
  ('lockstep_router', 'trading_accounts', 'SELECT'),
  ('lockstep_router', 'copiers', 'SELECT'),
  ('lockstep_router', 'copies', 'INSERT SELECT UPDATE'),
  ('lockstep_router', 'trade_events', 'INSERT SELECT'),
  ('lockstep_router', 'deal_money', 'INSERT SELECT UPDATE'),
  ('lockstep_router', 'money_operations', 'INSERT SELECT UPDATE'),
  ('lockstep_router', 'guard_states', 'SELECT'),
  ('lockstep_router', 'account_live', 'INSERT SELECT UPDATE'),
  ('lockstep_router', 'account_symbols', 'INSERT SELECT UPDATE'),
  ('lockstep_router', 'account_equity', 'INSERT SELECT'),
  ('lockstep_router', 'manual_requests', 'SELECT'),
  ('lockstep_router', 'calendar_events', 'SELECT'),
  ('lockstep_router', 'private.account_shards', 'SELECT'),
  ('lockstep_router', 'private.shards', 'INSERT SELECT UPDATE'),
  ('lockstep_router', 'private.canaries', 'INSERT SELECT UPDATE'),
  ('lockstep_status', 'private.status_minutes', 'INSERT SELECT UPDATE'),
  ('lockstep_status', 'private.incidents', 'INSERT SELECT UPDATE')
$$, 'who may do what with whole tables');

select bag_eq($$
  select grantee::text, table_name::text, privilege_type::text, string_agg(column_name::text, ' ' order by column_name)
  from information_schema.column_privileges p
  where table_schema in ('public', 'private') and grantee in (
    'anon', 'authenticated', 'service_role', 'lockstep_api', 'lockstep_keyring', 'lockstep_notifier', 'lockstep_operator', 'lockstep_router',
    'lockstep_status')
    and not exists (select from granted g where g.role = grantee
      and g.name = regexp_replace(table_schema || '.' || table_name, '^public\.', '')
      and privilege_type = any (string_to_array(g.privileges, ' ')))
    and table_name !~ '^(tap_funky|pg_all_foreign_keys)$'
  group by 1, 2, 3
$$, $$ values
  ('lockstep_operator', 'trading_accounts', 'UPDATE', 'queue_length queue_place state state_at state_message state_reason'),
  ('authenticated', 'trading_accounts', 'UPDATE', 'label mode operating_mode role tags'),
  ('authenticated', 'copiers', 'INSERT', 'id master_id mode settings slave_id'),
  ('authenticated', 'copiers', 'UPDATE', 'mode settings'),
  ('authenticated', 'templates', 'INSERT', 'name settings'),
  ('authenticated', 'templates', 'UPDATE', 'name settings'),
  ('authenticated', 'alerts', 'UPDATE', 'read_at'),
  ('authenticated', 'activity', 'SELECT', 'action actor at details id reason subject_id subject_kind subject_label user_id'),
  ('lockstep_router', 'guard_states', 'INSERT', 'at copier_id day guard last_value locked_until moved_msc paid_in paused_until peak_value period resets start_value tripped user_id warned'),
  ('lockstep_router', 'guard_states', 'UPDATE', 'at day last_value locked_until moved_msc paid_in paused_until peak_value period resets start_value tripped warned'),
  ('lockstep_router', 'manual_requests', 'UPDATE', 'done_at params reason setting state'),
  ('lockstep_router', 'copiers', 'UPDATE', 'refusal'),
  ('lockstep_router', 'trading_accounts', 'UPDATE', 'state state_at state_epoch state_message state_reason')
$$, 'who may do what with single columns');

select bag_eq($$
  select r.rolname::text, p.proname::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace, pg_roles r
  where n.nspname in ('public', 'private') and has_function_privilege(r.oid, p.oid, 'EXECUTE')
    and has_schema_privilege(r.oid, n.oid, 'USAGE')
    and r.rolname in ('anon', 'authenticated', 'service_role', 'lockstep_api', 'lockstep_keyring', 'lockstep_notifier', 'lockstep_operator', 'lockstep_router',
    'lockstep_status')
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
$$, $$
  select 'authenticated', unnest(array['register_account', 'replace_credentials', 'replace_proxy', 'move_account', 'restart_account', 'accounts_page', 'whoami',
    'copies_page', 'copy_life', 'out_of_sync', 'sync_differences', 'copy_quality', 'copy_streaks', 'dashboard', 'statistics', 'statistics_by_group',
    'alerts_page', 'read_alerts', 'activity_page', 'known_servers', 'recent_openings', 'my_sessions', 'end_session',
    'my_api_tokens', 'make_api_token', 'revoke_api_token', 'export_me', 'delete_me', 'staff_search', 'staff_user',
    'staff_account', 'staff_act', 'staff_act_on_user', 'reset_guard', 'ask_copy', 'ask_flatten',
    'ask_flatten_account', 'recent_requests', 'live_positions', 'copy_money', 'money_earned', 'equity_points',
    'staff_put_calendar', 'staff_calendar_uploads', 'calendar_covered_until', 'calendar_around',
    'reasons_user_must_act', 'readiness', 'link_symbols', 'remove_copier', 'offered_environments', 'offered_proxies',
    'stop_copying', 'link_slaves', 'change_copiers', 'change_accounts', 'money_by_group', 'money_by_pair', 'find_accounts', 'find_copiers',
    'equity_sum',
    'notification_settings', 'change_notification_settings', 'my_webhooks', 'add_webhook', 'replace_webhook_secret', 'remove_webhook',
    'webhook_deliveries', 'send_again', 'test_notification', 'staff_dead_letters', 'staff_overview'])
  union all
  select 'lockstep_api', unnest(array['factor_of', 'factor_begin', 'factor_attempt', 'factor_wrong', 'factor_accept', 'factor_use_backup',
    'factor_codes', 'factor_remove', 'permit_change', 'act_for_api_token', 'idempotency_begin', 'idempotency_end', 'put_calendar', 'unsubscribe'])
  union all
  select 'lockstep_notifier', unnest(array['outbox_claim', 'outbox_sent', 'outbox_failed', 'webhook_ended', 'outbox_figures', 'outbox_forget'])
  union all
  select 'lockstep_keyring', unnest(array['reseal_credentials', 'reseal_proxies'])
  union all
  select 'lockstep_router', unnest(array['thin_equity', 'own_shard', 'shard_of_role', 'is_out_of_sync', 'is_server', 'is_public_address', 'is_proxy',
    'are_tags', 'release_account'])
  union all
  select 'lockstep_operator', unnest(array['is_server', 'is_public_address', 'is_proxy', 'are_tags', 'with_orders_in_flight'])
  union all
  select 'lockstep_status', 'fold_status'
$$,
  'who may call which function');

select bag_eq($$
  select r.rolname::text, n.nspname::text from pg_namespace n, pg_roles r
  where n.nspname = 'private' and has_schema_privilege(r.oid, n.oid, 'USAGE')
    and r.rolname in ('anon', 'authenticated', 'service_role', 'lockstep_api', 'lockstep_keyring', 'lockstep_notifier', 'lockstep_operator', 'lockstep_router',
    'lockstep_status')
$$, $$ values
  ('lockstep_api', 'private'), ('lockstep_keyring', 'private'), ('lockstep_notifier', 'private'), ('lockstep_operator', 'private'),
  ('lockstep_router', 'private'), ('lockstep_status', 'private')
$$, 'who may enter the private schema');

select is_empty($$
  select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname in ('public', 'private') and p.prosecdef
    and not exists (select from unnest(p.proconfig) c where c in ('search_path=', 'search_path=""'))
$$, 'every security definer function has an empty search path');

select * from finish();
rollback;
