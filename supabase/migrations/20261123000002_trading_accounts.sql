create table public.trading_accounts (
  -- Chosen by the browser: the sealed password is bound to it.
  id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  label text not null check (char_length(label) between 1 and 64 and label !~ '[[:cntrl:]]'),
  platform text not null check (platform in ('MT4', 'MT5')),
  environment text not null check (environment in ('demo', 'live')),
  login bigint not null check (login > 0),
  -- Ends up in a terminal's start file: one line, no stray spaces.
  server text not null check (char_length(server) between 1 and 128 and server !~ '[[:cntrl:]]' and server = btrim(server)),
  role text not null check (role in ('master', 'slave', 'both')),
  operating_mode text not null default 'running' check (operating_mode in ('running', 'suspended')),
  state text not null default 'queued' check (state in (
    'queued', 'preparing', 'starting', 'authorizing', 'connected', 'ready', 'disconnected', 'failed', 'stopped')),
  state_reason text,
  state_message text,
  state_epoch bigint,
  state_at timestamptz,
  credentials_version int not null default 1 check (credentials_version > 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint trading_accounts_one_per_login unique (user_id, platform, server, login),
  constraint trading_accounts_id_user_key unique (id, user_id)
);
comment on table public.trading_accounts is 'A trading account of a person. state… is written by the router alone.';

-- The sealed password belongs to this id, and the terminal to this login: a different login is a different account.
create function private.keep_account_identity() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if (new.id, new.user_id, new.platform, new.environment, new.login, new.server)
     is distinct from (old.id, old.user_id, old.platform, old.environment, old.login, old.server) then
    perform private.refuse(409, 'account_identity_fixed',
      'Platform, environment, login and server of an account cannot change. Add the other login as a new account.');
  end if;
  return new;
end $$;

create trigger trading_accounts_identity before update on public.trading_accounts
for each row execute function private.keep_account_identity();
create trigger trading_accounts_touch before update of label, role, operating_mode, credentials_version on public.trading_accounts
for each row execute function private.touch_updated_at();
create trigger trading_accounts_notify_made after insert or delete on public.trading_accounts
for each row execute function private.notify_change('account_changes', 'id');
create trigger trading_accounts_notify_changed after update on public.trading_accounts
for each row when (old.* is distinct from new.*) execute function private.notify_change('account_changes', 'id');

alter table public.trading_accounts enable row level security;
grant select, delete, update (label, role, operating_mode) on public.trading_accounts to authenticated;
grant select on public.trading_accounts to lockstep_operator, lockstep_router;
grant update (state, state_reason, state_message, state_epoch, state_at) on public.trading_accounts to lockstep_router;

create policy "own accounts are read" on public.trading_accounts for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own accounts are changed" on public.trading_accounts for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy "own accounts are deleted" on public.trading_accounts for delete to authenticated
  using ((select auth.uid()) = user_id);
create policy "services read" on public.trading_accounts for select to lockstep_operator, lockstep_router using (true);
create policy "the router writes the state" on public.trading_accounts for update to lockstep_router
  using (true) with check (true);
