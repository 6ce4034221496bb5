-- Broker passwords as ciphertext: the browser seals them to the keyring's public key, so the database never sees one.
create table private.credentials (
  account_id uuid primary key references public.trading_accounts (id) on delete cascade,
  key_id text not null check (key_id ~ '^[0-9a-f]{16}$'),
  -- 32 bytes of encapsulated key, 1 to 256 bytes of password and 16 bytes of tag.
  sealed bytea not null check (octet_length(sealed) between 49 and 304),
  version int not null default 1 check (version > 0),
  -- The password of the account's proxy, where that asks for a login.
  proxy_key_id text check (proxy_key_id ~ '^[0-9a-f]{16}$'),
  proxy_sealed bytea check (octet_length(proxy_sealed) between 49 and 304),
  check ((proxy_key_id is null) = (proxy_sealed is null)),
  updated_at timestamptz not null default now()
);
alter table private.credentials enable row level security;
grant select on private.credentials to lockstep_operator;
create policy "the operator reads" on private.credentials for select to lockstep_operator using (true);
create trigger credentials_touch before update on private.credentials
for each row execute function private.touch_updated_at();

create function private.sealed_bytes(p_sealed text) returns bytea
language plpgsql immutable set search_path = '' as $$
begin
  if p_sealed is null or char_length(p_sealed) > 2048 then
    perform private.refuse(422, 'sealed_malformed');
  elsif octet_length(decode(p_sealed, 'base64')) not between 49 and 304 then
    perform private.refuse(422, 'password_malformed', '{"most": 256}');
  end if;
  return decode(p_sealed, 'base64');
exception when invalid_parameter_value then
  perform private.refuse(422, 'sealed_malformed');
  return null;
end $$;

-- Refuses a login or a server that no terminal could use. The code tells the person what to correct.
create function private.check_login(p_login bigint, p_server text) returns void
language plpgsql immutable set search_path = '' as $$
begin
  if p_login is null or p_login not between 1 and 999999999999999 then
    perform private.refuse(422, 'login_malformed', '{"most": 15}');
  elsif p_server is null or not private.is_server(p_server) then
    perform private.refuse(422, 'server_malformed', '{"most": 63}');
  end if;
end $$;

-- Writes the proxy that a person entered for an account. `p_proxy` is JSON: `type`, `address`, `port`, and for a proxy with a login
-- `login`, `key_id` and `sealed`; or only the `name` of one that the service offers; null for none. Returns whether it changed anything.
create function private.set_proxy(p_account uuid, p_proxy text) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_changed boolean;
  v_given jsonb;
  v_name text;
  v_port int;
  v_sealed bytea;
begin
  if char_length(p_proxy) > 4096 then
    perform private.refuse(422, 'proxy_malformed');
  end if;
  begin
    v_given := p_proxy::jsonb;
    v_port := (v_given ->> 'port')::int;
  exception when data_exception then
    perform private.refuse(422, 'proxy_malformed');
  end;
  v_name := v_given ->> 'name';
  if v_name is not null and v_given = jsonb_build_object('name', v_name) then
    perform private.check_offered_proxy(v_name);
  elsif p_proxy is not null and (v_given ? 'name' or not private.is_proxy(v_given ->> 'type', v_given ->> 'address', v_port, v_given ->> 'login')) then
    perform private.refuse(422, 'proxy_malformed');
  elsif v_given ->> 'login' is not null then
    v_sealed := private.sealed_bytes(v_given ->> 'sealed');
    if coalesce(v_given ->> 'key_id', '') !~ '^[0-9a-f]{16}$' then
      perform private.refuse(422, 'sealed_malformed');
    end if;
  end if;
  update public.trading_accounts a set proxy_type = v_given ->> 'type', proxy_address = v_given ->> 'address', proxy_port = v_port,
    proxy_login = v_given ->> 'login', proxy_name = v_name
  where a.id = p_account and (a.proxy_type, a.proxy_address, a.proxy_port, a.proxy_login, a.proxy_name)
    is distinct from (v_given ->> 'type', v_given ->> 'address', v_port, v_given ->> 'login', v_name);
  v_changed := found;
  update private.credentials c set proxy_sealed = v_sealed,
    proxy_key_id = case when v_sealed is not null then v_given ->> 'key_id' end
  where c.account_id = p_account and c.proxy_sealed is distinct from v_sealed;
  return v_changed or found;
end $$;

-- Adds an account with its sealed password and its proxy in one step, because its terminal must never start without them. A repeated
-- request returns the row. An id that is in use is refused with one answer, whoever owns it, so that nobody can probe for ids.
create function public.register_account(
  p_id uuid, p_label text, p_platform text, p_environment text, p_login bigint, p_server text, p_role text,
  p_key_id text, p_sealed text, p_proxy text default null
) returns public.trading_accounts
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_row public.trading_accounts;
begin
  perform private.check_platform(p_platform);
  perform private.check_environment(p_environment);
  perform private.check_login(p_login, p_server);
  insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role)
  values (p_id, v_user, p_label, p_platform, p_environment, p_login, p_server, p_role)
  on conflict (id) do nothing returning * into v_row;
  if found then
    insert into private.credentials (account_id, key_id, sealed) values (p_id, p_key_id, private.sealed_bytes(p_sealed));
    if private.set_proxy(p_id, p_proxy) then
      select * into v_row from public.trading_accounts a where a.id = p_id;
    end if;
    return v_row;
  end if;
  select * into v_row from public.trading_accounts a
  where a.id = p_id and a.user_id = v_user and a.platform = p_platform and a.environment = p_environment
    and a.login = p_login and a.server = p_server;
  if not found then
    perform private.refuse(409, 'account_id_unusable');
  end if;
  return v_row;
end $$;

-- A new password raises the version, on which the operator restarts the terminal. The same bytes again change nothing.
create function public.replace_credentials(p_account uuid, p_key_id text, p_sealed text) returns public.trading_accounts
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_sealed bytea := private.sealed_bytes(p_sealed);
  v_row public.trading_accounts;
begin
  select * into v_row from public.trading_accounts a where a.id = p_account and a.user_id = v_user for update;
  if not found then
    perform private.refuse(404, 'account_not_found');
  end if;
  update private.credentials c set key_id = p_key_id, sealed = v_sealed, version = c.version + 1
  where c.account_id = p_account and (c.key_id, c.sealed) is distinct from (p_key_id, v_sealed);
  if found then
    update public.trading_accounts a set credentials_version = a.credentials_version + 1
    where a.id = p_account returning * into v_row;
  end if;
  return v_row;
end $$;

-- Another proxy, or none, raises the version, on which the operator restarts the terminal. Repeated, it changes nothing.
create function public.replace_proxy(p_account uuid, p_proxy text) returns public.trading_accounts
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_row public.trading_accounts;
begin
  select * into v_row from public.trading_accounts a where a.id = p_account and a.user_id = v_user for update;
  if not found then
    perform private.refuse(404, 'account_not_found');
  end if;
  if private.set_proxy(p_account, p_proxy) then
    perform set_config('lockstep.proxy', 'yes', true);
    update private.credentials c set version = c.version + 1 where c.account_id = p_account;
    update public.trading_accounts a set credentials_version = a.credentials_version + 1
    where a.id = p_account returning * into v_row;
    perform set_config('lockstep.proxy', '', true);
  end if;
  return v_row;
end $$;

-- The account's broker has renamed its server. The account stays what it is, with its copiers, its copies and its history; the
-- password is sealed for the new name. Whether it is the same broker only the login there can tell. Repeated, it changes nothing.
create function public.move_account(p_account uuid, p_server text, p_key_id text, p_sealed text)
returns public.trading_accounts
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_sealed bytea := private.sealed_bytes(p_sealed);
  v_row public.trading_accounts;
begin
  select * into v_row from public.trading_accounts a where a.id = p_account and a.user_id = v_user for update;
  if not found then
    perform private.refuse(404, 'account_not_found');
  end if;
  perform private.check_login(v_row.login, p_server);
  update private.credentials c set key_id = p_key_id, sealed = v_sealed, version = c.version + 1
  where c.account_id = p_account and (c.key_id, c.sealed) is distinct from (p_key_id, v_sealed);
  if found then
    update public.trading_accounts a set server = p_server, credentials_version = a.credentials_version + 1
    where a.id = p_account returning * into v_row;
  elsif v_row.server <> p_server then
    -- What was sealed for the old name opens nothing under the new one.
    perform private.refuse(422, 'sealed_malformed');
  end if;
  return v_row;
end $$;

-- Raises the version without a new password: the operator makes a new pod, even where it had given up.
create function private.start_again(p_account uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform set_config('lockstep.restart', 'yes', true);
  update private.credentials c set version = c.version + 1 where c.account_id = p_account;
  update public.trading_accounts a set credentials_version = a.credentials_version + 1, operating_mode = 'running'
  where a.id = p_account;
  perform set_config('lockstep.restart', '', true);
end $$;

-- Lets a person restart the terminal of an own account.
create function public.restart_account(p_account uuid) returns public.trading_accounts
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_row public.trading_accounts;
begin
  select * into v_row from public.trading_accounts a where a.id = p_account and a.user_id = v_user for update;
  if not found then
    perform private.refuse(404, 'account_not_found');
  end if;
  perform private.start_again(p_account);
  select * into v_row from public.trading_accounts a where a.id = p_account;
  return v_row;
end $$;
grant execute on function public.register_account, public.replace_credentials, public.replace_proxy, public.move_account,
  public.restart_account to authenticated;

-- For a rotation of the keyring's keys; the keyring may do nothing else here. Stores passwords that it sealed again to the key `p_key_id`, and
-- returns the next `p_limit` accounts after `p_after` whose password is sealed to another key. An entry of `p_resealed` has
-- `account_id`, `was_sealed` and `sealed` (base64): a password that was replaced meanwhile stays as it is. The version stays too,
-- because the password is the same and no terminal must restart for it.
create function private.reseal_credentials(p_key_id text, p_resealed jsonb, p_after uuid, p_limit int)
returns table (account_id uuid, platform text, login text, server text, key_id text, sealed bytea)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  v_changed public.trading_accounts;
begin
  for v_changed in
    update private.credentials c set key_id = p_key_id, sealed = decode(r ->> 'sealed', 'base64')
    from jsonb_array_elements(p_resealed) r, public.trading_accounts a
    where c.account_id = (r ->> 'account_id')::uuid and c.sealed = decode(r ->> 'was_sealed', 'base64') and a.id = c.account_id
    returning a.*
  loop
    -- The operator copies the new ciphertext to the account's Secret.
    perform pg_notify('account_changes',
      jsonb_build_object('op', 'UPDATE', 'id', v_changed.id, 'user_id', v_changed.user_id)::text);
  end loop;
  return query
    select c.account_id, a.platform, a.login::text, a.server, c.key_id, c.sealed
    from private.credentials c join public.trading_accounts a on a.id = c.account_id
    where c.key_id <> p_key_id and c.account_id > p_after order by c.account_id limit p_limit;
end $$;
grant execute on function private.reseal_credentials to lockstep_keyring;

-- The same as `reseal_credentials`, for the passwords of proxies.
create function private.reseal_proxies(p_key_id text, p_resealed jsonb, p_after uuid, p_limit int)
returns table (account_id uuid, platform text, login text, type text, address text, port int, proxy_login text, key_id text,
  sealed bytea)
language plpgsql security definer set search_path = '' as $$
#variable_conflict use_column
declare
  v_changed public.trading_accounts;
begin
  for v_changed in
    update private.credentials c set proxy_key_id = p_key_id, proxy_sealed = decode(r ->> 'sealed', 'base64')
    from jsonb_array_elements(p_resealed) r, public.trading_accounts a
    where c.account_id = (r ->> 'account_id')::uuid and c.proxy_sealed = decode(r ->> 'was_sealed', 'base64')
      and a.id = c.account_id
    returning a.*
  loop
    perform pg_notify('account_changes',
      jsonb_build_object('op', 'UPDATE', 'id', v_changed.id, 'user_id', v_changed.user_id)::text);
  end loop;
  return query
    select c.account_id, a.platform, a.login::text, a.proxy_type, a.proxy_address, a.proxy_port, a.proxy_login, c.proxy_key_id,
      c.proxy_sealed
    from private.credentials c join public.trading_accounts a on a.id = c.account_id
    where c.proxy_key_id <> p_key_id and c.account_id > p_after order by c.account_id limit p_limit;
end $$;
grant execute on function private.reseal_proxies to lockstep_keyring;
