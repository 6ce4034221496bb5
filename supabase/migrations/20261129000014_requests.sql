-- Requests of people to the router: copy a missed trade now, or close copies now. The router answers each once.
create table public.manual_requests (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null,
  copier_id uuid not null references public.copiers (id) on delete cascade,
  -- Null means all copies of the copier.
  link_id bigint,
  kind text not null check (kind in ('copy_now', 'flatten') and (link_id is not null or kind = 'flatten')),
  state text not null default 'pending' check (state in ('pending', 'done', 'refused', 'expired')),
  reason text,
  setting text,
  -- What the words of `reason` are filled with.
  params jsonb not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  done_at timestamptz
);
-- There is at most one pending request about the same thing.
create unique index manual_requests_pending_idx on public.manual_requests (copier_id, coalesce(link_id, 0), kind)
  where state = 'pending';
create index manual_requests_copier_idx on public.manual_requests (copier_id);
create index manual_requests_user_idx on public.manual_requests (user_id, created_at desc);
alter table public.manual_requests enable row level security;
grant select on public.manual_requests to authenticated, lockstep_router;
grant update (state, reason, setting, params, done_at) on public.manual_requests to lockstep_router;
create policy "own requests are read" on public.manual_requests for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "second factor" on public.manual_requests as restrictive for select to authenticated
  using ((select private.caller_ok()));
-- A router sees the copiers of its own shard and no others.
create policy "a router reads its shard" on public.manual_requests for select to lockstep_router using (exists (
  select from public.copiers c where c.id = copier_id and c.user_id = manual_requests.user_id));
create policy "a router answers its shard" on public.manual_requests for update to lockstep_router using (exists (
  select from public.copiers c where c.id = copier_id and c.user_id = manual_requests.user_id)) with check (exists (
  select from public.copiers c where c.id = copier_id and c.user_id = manual_requests.user_id));

create trigger manual_requests_notify_made after insert on public.manual_requests
for each row execute function private.notify_change('request_changes', 'id');
create trigger manual_requests_notify_changed after update on public.manual_requests
for each row when (old.* is distinct from new.*) execute function private.notify_change('request_changes', 'id');

-- Returns the pending request about the same thing, or makes one. Requests expire, because a router that was away must not act
-- on an old one.
create function private.ask(p_user uuid, p_copier uuid, p_link bigint, p_kind text) returns public.manual_requests
language plpgsql security definer set search_path = '' as $$
declare
  v_row public.manual_requests;
begin
  perform pg_advisory_xact_lock(hashtextextended(p_user::text, 10));
  update public.manual_requests r set state = 'expired', done_at = now(), reason = 'too_late'
  where r.copier_id = p_copier and r.state = 'pending' and r.expires_at < now();
  select * into v_row from public.manual_requests r where r.copier_id = p_copier and r.kind = p_kind
    and r.link_id is not distinct from p_link and r.state = 'pending';
  if found then
    return v_row;
  end if;
  delete from public.manual_requests r where r.user_id = p_user and r.created_at < now() - interval '7 days';
  insert into public.manual_requests (user_id, copier_id, link_id, kind, expires_at)
  values (p_user, p_copier, p_link, p_kind,
    now() + case p_kind when 'copy_now' then interval '60 seconds' else interval '15 minutes' end)
  returning * into v_row;
  perform private.note(p_user, p_kind || '_asked', 'copier', p_copier, private.copier_label(p_copier),
    jsonb_build_object('link_id', p_link::text));
  return v_row;
end $$;

create function public.ask_copy(p_link text, p_kind text) returns setof public.manual_requests
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_copy public.copies;
begin
  select * into v_copy from public.copies c where c.link_id = p_link::bigint and c.user_id = v_user;
  if not found then
    perform private.refuse(404, 'copy_not_found');
  elsif not exists (select from public.copiers c where c.id = v_copy.copier_id) then
    perform private.refuse(409, 'copier_gone');
  elsif p_kind = 'flatten' and v_copy.status not in ('open', 'sent', 'unresolved') then
    perform private.refuse(409, 'nothing_open');
  elsif p_kind = 'copy_now' and v_copy.status in ('open', 'sent', 'unresolved') then
    perform private.refuse(409, 'copied_already');
  elsif p_kind = 'copy_now' and v_copy.status not in ('skipped', 'rejected') then
    perform private.refuse(409, 'copy_over');
  end if;
  return next private.ask(v_user, v_copy.copier_id, v_copy.link_id, p_kind);
end $$;

create function public.ask_flatten(p_copier uuid) returns setof public.manual_requests
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
begin
  if not exists (select from public.copiers c where c.id = p_copier and c.user_id = v_user) then
    perform private.refuse(404, 'copier_not_found');
  end if;
  return next private.ask(v_user, p_copier, null, 'flatten');
end $$;

create function public.ask_flatten_account(p_account uuid) returns setof public.manual_requests
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_copier uuid;
begin
  if not exists (select from public.trading_accounts a where a.id = p_account and a.user_id = v_user) then
    perform private.refuse(404, 'account_not_found');
  end if;
  for v_copier in select c.id from public.copiers c where c.slave_id = p_account order by c.created_at loop
    return next private.ask(v_user, v_copier, null, 'flatten');
  end loop;
end $$;

-- Requests of the last 24 hours, newest first.
create function public.recent_requests(p_copier uuid, p_link text) returns setof public.manual_requests
language sql stable security invoker set search_path = '' as $$
  select * from public.manual_requests r
  where r.user_id = (select auth.uid()) and r.created_at > now() - interval '24 hours'
    and (p_copier is null or r.copier_id = p_copier) and (p_link is null or r.link_id = p_link::bigint)
  order by r.created_at desc limit 200
$$;
grant execute on function public.ask_copy, public.ask_flatten, public.ask_flatten_account, public.recent_requests
  to authenticated;
