-- What support may do. Being of the staff is a row, not a claim; every change needs a reason and is written to activity.
create function private.require_staff() returns uuid
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := private.require(false, true);
begin
  if not exists (select from private.staff s where s.user_id = v_user) then
    perform private.refuse(403, 'staff_only', 'This is for support only.');
  end if;
  return v_user;
end $$;

create function private.staff_account(a public.trading_accounts) returns jsonb
language sql stable security definer set search_path = '' as $$
  select to_jsonb(a) || jsonb_build_object('email', (select u.email from auth.users u where u.id = a.user_id))
$$;

-- By part of an e-mail address, by login, or by an id of either.
create function public.staff_search(p_query text) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_query text := lower(btrim(p_query));
begin
  perform private.require_staff();
  return jsonb_build_object(
    'users', (
      select coalesce(jsonb_agg(to_jsonb(p)), '[]') from (
        select u.id, u.email, u.created_at, exists (select from private.suspended_users s where s.user_id = u.id) as suspended
        from auth.users u where position(v_query in lower(coalesce(u.email, ''))) > 0 or u.id::text = v_query
        order by u.email limit 20) p),
    'accounts', (
      select coalesce(jsonb_agg(p.item), '[]') from (
        select private.staff_account(a) as item from public.trading_accounts a
        where a.login::text = v_query or a.id::text = v_query or a.user_id::text = v_query
          or a.user_id in (select u.id from auth.users u where position(v_query in lower(coalesce(u.email, ''))) > 0)
        order by a.login limit 50) p));
end $$;

create function public.staff_user(p_user uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_staff();
  return (
    select jsonb_build_object('id', u.id, 'email', u.email, 'created_at', u.created_at,
      'suspended', exists (select from private.suspended_users s where s.user_id = u.id),
      'second_factor', exists (select from private.totp_factors f where f.user_id = u.id and f.confirmed_at is not null),
      'accounts', (select coalesce(jsonb_agg(private.staff_account(a) order by a.created_at), '[]')
        from public.trading_accounts a where a.user_id = u.id),
      'copiers', (select coalesce(jsonb_agg(to_jsonb(c) order by c.created_at), '[]') from public.copiers c where c.user_id = u.id),
      'activity', (select coalesce(jsonb_agg(to_jsonb(x) order by x.id desc), '[]') from (
        select * from public.activity v where v.user_id = u.id order by v.id desc limit 50) x))
    from auth.users u where u.id = p_user);
end $$;

create function public.staff_account(p_account uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_staff();
  return (
    select private.staff_account(a) || jsonb_build_object(
      'history', (select coalesce(jsonb_agg(to_jsonb(x) - 'user_id' order by x.id desc), '[]') from (
        select * from public.account_states s where s.account_id = a.id order by s.id desc limit 50) x),
      'copiers', (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from public.copiers c where a.id in (c.master_id, c.slave_id)),
      'skipped', (select coalesce(jsonb_agg(x.item order by x.updated_at desc), '[]') from (
        select to_jsonb(c) || jsonb_build_object('link_id', c.link_id::text) as item, c.updated_at from public.copies c where c.slave_account_id = a.id and c.status in ('skipped', 'rejected', 'unresolved')
        order by c.updated_at desc limit 50) x),
      'events', (select coalesce(jsonb_agg(jsonb_build_object('kind', x.kind, 'occurred_at', x.occurred_at, 'data', x.data)
        order by x.occurred_at desc), '[]') from (
        select * from public.trade_events e where e.account_id = a.id order by e.occurred_at desc limit 50) x),
      'activity', (select coalesce(jsonb_agg(to_jsonb(x) order by x.id desc), '[]') from (
        select * from public.activity v where v.user_id = a.user_id and v.subject_id = a.id order by v.id desc limit 50) x))
    from public.trading_accounts a where a.id = p_account);
end $$;

-- A new version of the same sealed bytes: the operator makes a new pod, also where it had given up.
create function private.start_again(p_account uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  perform set_config('lockstep.restart', 'yes', true);
  update private.credentials c set version = c.version + 1 where c.account_id = p_account;
  update public.trading_accounts a set credentials_version = a.credentials_version + 1, operating_mode = 'running'
  where a.id = p_account;
  perform set_config('lockstep.restart', '', true);
end $$;

create function public.staff_act(p_account uuid, p_action text, p_reason text) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  perform private.require_staff();
  if char_length(btrim(coalesce(p_reason, ''))) < 3 or char_length(p_reason) > 500 then
    perform private.refuse(422, 'reason_missing', 'Say why: the person reads it in their activity.');
  end if;
  perform set_config('lockstep.support_reason', btrim(p_reason), true);
  perform from public.trading_accounts a where a.id = p_account for update;
  if not found then
    perform private.refuse(404, 'account_not_found', 'There is no such account.');
  end if;
  case p_action
    when 'suspend' then update public.trading_accounts a set operating_mode = 'suspended' where a.id = p_account;
    when 'resume' then update public.trading_accounts a set operating_mode = 'running' where a.id = p_account;
    when 'restart', 'retry' then perform private.start_again(p_account);
    else perform private.refuse(422, 'no_such_action', 'There are suspend, resume, restart and retry.');
  end case;
  perform set_config('lockstep.support_reason', '', true);
  return (select private.staff_account(a) from public.trading_accounts a where a.id = p_account);
end $$;

-- A person's own way to a new terminal.
create function public.restart_account(p_account uuid) returns public.trading_accounts
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_row public.trading_accounts;
begin
  select * into v_row from public.trading_accounts a where a.id = p_account and a.user_id = v_user for update;
  if not found then
    perform private.refuse(404, 'account_not_found', 'You have no such account.');
  end if;
  perform private.start_again(p_account);
  select * into v_row from public.trading_accounts a where a.id = p_account;
  return v_row;
end $$;

revoke execute on function public.staff_search, public.staff_user, public.staff_account, public.staff_act,
  public.restart_account from public, anon;
grant execute on function public.staff_search, public.staff_user, public.staff_account, public.staff_act,
  public.restart_account to authenticated;
