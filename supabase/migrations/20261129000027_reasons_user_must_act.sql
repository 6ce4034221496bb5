-- Generated from core/src/lockstep_core/resources/reasons.py by `make reasons`; do not edit.
-- What was released stays: to change the list, add a newer empty migration of this name, then run that.
create or replace function public.reasons_user_must_act() returns text[]
language sql immutable parallel safe set search_path = '' as $$ select array['CertificateRequired', 'CredentialsUnreadable', 'DemoExpired', 'InvalidCredentials', 'OtpRequired', 'PasswordChangeForced', 'ProxyRefused', 'ServerNotFound', 'WrongAccount', 'WrongEnvironment'] $$;
comment on function public.reasons_user_must_act() is 'The reasons of an account''s state that end only when the account''s owner acts.';
create or replace function private.reasons_service_must_act() returns text[]
language sql immutable parallel safe set search_path = '' as $$ select array['BadSettings', 'BridgeNotStarted', 'MalformedRequest', 'OfferedProxyUnusable', 'OutOfMemory', 'PodRefused', 'PodStuck', 'PodUnknown', 'PodUnschedulable', 'RouterMissing', 'RowUnreadable', 'ServerNotInBundle', 'TerminalMissing', 'TerminalOutdated', 'UnsupportedWine'] $$;
comment on function private.reasons_service_must_act() is 'The reasons of an account''s state that end only when whoever runs the service acts.';
-- Functions of `public` that run with their caller's rights call it, and people may not enter `private`.
grant execute on function public.reasons_user_must_act(), private.reasons_service_must_act() to authenticated;
create or replace function private.reason_login_refused() returns text
language sql immutable parallel safe set search_path = '' as $$ select 'InvalidCredentials' $$;
comment on function private.reason_login_refused() is 'The reason of an account whose login or password its broker refused.';
create or replace function private.reason_quarantined() returns text
language sql immutable parallel safe set search_path = '' as $$ select 'Quarantined' $$;
comment on function private.reason_quarantined() is 'The reason of an account that is shut out of its router for a while, after a fault.';
create or replace function private.reason_broker_disconnected() returns text
language sql immutable parallel safe set search_path = '' as $$ select 'BrokerDisconnected' $$;
comment on function private.reason_broker_disconnected() is 'The reason of an account whose terminal has lost its connection to the broker.';
