-- The history of an account's state: each state that the router wrote into `trading_accounts`, and since when it held.
create table public.account_states (
  id bigint generated always as identity primary key,
  account_id uuid not null references public.trading_accounts (id) on delete cascade,
  user_id uuid not null,
  state text not null,
  reason text,
  message text,
  epoch bigint,
  at timestamptz not null
);
create index account_states_account_idx on public.account_states (account_id, id desc);
alter table public.account_states enable row level security;
grant select on public.account_states to authenticated;
create policy "own states are read" on public.account_states for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "second factor" on public.account_states as restrictive for select to authenticated
  using ((select private.caller_ok()));

create function private.keep_account_state() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.account_states (account_id, user_id, state, reason, message, epoch, at)
  values (new.id, new.user_id, new.state, new.state_reason, new.state_message, new.state_epoch, coalesce(new.state_at, now()));
  return null;
end $$;
create trigger trading_accounts_first_state after insert on public.trading_accounts
for each row execute function private.keep_account_state();
create trigger trading_accounts_next_state after update of state, state_reason, state_epoch on public.trading_accounts
for each row when ((old.state, old.state_reason, old.state_epoch) is distinct from (new.state, new.state_reason, new.state_epoch))
execute function private.keep_account_state();
