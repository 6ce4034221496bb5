-- Whether rows that a call names are the caller's: asked in one place, and refused alike whether they are somebody else's or nobody's.

-- Refuses unless all of these accounts are the caller's.
create function private.require_accounts(p_accounts uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
begin
  if exists (select from unnest(p_accounts) n (id) where not exists (
      select from public.trading_accounts a where a.id = n.id and a.user_id = v_user)) then
    perform private.refuse(404, 'account_not_found');
  end if;
end $$;

-- The same, and locks them. Every caller locks in one order: two calls at once must not wait for each other.
create function private.lock_accounts(p_accounts uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
begin
  perform from public.trading_accounts a where a.id = any (p_accounts) and a.user_id = v_user order by a.id for update;
  perform private.require_accounts(p_accounts);
end $$;

-- The caller's account, locked.
create function private.own_account(p_account uuid) returns public.trading_accounts
language plpgsql security definer set search_path = '' as $$
declare
  v_row public.trading_accounts;
begin
  perform private.lock_accounts(array[p_account]);
  select * into v_row from public.trading_accounts a where a.id = p_account;
  return v_row;
end $$;

-- Refuses unless all of these copiers are the caller's.
create function private.require_copiers(p_copiers uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
begin
  if exists (select from unnest(p_copiers) n (id) where not exists (
      select from public.copiers c where c.id = n.id and c.user_id = v_user)) then
    perform private.refuse(404, 'copier_not_found');
  end if;
end $$;

-- The same, and locks them in one order.
create function private.lock_copiers(p_copiers uuid[]) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
begin
  perform from public.copiers c where c.id = any (p_copiers) and c.user_id = v_user order by c.id for update;
  perform private.require_copiers(p_copiers);
end $$;

-- A new password raises the version, on which the operator restarts the terminal. The same bytes again change nothing.
create or replace function public.replace_credentials(p_account uuid, p_key_id text, p_sealed text) returns public.trading_accounts
language plpgsql security definer set search_path = '' as $$
declare
  v_row public.trading_accounts := private.own_account(p_account);
  v_sealed bytea := private.sealed_bytes(p_sealed);
begin
  update private.credentials c set key_id = p_key_id, sealed = v_sealed, version = c.version + 1
  where c.account_id = p_account and (c.key_id, c.sealed) is distinct from (p_key_id, v_sealed);
  if found then
    update public.trading_accounts a set credentials_version = a.credentials_version + 1
    where a.id = p_account returning * into v_row;
  end if;
  return v_row;
end $$;

-- Another proxy, or none, raises the version, on which the operator restarts the terminal. Repeated, it changes nothing.
create or replace function public.replace_proxy(p_account uuid, p_proxy text) returns public.trading_accounts
language plpgsql security definer set search_path = '' as $$
declare
  v_row public.trading_accounts := private.own_account(p_account);
begin
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
create or replace function public.move_account(p_account uuid, p_server text, p_key_id text, p_sealed text)
returns public.trading_accounts
language plpgsql security definer set search_path = '' as $$
declare
  v_row public.trading_accounts := private.own_account(p_account);
  v_sealed bytea := private.sealed_bytes(p_sealed);
begin
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

-- Lets a person restart the terminal of an own account.
create or replace function public.restart_account(p_account uuid) returns public.trading_accounts
language plpgsql security definer set search_path = '' as $$
declare
  v_row public.trading_accounts := private.own_account(p_account);
begin
  perform private.start_again(p_account);
  select * into v_row from public.trading_accounts a where a.id = p_account;
  return v_row;
end $$;

-- Removes a copier, or returns it where it stays until its copies are closed. `p_copies`: leave, close, follow.
create or replace function public.remove_copier(p_copier uuid, p_copies text) returns setof public.copiers
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_request public.manual_requests;
begin
  perform private.lock_copiers(array[p_copier]);
  if p_copies = 'leave' or not private.has_open_copies(p_copier) then
    delete from public.copiers c where c.id = p_copier;
    return;
  end if;
  if p_copies = 'close' then
    v_request := private.ask(v_user, p_copier, null, 'flatten');
    -- A market may be closed over a long weekend.
    update public.manual_requests r set expires_at = now() + interval '7 days' where r.id = v_request.id;
  end if;
  return query update public.copiers c set removing = p_copies, mode = 'close_only' where c.id = p_copier returning c.*;
end $$;

-- Asks the router to reset a guard that has tripped. Asking again before the router has done it changes nothing.
create or replace function public.reset_guard(p_copier uuid, p_guard text) returns setof public.guard_states
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
begin
  perform private.require_copiers(array[p_copier]);
  if exists (select from public.guard_states g
      where g.copier_id = p_copier and g.guard = p_guard and g.tripped and g.locked_until > now()) then
    perform private.refuse(409, 'guard_locked');
  end if;
  update public.guard_states g set requested_resets = g.resets + 1
  where g.copier_id = p_copier and g.guard = p_guard and g.tripped and g.requested_resets <= g.resets;
  if found then
    perform private.note(v_user, 'guard_reset', 'copier', p_copier, private.copier_label(p_copier),
      jsonb_build_object('guard', p_guard));
  end if;
  return query select * from public.guard_states g where g.copier_id = p_copier and g.guard = p_guard;
end $$;

create or replace function public.ask_flatten(p_copier uuid) returns setof public.manual_requests
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
begin
  perform private.require_copiers(array[p_copier]);
  return next private.ask(v_user, p_copier, null, 'flatten');
end $$;

create or replace function public.ask_flatten_account(p_account uuid) returns setof public.manual_requests
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_copier uuid;
begin
  perform private.require_accounts(array[p_account]);
  for v_copier in select c.id from public.copiers c where c.slave_id = p_account order by c.created_at loop
    return next private.ask(v_user, v_copier, null, 'flatten');
  end loop;
end $$;

-- `close_only`: copiers that are on open nothing more. `close_all`: the copies of all of them are closed, too. Concerns the copiers
-- of these accounts, at either end, and these copiers; all of the caller's where both are null. A copier that rehearses or is off
-- opens nothing and keeps its mode.
create or replace function public.stop_copying(p_what text, p_accounts uuid[], p_copiers uuid[]) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_copiers uuid[];
  v_copier uuid;
  v_stopped int;
  v_requests jsonb := '[]'::jsonb;
begin
  if p_what not in ('close_only', 'close_all') then
    raise exception using errcode = 'invalid_parameter_value', message = 'p_what is close_only or close_all';
  end if;
  perform private.require_accounts(p_accounts);
  perform private.require_copiers(p_copiers);
  -- Always locked in one order: two calls at once must not wait for each other.
  select coalesce(array_agg(l.id), '{}') into v_copiers from (
    select c.id from public.copiers c where c.user_id = v_user
      and ((p_accounts is null and p_copiers is null) or c.id = any (p_copiers)
        or c.master_id = any (p_accounts) or c.slave_id = any (p_accounts))
    order by c.id for update) l;
  update public.copiers c set mode = 'close_only' where c.id = any (v_copiers) and c.mode = 'on';
  get diagnostics v_stopped = row_count;
  if p_what = 'close_all' then
    foreach v_copier in array v_copiers loop
      v_requests := v_requests || to_jsonb(private.ask(v_user, v_copier, null, 'flatten'));
    end loop;
  end if;
  if v_copiers <> '{}' then
    perform private.note(v_user, p_what || '_asked', 'copiers', null, null,
      jsonb_build_object('copiers', v_copiers, 'stopped', v_stopped, 'all', p_accounts is null and p_copiers is null));
  end if;
  return jsonb_build_object('copiers', cardinality(v_copiers), 'stopped', v_stopped, 'requests', v_requests);
end $$;

-- Changes copiers: their mode, or all of their settings. A null leaves what it is.
create or replace function public.change_copiers(p_copiers uuid[], p_mode text, p_settings text) returns setof public.copiers
language plpgsql security definer set search_path = '' as $$
begin
  perform private.at_most_many(p_copiers);
  perform private.lock_copiers(p_copiers);
  return query update public.copiers c set mode = coalesce(p_mode, c.mode), settings = coalesce(p_settings::jsonb, c.settings)
    where c.id = any (p_copiers) returning c.*;
end $$;

-- Changes accounts: whether their terminals run, what may be copied, their tags. A null leaves what it is.
create or replace function public.change_accounts(
  p_accounts uuid[], p_operating_mode text, p_mode text, p_add_tags text[], p_remove_tags text[]
) returns setof public.trading_accounts
language plpgsql security definer set search_path = '' as $$
begin
  perform private.at_most_many(p_accounts);
  perform private.lock_accounts(p_accounts);
  return query update public.trading_accounts a
    set operating_mode = coalesce(p_operating_mode, a.operating_mode), mode = coalesce(p_mode, a.mode),
      tags = (select coalesce(array_agg(distinct t.tag order by t.tag), '{}')
        from unnest(a.tags || coalesce(p_add_tags, '{}')) t (tag)
        where t.tag <> all (coalesce(p_remove_tags, '{}')))
    where a.id = any (p_accounts) returning a.*;
end $$;
