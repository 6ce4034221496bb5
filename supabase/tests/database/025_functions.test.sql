-- Bob calls every function that people may call, with everything that is Alice's: he is told nothing of hers, and nothing of
-- hers changes. A new function must be given a line here.
begin;
\ir helpers.psql
select tests.story();
insert into auth.sessions (id, user_id) values ('5e551014-0000-4000-8000-000000000000', tests.alice());
insert into private.api_tokens (id, user_id, name, scope, hash)
values ('707e4000-0000-4000-8000-000000000000', tests.alice(), 'hers', 'write', decode(repeat('ab', 32), 'hex'));
insert into public.guard_states (copier_id, guard, user_id, start_value, peak_value, tripped)
values (tests.copier(1), '0', tests.alice(), 1, 1, true);
insert into public.account_live (account_id, user_id, currency, equity) values (tests.account(1), tests.alice(), 'EUR', 77.5);
insert into public.account_equity (account_id, user_id, at, balance, equity) values (tests.account(1), tests.alice(), now(), 77.5, 77.5);
insert into public.manual_requests (user_id, copier_id, kind, expires_at)
values (tests.alice(), tests.copier(1), 'flatten', now() + interval '1 minute');
insert into private.webhooks (id, user_id, url, secret)
values ('3eb00000-0000-4000-8000-000000000000', tests.alice(), 'https://alice.example.test/', 'whsec_' || repeat('a', 32));
insert into private.outbox (id, user_id, event, channel, webhook_id, sent_at) overriding system value
values (4600, tests.alice(), 'rejected', 'webhook', '3eb00000-0000-4000-8000-000000000000', now());

create temp table calls (name text, call text, outcome text) on commit drop;
insert into calls values
  ('register_account', $$public.register_account(tests.account(1), 'x', 'MT5', 'demo', 9, 's', 'both', '0123456789abcdef', tests.sealed())$$, 'PT409'),
  ('replace_credentials', $$public.replace_credentials(tests.account(1), '0123456789abcdef', tests.sealed())$$, 'PT404'),
  ('replace_proxy', $$public.replace_proxy(tests.account(1), null)$$, 'PT404'),
  ('move_account', $$public.move_account(tests.account(1), 'Renamed-Demo', '0123456789abcdef', tests.sealed())$$, 'PT404'),
  ('restart_account', $$public.restart_account(tests.account(1))$$, 'PT404'),
  ('whoami', $$public.whoami()$$, 'his own'),
  ('copies_page', $$public.copies_page('{}', 100, null, null, true)$$, 'his own'),
  ('copies_page', $$public.copies_page(jsonb_build_object('copier_id', tests.copier(1))::text, 100, null, null, true)$$, 'his own'),
  ('copies_page', $$public.copies_page(jsonb_build_object('account_id', tests.account(1))::text, 100, null, null, true)$$, 'his own'),
  ('copy_life', $$public.copy_life('9223372036854775807')$$, 'his own'),
  ('copy_money', $$public.copy_money('9223372036854775807')$$, 'his own'),
  ('money_earned', $$public.money_earned(now() - interval '30 days', now(), tests.copier(1), tests.account(1))$$, 'his own'),
  ('money_by_group', $$public.money_by_group(now() - interval '30 days', now(), tests.copier(1), tests.account(1), 'UTC')$$, 'his own'),
  ('money_by_pair', $$public.money_by_pair(now() - interval '30 days', now(), tests.copier(1), tests.account(1), 100)$$, 'his own'),
  ('out_of_sync', $$public.out_of_sync()$$, 'his own'),
  ('sync_differences', $$public.sync_differences(100)$$, 'his own'),
  ('copy_quality', $$public.copy_quality(now() - interval '30 days', now(), tests.copier(1), tests.account(1), 100)$$, 'his own'),
  ('dashboard', $$public.dashboard(now() - interval '1 day')$$, 'his own'),
  ('statistics', $$public.statistics(now() - interval '30 days', now(), tests.copier(1), tests.account(1), 'UTC')$$, 'his own'),
  ('statistics_by_group',
    $$public.statistics_by_group(now() - interval '30 days', now(), tests.copier(1), tests.account(1), 'UTC')$$, 'his own'),
  ('copy_streaks', $$public.copy_streaks(now() - interval '30 days', now(), tests.copier(1), tests.account(1), 100)$$, 'his own'),
  ('accounts_page', $$public.accounts_page(100, null, null)$$, 'his own'),
  ('find_accounts', $$public.find_accounts('{"q": "account 1"}', 'equity', true, 100, null)$$, 'his own'),
  ('find_copiers', $$public.find_copiers(jsonb_build_object('master_id', tests.account(1))::text, 'way', false, 100, null)$$, 'his own'),
  ('alerts_page', $$public.alerts_page(false, 100, null, null)$$, 'his own'),
  ('read_alerts', $$public.read_alerts(null)$$, 'his own'),
  ('activity_page', $$public.activity_page(100, null)$$, 'his own'),
  ('known_servers', $$public.known_servers('MT5', 'Broker')$$, 'his own'),
  ('offered_proxies', $$public.offered_proxies()$$, 'his own'),
  ('offered_environments', $$public.offered_environments()$$, 'his own'),
  ('recent_openings', $$public.recent_openings(tests.account(1), 10)$$, 'his own'),
  ('my_sessions', $$public.my_sessions()$$, 'his own'),
  ('end_session', $$public.end_session('5e551014-0000-4000-8000-000000000000')$$, 'his own'),
  ('my_api_tokens', $$public.my_api_tokens()$$, 'his own'),
  ('make_api_token', $$public.make_api_token('his', 'read', repeat('cd', 32), null)$$, 'his own'),
  ('revoke_api_token', $$public.revoke_api_token('707e4000-0000-4000-8000-000000000000')$$, 'his own'),
  ('export_me', $$public.export_me()$$, 'his own'),
  ('delete_me', $$public.delete_me('alice@example.test')$$, 'PT422'),
  ('staff_search', $$public.staff_search('alice')$$, 'PT403'),
  ('staff_user', $$public.staff_user(tests.alice())$$, 'PT403'),
  ('staff_account', $$public.staff_account(tests.account(1))$$, 'PT403'),
  ('staff_overview', $$public.staff_overview()$$, 'PT403'),
  ('staff_act', $$public.staff_act(tests.account(1), 'suspend', 'because')$$, 'PT403'),
  ('staff_act_on_user', $$public.staff_act_on_user(tests.alice(), 'suspend', 'because')$$, 'PT403'),
  ('staff_put_calendar', $$public.staff_put_calendar('x', '[]', 0, 'because', repeat('0', 64))$$, 'PT403'),
  ('staff_calendar_uploads', $$public.staff_calendar_uploads()$$, 'PT403'),
  ('reset_guard', $$public.reset_guard(tests.copier(1), '0')$$, 'PT404'),
  ('ask_copy', $$public.ask_copy('9223372036854775807', 'copy_now')$$, 'PT404'),
  ('ask_copy', $$public.ask_copy('9223372036854775807', 'flatten')$$, 'PT404'),
  ('ask_flatten', $$public.ask_flatten(tests.copier(1))$$, 'PT404'),
  ('ask_flatten_account', $$public.ask_flatten_account(tests.account(1))$$, 'PT404'),
  ('stop_copying', $$public.stop_copying('close_all', array[tests.account(1)], null)$$, 'PT404'),
  ('stop_copying', $$public.stop_copying('close_all', null, array[tests.copier(1)])$$, 'PT404'),
  ('stop_copying', $$public.stop_copying('close_all', null, null)$$, 'his own'),
  ('link_slaves', $$public.link_slaves(tests.account(1), array[tests.account(3)], 'on', '{"sizing": {"mode": "none"}}')$$, 'his own'),
  ('change_copiers', $$public.change_copiers(array[tests.copier(1)], 'off', null)$$, 'PT404'),
  ('change_accounts', $$public.change_accounts(array[tests.account(1)], 'suspended', null, null, null)$$, 'PT404'),
  ('recent_requests', $$public.recent_requests(tests.copier(1), '9223372036854775807')$$, 'his own'),
  ('remove_copier', $$public.remove_copier(tests.copier(1), 'leave')$$, 'PT404'),
  ('readiness', $$public.readiness()$$, 'his own'),
  ('link_symbols', $$public.link_symbols(tests.account(1), tests.account(3))$$, 'his own'),
  ('live_positions', $$public.live_positions()$$, 'his own'),
  ('equity_points', $$public.equity_points(tests.account(1), 'day')$$, 'his own'),
  ('equity_sum', $$public.equity_sum('EUR', 'all')$$, 'his own'),
  ('calendar_covered_until', $$public.calendar_covered_until()$$, 'his own'),
  ('calendar_around', $$public.calendar_around('["2026-12-04T13:30:00Z"]', 5)$$, 'his own'),
  ('notification_settings', $$public.notification_settings()$$, 'his own'),
  ('change_notification_settings', $$public.change_notification_settings('{"zone": "Asia/Dubai", "language": "ar"}')$$, 'his own'),
  ('change_notification_settings',
    $$public.change_notification_settings(jsonb_build_object('muted_accounts', array[tests.account(1)])::text)$$, 'PT404'),
  ('my_webhooks', $$public.my_webhooks()$$, 'his own'),
  ('add_webhook', $$public.add_webhook('https://bob.example.test/', 'whsec_' || repeat('b', 32))$$, 'his own'),
  ('replace_webhook_secret', $$public.replace_webhook_secret('3eb00000-0000-4000-8000-000000000000', 'whsec_' || repeat('b', 32))$$, 'his own'),
  ('remove_webhook', $$public.remove_webhook('3eb00000-0000-4000-8000-000000000000')$$, 'his own'),
  ('webhook_deliveries', $$public.webhook_deliveries('3eb00000-0000-4000-8000-000000000000', 10)$$, 'his own'),
  ('send_again', $$public.send_again('3eb00000-0000-4000-8000-000000000000', '4600')$$, 'his own'),
  ('test_notification', $$public.test_notification('webhook', '3eb00000-0000-4000-8000-000000000000')$$, 'his own'),
  ('test_notification', $$public.test_notification('email', null)$$, 'his own'),
  ('staff_dead_letters', $$public.staff_dead_letters()$$, 'PT403'),
  ('reasons_user_must_act', $$public.reasons_user_must_act()$$, 'his own');

-- Everything of Alice's, whichever table it is in.
create function tests.hers() returns text language plpgsql as $$
declare v_table regclass; v_part text; v_all text := '';
begin
  for v_table in
    select a.attrelid::regclass from pg_attribute a join pg_class c on c.oid = a.attrelid
    where a.attname = 'user_id' and c.relkind = 'r' and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
      and not a.attisdropped order by 1
  loop
    execute format('select coalesce(string_agg(to_jsonb(t)::text, '','' order by to_jsonb(t)::text), '''') from %s t
      where t.user_id = tests.alice()', v_table) into v_part;
    v_all := v_all || v_table || v_part;
  end loop;
  select v_all || coalesce(string_agg(c::text, ','), '') into v_part from private.credentials c
  where c.account_id in (tests.account(1), tests.account(2));
  return v_part || (select count(*) from auth.sessions s where s.user_id = tests.alice());
end $$;

-- Bob's own account has an id like hers.
create function tests.names_hers(p_said text) returns boolean language sql as $$
  select replace(p_said, tests.account(3)::text, '')
    ~ '(aaaaaaaa|cccccccc|dddddddd)-|5e551014|707e4000|3eb00000|alice|account [12]|9223372036854775807|77\.5' $$;
create function tests.leak() returns text language sql security definer as $$
  select label from public.trading_accounts where id = tests.account(1) $$;
create function tests.spoil() returns int language sql security definer as $$
  update public.trading_accounts set label = 'spoilt' where id = tests.account(1) returning 1 $$;

-- What a call comes to for Bob: the refusal, `his own`, or what is wrong with it. Undone at once.
create function tests.for_bob(p_call text) returns text language plpgsql as $$
declare
  v_before text := tests.hers();
  v_said text;
  v_state text;
begin
  begin
    perform tests.become('authenticated', tests.bob());
    execute format('select coalesce(string_agg(to_jsonb(x)::text, '',''), '''') from %s x', p_call) into v_said;
    reset role;
    v_said := case when tests.hers() is distinct from v_before then 'changes what is hers'
      when tests.names_hers(v_said) then 'tells ' || v_said else 'his own' end;
    raise exception using errcode = 'TEST0', message = v_said;
  exception when others then
    get stacked diagnostics v_state = returned_sqlstate;
    return case when v_state = 'TEST0' then sqlerrm else v_state end;
  end;
end $$;
grant execute on all functions in schema tests to public;

select plan((select count(*)::int + 5 from calls));
select bag_eq($$
  select distinct p.proname::text from pg_proc p where p.pronamespace = 'public'::regnamespace
    and has_function_privilege('authenticated', p.oid, 'EXECUTE')
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
$$, $$ select distinct name from calls $$, 'every function that people may call has a line here');
select is_empty($$
  select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace
    and has_function_privilege('anon', p.oid, 'EXECUTE')
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
$$, 'strangers may call none');
select is_empty($$
  select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace
    and p.prosrc ~ '(account|copier)_not_found' and p.prosrc !~ 'require_staff'
$$, 'whether a row is the caller''s is asked in one place, which refuses alike what is another''s and what is not there');
select is(tests.for_bob(call), outcome, 'bob: ' || call) from calls;
select is(tests.for_bob('tests.leak()'), 'tells "account 1"', 'what is told would be seen');
select is(tests.for_bob('tests.spoil()'), 'changes what is hers', 'and so would what is changed');
select * from finish();
rollback;
