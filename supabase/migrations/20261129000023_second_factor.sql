-- The second factor (time-based one-time passwords) and its backup codes. The API encrypts `secret`, so that a copy of the
-- database alone makes no codes. A factor counts from `confirmed_at` on; a code is accepted once (`last_step`).
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

-- The sessions in which the second factor was shown.
create table private.verified_sessions (
  session_id uuid primary key references auth.sessions (id) on delete cascade,
  verified_at timestamptz not null default now()
);

-- Wrong codes in a row, and until when no further code is compared. `factor_attempt` counts a code before it is compared, so that
-- many at once are counted, too.
create table private.wrong_codes (
  user_id uuid primary key references auth.users (id) on delete cascade,
  count int not null default 0,
  -- Of how many the person was notified.
  told int not null default 0,
  last_at timestamptz not null,
  paused_until timestamptz not null default '-infinity'
);
alter table private.totp_factors enable row level security;
alter table private.backup_codes enable row level security;
alter table private.verified_sessions enable row level security;
alter table private.wrong_codes enable row level security;

-- For the API alone. It knows the person from a token that Supabase has verified.
create function private.factor_of(p_user uuid) returns table (secret bytea, confirmed boolean, last_step bigint, codes_left int)
language sql stable security definer set search_path = '' as $$
  select f.secret, f.confirmed_at is not null, f.last_step,
    (select count(*)::int from private.backup_codes b where b.user_id = p_user and b.used_at is null)
  from private.totp_factors f where f.user_id = p_user
$$;

-- False when a factor is confirmed already: it must be removed with a code first.
create function private.factor_begin(p_user uuid, p_secret bytea) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.totp_factors as f (user_id, secret) values (p_user, p_secret)
  on conflict (user_id) do update set secret = excluded.secret, created_at = now(), last_step = 0 where f.confirmed_at is null;
  return found;
end $$;

-- The pause after so many wrong codes in a row. The longest is an hour: whoever has the password can make these pauses, and the
-- owner must get in between them.
create function private.code_pause(p_wrong int) returns interval
language sql immutable set search_path = '' as $$
  select case when p_wrong < 5 then interval '0' when p_wrong = 5 then interval '1 minute'
    when p_wrong = 6 then interval '5 minutes' when p_wrong = 7 then interval '15 minutes' else interval '1 hour' end
$$;

-- Counts one more code. Null when it may be compared, else how long to wait. A code that comes during a pause is not compared,
-- so the answer says nothing about it.
create function private.factor_attempt(p_user uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_row private.wrong_codes;
begin
  insert into private.wrong_codes (user_id, last_at) values (p_user, v_now) on conflict do nothing;
  select * into v_row from private.wrong_codes w where w.user_id = p_user for update;
  if v_row.paused_until > v_now then
    return private.wait_until(v_row.paused_until);
  end if;
  -- Who mistyped yesterday begins anew.
  v_row.count := case when v_row.last_at < v_now - interval '1 day' then 1 else v_row.count + 1 end;
  update private.wrong_codes w
  set count = v_row.count, last_at = v_now, paused_until = v_now + private.code_pause(v_row.count)
  where w.user_id = p_user;
  return null;
end $$;

-- Notifies the person of wrong codes, because whoever enters them knows the password.
create function private.factor_wrong(p_user uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_count int;
begin
  update private.wrong_codes w set told = w.count
  where w.user_id = p_user and w.count >= 5 and w.told <> w.count returning w.count into v_count;
  if found then
    perform private.note(p_user, 'wrong_codes', 'security', null, null, jsonb_build_object('count', v_count));
    perform private.alert(p_user, 'wrong_codes', 'now', null, null, null, jsonb_build_object('count', v_count));
  end if;
end $$;

create function private.factor_passed(p_user uuid, p_session uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.verified_sessions (session_id)
  select s.id from auth.sessions s where s.id = p_session and s.user_id = p_user on conflict do nothing;
  delete from private.wrong_codes w where w.user_id = p_user;
end $$;

-- Takes a correct code of a time step and confirms a new factor. False when this or a later step was used before.
create function private.factor_accept(p_user uuid, p_session uuid, p_step bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_new boolean;
begin
  select f.confirmed_at is null into v_new from private.totp_factors f where f.user_id = p_user for update;
  update private.totp_factors f set last_step = p_step, confirmed_at = coalesce(f.confirmed_at, now())
  where f.user_id = p_user and f.last_step < p_step;
  if not found then
    return false;
  end if;
  perform private.factor_passed(p_user, p_session);
  if v_new then
    perform private.note(p_user, 'second_factor_set_up', 'security', null, null, '{}');
  end if;
  return true;
end $$;

create function private.factor_use_backup(p_user uuid, p_session uuid, p_hash bytea) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  update private.backup_codes b set used_at = now() where b.user_id = p_user and b.hash = p_hash and b.used_at is null;
  if not found then
    return false;
  end if;
  perform private.factor_passed(p_user, p_session);
  perform private.note(p_user, 'backup_code_used', 'security', null, null, '{}');
  return true;
end $$;

create function private.factor_codes(p_user uuid, p_hashes bytea[]) returns void
language sql security definer set search_path = '' as $$
  delete from private.backup_codes b where b.user_id = p_user;
  insert into private.backup_codes (user_id, hash) select p_user, h from unnest(p_hashes) h;
$$;

create function private.factor_remove(p_user uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  delete from private.totp_factors f where f.user_id = p_user;
  if found then
    perform private.note(p_user, 'second_factor_removed', 'security', null, null, '{}');
  end if;
end $$;
grant execute on function private.factor_of, private.factor_begin, private.factor_attempt, private.factor_wrong, private.factor_accept,
  private.factor_use_backup, private.factor_codes, private.factor_remove to lockstep_api;
