-- Sessions, API tokens, the second factor, leaving. What the API itself does (`lockstep_api`) is never the person's to call.
create function public.my_sessions() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := private.require(false, true);
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'created_at', s.created_at,
      'last_seen_at', coalesce(s.updated_at, s.created_at), 'user_agent', s.user_agent, 'ip', host(s.ip),
      'current', s.id::text = auth.jwt() ->> 'session_id') order by s.created_at desc), '[]')
    from auth.sessions s where s.user_id = v_user);
end $$;

-- Its access token is refused from then on, not only its next refresh.
create function public.end_session(p_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.require(true, true);
begin
  delete from auth.sessions s where s.id = p_id and s.user_id = v_user;
  if found then
    perform private.note(v_user, 'session_ended', 'security', p_id, null, '{}');
    return true;
  end if;
  return false;
end $$;

create function public.my_api_tokens() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := private.require(false, true);
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'scope', t.scope, 'created_at', t.created_at,
      'expires_at', t.expires_at, 'last_used_at', t.last_used_at) order by t.created_at desc), '[]')
    from private.api_tokens t where t.user_id = v_user and t.revoked_at is null);
end $$;

create function public.make_api_token(p_name text, p_scope text, p_hash text, p_expires_at timestamptz) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.require(true, true);
  v_row private.api_tokens;
begin
  perform pg_advisory_xact_lock(hashtextextended(v_user::text, 8));
  if (select count(*) from private.api_tokens t where t.user_id = v_user and t.revoked_at is null) >= 20 then
    perform private.refuse(409, 'too_many_tokens', 'You have 20 API tokens. Revoke one first.');
  end if;
  insert into private.api_tokens (user_id, name, scope, hash, expires_at)
  values (v_user, p_name, p_scope, decode(p_hash, 'hex'), p_expires_at) returning * into v_row;
  perform private.note(v_user, 'token_made', 'security', v_row.id, v_row.name, jsonb_build_object('scope', v_row.scope));
  return jsonb_build_object('id', v_row.id, 'name', v_row.name, 'scope', v_row.scope, 'created_at', v_row.created_at,
    'expires_at', v_row.expires_at, 'last_used_at', null);
end $$;

create function public.revoke_api_token(p_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.require(true, true);
  v_name text;
begin
  update private.api_tokens t set revoked_at = now()
  where t.id = p_id and t.user_id = v_user and t.revoked_at is null returning t.name into v_name;
  if found then
    perform private.note(v_user, 'token_revoked', 'security', p_id, v_name, '{}');
    return true;
  end if;
  return false;
end $$;

-- Everything but history, which is read page by page; never a password, sealed or not.
create function public.export_me() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := private.require(false, true);
begin
  return jsonb_build_object(
    'person', (select jsonb_build_object('id', u.id, 'email', u.email, 'created_at', u.created_at) from auth.users u where u.id = v_user),
    'accounts', (select coalesce(jsonb_agg(to_jsonb(a) order by a.created_at), '[]') from public.trading_accounts a where a.user_id = v_user),
    'copiers', (select coalesce(jsonb_agg(to_jsonb(c) order by c.created_at), '[]') from public.copiers c where c.user_id = v_user),
    'alerts', (select coalesce(jsonb_agg(to_jsonb(a) order by a.created_at), '[]') from public.alerts a where a.user_id = v_user),
    'activity', (select coalesce(jsonb_agg(to_jsonb(a) - 'actor_id' order by a.id), '[]') from public.activity a where a.user_id = v_user));
end $$;

create function public.delete_me(p_email text) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.require(true, true);
begin
  if lower(p_email) is distinct from (select lower(u.email) from auth.users u where u.id = v_user) then
    perform private.refuse(422, 'email_differs', 'Type the e-mail address of this account to delete it.');
  end if;
  delete from auth.users u where u.id = v_user;
  return true;
end $$;

revoke execute on function public.my_sessions, public.end_session, public.my_api_tokens, public.make_api_token,
  public.revoke_api_token, public.export_me, public.delete_me from public, anon;
grant execute on function public.my_sessions, public.end_session, public.my_api_tokens, public.make_api_token,
  public.revoke_api_token, public.export_me, public.delete_me to authenticated;

-- From here on for the API alone. It knows the person from a token that Supabase has taken.
grant usage on schema private to lockstep_api;

create function private.factor_of(p_user uuid) returns table (secret bytea, confirmed boolean, last_step bigint, codes_left int)
language sql stable security definer set search_path = '' as $$
  select f.secret, f.confirmed_at is not null, f.last_step,
    (select count(*)::int from private.backup_codes b where b.user_id = p_user and b.used_at is null)
  from private.totp_factors f where f.user_id = p_user
$$;

-- False where one is confirmed already: it must be removed with a code first.
create function private.factor_begin(p_user uuid, p_secret bytea) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.totp_factors as f (user_id, secret) values (p_user, p_secret)
  on conflict (user_id) do update set secret = excluded.secret, created_at = now(), last_step = 0 where f.confirmed_at is null;
  return found;
end $$;

-- Whether one more code may be tried: five in five minutes.
create function private.factor_attempt(p_user uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(p_user::text, 9));
  delete from private.factor_attempts a where a.user_id = p_user and a.at < clock_timestamp() - interval '5 minutes';
  if (select count(*) from private.factor_attempts a where a.user_id = p_user) >= 5 then
    return false;
  end if;
  insert into private.factor_attempts (user_id) values (p_user);
  return true;
end $$;

create function private.factor_passed(p_user uuid, p_session uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.verified_sessions (session_id)
  select s.id from auth.sessions s where s.id = p_session and s.user_id = p_user on conflict do nothing;
  delete from private.factor_attempts a where a.user_id = p_user;
end $$;

-- A right code of a time step: false where this or a later step was used before. Confirms a new factor.
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

create function private.redeem_api_token(p_hash bytea) returns table (id uuid, user_id uuid, scope text)
language sql security definer set search_path = '' as $$
  update private.api_tokens t set last_used_at = now()
  where t.hash = p_hash and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
  returning t.id, t.user_id, t.scope
$$;

-- Answers that were given, so that a repeated request gets the same one.
create table private.idempotency (
  user_id uuid not null references auth.users (id) on delete cascade,
  key text not null check (char_length(key) between 8 and 128),
  fingerprint bytea not null,
  status int,
  body text,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
create index idempotency_age_idx on private.idempotency (created_at);
alter table private.idempotency enable row level security;

-- No row: the key is now the caller's to use. `status` null: its first use is still under way.
create function private.idempotency_begin(p_user uuid, p_key text, p_fingerprint bytea)
returns table (same boolean, status int, body text)
language plpgsql security definer set search_path = '' as $$
begin
  delete from private.idempotency i where i.created_at < now() - interval '24 hours'
    or (i.status is null and i.created_at < now() - interval '1 minute');
  insert into private.idempotency (user_id, key, fingerprint) values (p_user, p_key, p_fingerprint) on conflict do nothing;
  if found then
    return;
  end if;
  return query select i.fingerprint = p_fingerprint, i.status, i.body from private.idempotency i
    where i.user_id = p_user and i.key = p_key;
end $$;

-- A null status forgets the key: the request failed in a way that may be tried again.
create function private.idempotency_end(p_user uuid, p_key text, p_status int, p_body text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if p_status is null then
    delete from private.idempotency i where i.user_id = p_user and i.key = p_key;
  else
    update private.idempotency i set status = p_status, body = p_body where i.user_id = p_user and i.key = p_key;
  end if;
end $$;

grant execute on function private.factor_of, private.factor_begin, private.factor_attempt, private.factor_accept,
  private.factor_use_backup, private.factor_codes, private.factor_remove, private.redeem_api_token,
  private.idempotency_begin, private.idempotency_end to lockstep_api;
