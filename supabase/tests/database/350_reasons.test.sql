-- On which reasons an account's owner must act is said in one place.
begin;
\ir helpers.psql
select tests.story();
select plan(9);

select is_empty($$
  select p.oid::regprocedure, w from pg_proc p, unnest(public.reasons_user_must_act() || private.reasons_service_must_act() || private.reason_quarantined()) w
  where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace) and p.proname not in ('reasons_user_must_act', 'reasons_service_must_act', 'reason_login_refused', 'reason_quarantined')
    and strpos(p.prosrc, w) > 0
$$, 'no function but the generated ones names a reason');

update public.trading_accounts set state = 'disconnected', state_reason = r from (select max(w) as r from unnest(public.reasons_user_must_act()) w) t
where id = tests.account(1);
select is((select count(*)::int from public.alerts where kind = 'needs_you' and account_id = tests.account(1)), 1,
  'who must act is told, whatever the state');
update public.trading_accounts set state = 'disconnected', state_reason = 'FromTomorrow' where id = tests.account(2);
select is((select kind || ' ' || (data ->> 'reason') from public.alerts where account_id = tests.account(2)), 'disconnected FromTomorrow',
  'a reason of another version is kept, and asks nobody to act');
delete from public.alerts where account_id = tests.account(2);
update public.trading_accounts set state = 'disconnected', state_reason = 'BridgeLost' where id = tests.account(2);
update public.trading_accounts set state_reason = private.reason_quarantined() where id = tests.account(2);
select results_eq($$select kind, severity, data ->> 'label' from public.alerts where account_id = tests.account(2) order by kind$$,
  $$select k, s, label from public.trading_accounts, (values ('disconnected', 'soon'), ('quarantined', 'now')) v (k, s)
    where id = tests.account(2)$$, 'who is shut out after a fault is told so, also while it is said that it is disconnected');
delete from public.alerts where account_id = tests.account(2);
update public.trading_accounts set state = 'queued', state_reason = 'CredentialsMissing' where id = tests.account(2);
select is((select count(*)::int from public.alerts where account_id = tests.account(2)), 0, 'what lasts for moments is no alert');
update public.trading_accounts set state_reason = r from (select max(w) as r from unnest(private.reasons_service_must_act()) w) t
where id = tests.account(2);
select is((select kind || ' ' || severity from public.alerts where account_id = tests.account(2)), 'held_up soon',
  'who waits because of the service is told so');
select is((select private.terminal_standing(a) - 'reason' from public.trading_accounts a where id = tests.account(2)),
  '{"status": "failed", "turn": "service"}'::jsonb, 'and is not said to be starting');
update public.trading_accounts set state = 'disconnected', state_reason = 'FromTomorrow' where id = tests.account(2);

select tests.become('authenticated', tests.alice());
select is(public.dashboard(now()) -> 'accounts' ->> 'needs_you', '1', 'the overview counts the accounts whose owner must act');
select is((select state_reason from public.trading_accounts where id = tests.account(2)), 'FromTomorrow', 'and shows the other reason');
reset role;

select * from finish();
rollback;
