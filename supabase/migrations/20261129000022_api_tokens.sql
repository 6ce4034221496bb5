-- Tokens with which programs of a person call the API. Only a hash of the token is stored.
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
alter table private.api_tokens enable row level security;

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
    perform private.refuse(409, 'too_many_tokens', '{"most": 20}');
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
grant execute on function public.my_api_tokens, public.make_api_token, public.revoke_api_token to authenticated;

-- For the API alone: begins to act for the owner of the token with this hash, until the end of the transaction, and returns
-- the owner; null where there is no such token. The API then does `set local role authenticated`. Both spellings of the
-- claims are set: hosted `auth.uid()` reads either, the embedded server's reads the short one.
create function private.act_for_api_token(p_hash bytea) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  v_token private.api_tokens;
begin
  select * into v_token from private.api_tokens t
  where t.hash = p_hash and t.revoked_at is null and (t.expires_at is null or t.expires_at > now());
  if not found then
    return null;
  end if;
  -- Once a minute is often enough, and spares most requests a write.
  update private.api_tokens t set last_used_at = now()
  where t.id = v_token.id and (t.last_used_at is null or t.last_used_at < now() - interval '1 minute');
  perform set_config('request.jwt.claims', jsonb_build_object('sub', v_token.user_id, 'role', 'authenticated',
    'api_token', v_token.id, 'api_token_hash', encode(v_token.hash, 'hex'), 'api_scope', v_token.scope)::text, true);
  perform set_config('request.jwt.claim.sub', v_token.user_id::text, true);
  perform set_config('request.jwt.claim.role', 'authenticated', true);
  return v_token.user_id;
end $$;
grant execute on function private.act_for_api_token to lockstep_api;
