-- Who is calling, and whether that is enough: the session must still exist, a second factor that was set up must have been
-- shown in it, an API token must not be revoked, and the person must not be suspended.
create table private.staff (
  user_id uuid primary key references auth.users (id) on delete cascade,
  role text not null default 'support' check (role in ('support')),
  created_at timestamptz not null default now()
);

create table private.suspended_users (
  user_id uuid primary key references auth.users (id) on delete cascade,
  reason text not null check (char_length(reason) between 1 and 500),
  created_at timestamptz not null default now()
);

-- `secret` is encrypted by the API: a copy of the database alone makes no codes.
create table private.totp_factors (
  user_id uuid primary key references auth.users (id) on delete cascade,
  secret bytea not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  created_at timestamptz not null default now()
);

create table private.backup_codes (
  user_id uuid not null references private.totp_factors (user_id) on delete cascade,
  hash bytea not null,
  used_at timestamptz,
  primary key (user_id, hash)
);

create table private.verified_sessions (
  session_id uuid primary key references auth.sessions (id) on delete cascade,
  verified_at timestamptz not null default now()
);

create table private.factor_attempts (
  user_id uuid not null references auth.users (id) on delete cascade,
  at timestamptz not null default clock_timestamp(),
  primary key (user_id, at)
);

-- Only a hash of the token is kept.
create table private.api_tokens (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 64 and name !~ '[[:cntrl:]]'),
  scope text not null check (scope in ('read', 'write')),
  hash bytea not null unique check (octet_length(hash) = 32),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_tokens_user_idx on private.api_tokens (user_id);

alter table private.staff enable row level security;
alter table private.suspended_users enable row level security;
alter table private.totp_factors enable row level security;
alter table private.backup_codes enable row level security;
alter table private.verified_sessions enable row level security;
alter table private.factor_attempts enable row level security;
alter table private.api_tokens enable row level security;

-- What stands in the caller's way: `not_signed_in`, `suspended`, `second_factor_required`, or null.
create function private.caller_problem() returns text
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := auth.uid();
  v_session uuid := nullif(auth.jwt() ->> 'session_id', '')::uuid;
  v_token uuid := nullif(auth.jwt() ->> 'api_token', '')::uuid;
begin
  if v_user is null then
    return 'not_signed_in';
  elsif exists (select from private.suspended_users s where s.user_id = v_user) then
    return 'suspended';
  elsif v_token is not null then
    return case when exists (
      select from private.api_tokens t where t.id = v_token and t.user_id = v_user and t.revoked_at is null
        and (t.expires_at is null or t.expires_at > now())) then null else 'not_signed_in' end;
  elsif v_session is not null and not exists (select from auth.sessions s where s.id = v_session and s.user_id = v_user) then
    return 'not_signed_in';
  elsif exists (select from private.totp_factors f where f.user_id = v_user and f.confirmed_at is not null)
    and not exists (select from private.verified_sessions v where v.session_id = v_session) then
    return 'second_factor_required';
  end if;
  return null;
end $$;

create function private.caller_ok() returns boolean
language sql stable security definer set search_path = '' as $$ select private.caller_problem() is null $$;

-- A token that may only read writes nothing.
create function private.may_write() returns boolean
language sql stable security definer set search_path = '' as $$
  select private.caller_problem() is null and coalesce(auth.jwt() ->> 'api_scope', 'write') = 'write'
$$;
grant execute on function private.caller_ok, private.may_write to authenticated;

create function private.require(p_write boolean, p_in_person boolean) returns uuid
language plpgsql stable security definer set search_path = '' as $$
declare
  v_problem text := private.caller_problem();
begin
  if v_problem = 'suspended' then
    perform private.refuse(403, 'suspended', 'This account is suspended. Write to support.');
  elsif v_problem = 'second_factor_required' then
    perform private.refuse(403, 'second_factor_required', 'Enter the code of your second factor first.');
  elsif v_problem is not null then
    perform private.refuse(401, 'not_signed_in', 'Sign in and try again.');
  elsif p_write and coalesce(auth.jwt() ->> 'api_scope', 'write') <> 'write' then
    perform private.refuse(403, 'token_reads_only', 'This API token may only read. Make one that may write.');
  elsif p_in_person and auth.jwt() ->> 'api_token' is not null then
    perform private.refuse(403, 'not_with_a_token', 'This cannot be done with an API token. Sign in on the website.');
  end if;
  return auth.uid();
end $$;

-- Called by every function that writes for a person.
create or replace function private.caller() returns uuid
language sql stable set search_path = '' as $$ select private.require(true, false) $$;

create policy "second factor" on public.trading_accounts as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "second factor to change" on public.trading_accounts as restrictive for update to authenticated
  using ((select private.may_write()));
create policy "second factor to delete" on public.trading_accounts as restrictive for delete to authenticated
  using ((select private.may_write()));
create policy "second factor" on public.copiers as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "second factor to make" on public.copiers as restrictive for insert to authenticated
  with check ((select private.may_write()));
create policy "second factor to change" on public.copiers as restrictive for update to authenticated
  using ((select private.may_write()));
create policy "second factor to delete" on public.copiers as restrictive for delete to authenticated
  using ((select private.may_write()));
create policy "second factor" on public.copies as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "second factor" on public.trade_events as restrictive for select to authenticated
  using ((select private.caller_ok()));
