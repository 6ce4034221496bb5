-- Who is calling, and whether the caller is let in. The session must still exist, a second factor that the person has set up
-- must have been shown in this session, an API token must not be revoked, and the person must not be suspended.
-- The tables that this reads are in the files of sessions, API tokens, the second factor and staff.

-- Why the caller is refused: `not_signed_in`, `suspended` or `second_factor_required`. Null lets the caller in.
-- Whoever holds the API's own role can claim to be anyone. It is believed only with the hash of an API token of that person,
-- which it has from whoever sent the token.
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
        and t.scope = auth.jwt() ->> 'api_scope' and t.hash = decode(auth.jwt() ->> 'api_token_hash', 'hex')
        and (t.expires_at is null or t.expires_at > now())) then null else 'not_signed_in' end;
  elsif session_user = 'lockstep_api' then
    return 'not_signed_in';
  elsif v_session is not null and not exists (select from auth.sessions s where s.id = v_session and s.user_id = v_user) then
    return 'not_signed_in';
  elsif exists (select from private.totp_factors f where f.user_id = v_user and f.confirmed_at is not null)
    and not exists (select from private.verified_sessions v where v.session_id = v_session) then
    return 'second_factor_required';
  end if;
  return null;
end $$;

-- The restrictive policies of every table ask this. PL/pgSQL keeps the plan within a session, which takes a third of the time
-- of the same function in SQL.
create function private.caller_ok() returns boolean
language plpgsql stable security definer set search_path = '' as $$
begin
  return private.caller_problem() is null;
end $$;

-- False also for an API token whose scope is `read`.
create function private.may_write() returns boolean
language sql stable security definer set search_path = '' as $$
  select private.caller_problem() is null and coalesce(auth.jwt() ->> 'api_scope', 'write') = 'write'
$$;
grant execute on function private.caller_ok, private.may_write to authenticated;

-- Refuses with the reason, or returns the caller's id. `p_in_person` also refuses API tokens.
create function private.require(p_write boolean, p_in_person boolean) returns uuid
language plpgsql stable security definer set search_path = '' as $$
declare
  v_problem text := private.caller_problem();
begin
  if v_problem = 'suspended' then
    perform private.refuse(403, 'suspended');
  elsif v_problem = 'second_factor_required' then
    perform private.refuse(403, 'second_factor_required');
  elsif v_problem is not null then
    perform private.refuse(401, 'not_signed_in');
  elsif p_write and coalesce(auth.jwt() ->> 'api_scope', 'write') <> 'write' then
    perform private.refuse(403, 'token_reads_only');
  elsif p_in_person and auth.jwt() ->> 'api_token' is not null then
    perform private.refuse(403, 'not_with_a_token');
  end if;
  return auth.uid();
end $$;

-- Every function that writes on behalf of a person begins with this.
create function private.caller() returns uuid
language sql stable set search_path = '' as $$ select private.require(true, false) $$;

-- Who the caller is. The only function that answers before the second factor was shown: the website must know what to ask for.
create function public.whoami() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := auth.uid();
  v_problem text := private.caller_problem();
  v_result jsonb;
begin
  if v_problem = 'not_signed_in' or v_problem = 'suspended' then
    perform private.require(false, false);
  end if;
  select jsonb_build_object(
    'user_id', u.id, 'email', u.email, 'created_at', u.created_at,
    'is_staff', v_problem is null and exists (select from private.staff s where s.user_id = v_user),
    'session_id', auth.jwt() ->> 'session_id',
    'second_factor', case
      when not exists (select from private.totp_factors f where f.user_id = v_user and f.confirmed_at is not null) then 'none'
      when v_problem is null then 'verified' else 'required' end,
    'scope', coalesce(auth.jwt() ->> 'api_scope', 'session'))
  into v_result from auth.users u where u.id = v_user;
  if v_result is null then
    perform private.refuse(401, 'not_signed_in');
  end if;
  return v_result;
end $$;
grant execute on function public.whoami to authenticated;
