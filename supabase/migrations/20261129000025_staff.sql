-- Support. Who belongs to it is a row here, not a claim in a token. Every change by support needs a reason, which is written to
-- the activity of the person.
create table private.staff (
  user_id uuid primary key references auth.users (id) on delete cascade,
  role text not null default 'support' check (role in ('support')),
  created_at timestamptz not null default now()
);

-- People who are shut out of the website and the API.
create table private.suspended_users (
  user_id uuid primary key references auth.users (id) on delete cascade,
  reason text not null check (char_length(reason) between 1 and 500),
  created_at timestamptz not null default now()
);
alter table private.staff enable row level security;
alter table private.suspended_users enable row level security;

create function private.require_staff() returns uuid
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := private.require(false, true);
begin
  if not exists (select from private.staff s where s.user_id = v_user) then
    perform private.refuse(403, 'staff_only');
  end if;
  return v_user;
end $$;

create function private.staff_account(a public.trading_accounts) returns jsonb
language sql stable security definer set search_path = '' as $$
  select to_jsonb(a) || jsonb_build_object('email', (select u.email from auth.users u where u.id = a.user_id))
$$;

-- A person's last 50 entries of activity, all or those about one account. Each has the e-mail address of who acted: the person, or a
-- member of support.
create function private.staff_activity(p_user uuid, p_subject uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(x) order by x.id desc), '[]') from (
    select v.*, case v.actor when 'system' then null
      else (select u.email from auth.users u where u.id = case v.actor when 'you' then v.user_id else v.actor_id end) end as actor_email
    from public.activity v where v.user_id = p_user and (p_subject is null or v.subject_id = p_subject)
    order by v.id desc limit 50) x
$$;

-- The copies of a position's ticket, on either side, with the logins of both.
create function private.staff_copies(p_ticket bigint) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(c) || jsonb_build_object('link_id', c.link_id::text,
      'email', (select u.email from auth.users u where u.id = c.user_id),
      'master_login', (select a.login from public.trading_accounts a where a.id = c.master_account_id),
      'slave_login', (select a.login from public.trading_accounts a where a.id = c.slave_account_id))
    order by c.updated_at desc), '[]')
  from (
    select * from public.copies c where p_ticket in (c.master_position, c.slave_position)
    order by c.updated_at desc limit 20) c
$$;

-- Finds people and accounts by a part of an e-mail address, by login or by id, the slaves of a master by its login, and copies by
-- the ticket of a position.
create function public.staff_search(p_query text) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_query text := lower(btrim(p_query));
  v_ticket bigint := case when v_query ~ '^[0-9]{1,18}$' then v_query::bigint end;
begin
  perform private.require_staff();
  return jsonb_build_object(
    'copies', private.staff_copies(v_ticket),
    'users', (
      select coalesce(jsonb_agg(to_jsonb(p)), '[]') from (
        select u.id, u.email, u.created_at, exists (select from private.suspended_users s where s.user_id = u.id) as suspended
        from auth.users u where position(v_query in lower(coalesce(u.email, ''))) > 0 or u.id::text = v_query
        order by u.email limit 20) p),
    'accounts', (
      select coalesce(jsonb_agg(p.item), '[]') from (
        select private.staff_account(a) as item from public.trading_accounts a
        where a.login::text = v_query or a.id::text = v_query or a.user_id::text = v_query
          or a.id in (select c.slave_id from public.copiers c join public.trading_accounts m on m.id = c.master_id
            where m.login::text = v_query)
          or a.user_id in (select u.id from auth.users u where position(v_query in lower(coalesce(u.email, ''))) > 0)
        order by a.login::text <> v_query, a.login limit 50) p));
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
      'activity', private.staff_activity(u.id, null))
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
        select to_jsonb(c) || jsonb_build_object('link_id', c.link_id::text) as item, c.updated_at from public.copies c where a.id in (c.master_account_id, c.slave_account_id) and c.status in ('waiting', 'skipped', 'rejected', 'unresolved')
        order by c.updated_at desc limit 50) x),
      'events', (select coalesce(jsonb_agg(jsonb_build_object('kind', x.kind, 'occurred_at', x.occurred_at, 'data', x.data)
        order by x.occurred_at desc), '[]') from (
        select * from public.trade_events e where e.account_id = a.id order by e.occurred_at desc limit 50) x),
      'linked', (select coalesce(jsonb_agg(private.staff_account(o) order by o.login), '[]') from public.trading_accounts o
        where o.id <> a.id and o.id in (select unnest(array[c.master_id, c.slave_id]) from public.copiers c
          where a.id in (c.master_id, c.slave_id))),
      'activity', private.staff_activity(a.user_id, a.id))
    from public.trading_accounts a where a.id = p_account);
end $$;

create function public.staff_act(p_account uuid, p_action text, p_reason text) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  perform private.require_staff();
  if char_length(btrim(coalesce(p_reason, ''))) < 3 or char_length(p_reason) > 500 then
    perform private.refuse(422, 'reason_missing');
  end if;
  perform set_config('lockstep.support_reason', btrim(p_reason), true);
  perform from public.trading_accounts a where a.id = p_account for update;
  if not found then
    perform private.refuse(404, 'account_not_found');
  end if;
  case p_action
    when 'suspend' then update public.trading_accounts a set operating_mode = 'suspended' where a.id = p_account;
    when 'resume' then update public.trading_accounts a set operating_mode = 'running' where a.id = p_account;
    when 'restart', 'retry' then perform private.start_again(p_account);
    else perform private.refuse(422, 'no_such_action', '{"known": "suspend, resume, restart, retry"}');
  end case;
  perform set_config('lockstep.support_reason', '', true);
  return (select private.staff_account(a) from public.trading_accounts a where a.id = p_account);
end $$;

-- Shuts a person out of the website and the API, or lets the person in again. Terminals and copying go on; they are stopped for
-- each account with `staff_act`.
create function public.staff_act_on_user(p_user uuid, p_action text, p_reason text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_staff uuid := private.require_staff();
  v_email text;
  v_changed bigint;
begin
  if char_length(btrim(coalesce(p_reason, ''))) < 3 or char_length(p_reason) > 500 then
    perform private.refuse(422, 'reason_missing');
  end if;
  select coalesce(u.email, u.id::text) into v_email from auth.users u where u.id = p_user for update;
  if not found then
    perform private.refuse(404, 'user_not_found');
  end if;
  if p_user = v_staff or exists (select from private.staff s where s.user_id = p_user) then
    perform private.refuse(409, 'is_staff');
  end if;
  case p_action
    when 'suspend' then
      insert into private.suspended_users (user_id, reason) values (p_user, btrim(p_reason)) on conflict do nothing;
    when 'resume' then
      delete from private.suspended_users s where s.user_id = p_user;
    else perform private.refuse(422, 'no_such_action', '{"known": "suspend, resume"}');
  end case;
  get diagnostics v_changed = row_count;
  if v_changed > 0 then
    perform set_config('lockstep.support_reason', btrim(p_reason), true);
    perform private.note(p_user, case p_action when 'suspend' then 'person_suspended' else 'person_resumed' end,
      'user', p_user, v_email, '{}');
    perform set_config('lockstep.support_reason', '', true);
  end if;
  return public.staff_user(p_user);
end $$;
grant execute on function public.staff_search, public.staff_user, public.staff_account, public.staff_act,
  public.staff_act_on_user to authenticated;
