-- Alerts to people. Triggers make them, on the router's rows and on changes of what people sign in with. An alert holds no sentence:
-- `lockstep_texts` makes title and body from `kind` and `data`, in the reader's language.
create table public.alerts (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  kind text not null check (kind in (
    'disconnected', 'quarantined', 'needs_you', 'held_up', 'rejected', 'out_of_sync', 'guard_warning', 'guard_fired',
    'guard_paused', 'guard_pause_over', 'copier_refused', 'cannot_trade', 'wrong_codes', 'password_changed', 'email_changed')),
  severity text not null check (severity in ('info', 'soon', 'now')),
  account_id uuid,
  copier_id uuid,
  link_id bigint,
  data jsonb not null default '{}',
  created_at timestamptz not null default now(),
  read_at timestamptz
);
create index alerts_user_idx on public.alerts (user_id, created_at desc, id desc);
create index alerts_unread_idx on public.alerts (user_id, kind, account_id) where read_at is null;
alter table public.alerts enable row level security;
grant select, update (read_at) on public.alerts to authenticated;
create policy "own alerts are read" on public.alerts for select to authenticated using ((select auth.uid()) = user_id);
create policy "own alerts are marked" on public.alerts for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy "second factor" on public.alerts as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "second factor to change" on public.alerts as restrictive for update to authenticated
  using ((select private.may_write()));

-- Alerts to be sent by other channels than the website. A channel's worker takes rows with `for update skip locked`.
create table private.outbox (
  id bigint generated always as identity primary key,
  alert_id uuid not null references public.alerts (id) on delete cascade,
  channel text not null check (char_length(channel) between 1 and 32),
  created_at timestamptz not null default now(),
  attempts int not null default 0,
  due_at timestamptz not null default now(),
  sent_at timestamptz,
  unique (alert_id, channel)
);
create index outbox_due_idx on private.outbox (due_at) where sent_at is null;
alter table private.outbox enable row level security;

create trigger alerts_notify after insert or delete on public.alerts
for each row execute function private.notify_change('alert_changes', 'id');
create trigger alerts_notify_read after update on public.alerts
for each row when (old.* is distinct from new.*) execute function private.notify_change('alert_changes', 'id');

-- Makes no second alert about the same thing while the first is unread and younger than ten minutes.
create function private.alert(
  p_user uuid, p_kind text, p_severity text, p_account uuid, p_copier uuid, p_link bigint, p_data jsonb
) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into public.alerts (user_id, kind, severity, account_id, copier_id, link_id, data)
  select p_user, p_kind, p_severity, p_account, p_copier, p_link, p_data
  where exists (select from auth.users u where u.id = p_user)
    and not exists (
      select from public.alerts a
      where a.user_id = p_user and a.kind = p_kind and a.read_at is null and a.created_at > now() - interval '10 minutes'
        and a.account_id is not distinct from p_account and a.copier_id is not distinct from p_copier
        and a.link_id is not distinct from p_link);
end $$;

create function private.alert_state() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_data jsonb := jsonb_build_object('label', new.label, 'state', new.state, 'reason', new.state_reason);
begin
  if new.operating_mode = 'suspended' then
    return null;
  elsif new.state = 'failed' or new.state_reason = any (public.reasons_user_must_act()) then
    perform private.alert(new.user_id, 'needs_you', 'now', new.id, null, null, v_data);
  elsif new.state_reason = private.reason_quarantined() then
    perform private.alert(new.user_id, 'quarantined', 'now', new.id, null, null, v_data);
  elsif new.state in ('queued', 'preparing') and new.state_reason = any (private.reasons_service_must_act()) then
    perform private.alert(new.user_id, 'held_up', 'soon', new.id, null, null, v_data);
  elsif (new.state = 'disconnected' and old.state <> 'failed') or (new.state = 'stopped' and old.state in ('connected', 'ready')) then
    perform private.alert(new.user_id, 'disconnected', 'soon', new.id, null, null, v_data);
  end if;
  return null;
end $$;
create trigger trading_accounts_alert after update of state, state_reason on public.trading_accounts
for each row when ((old.state, old.state_reason) is distinct from (new.state, new.state_reason))
execute function private.alert_state();

create function private.alert_refusal() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.alert(new.user_id, 'copier_refused', 'now', null, new.id, null, jsonb_build_object(
    'label', private.copier_label(new.id), 'reason', new.refusal -> 'code', 'params', new.refusal -> 'params'));
  return null;
end $$;
create trigger copiers_alert after update of refusal on public.copiers
for each row when (new.refusal is not null and new.refusal is distinct from old.refusal)
execute function private.alert_refusal();

-- Whether an unread, recent alert of a kind is about another part of the same trade: each trade makes one alert.
create function private.told_of_another_part(c public.copies, p_kind text) returns boolean
language sql stable set search_path = '' as $$
  select exists (
    select from public.alerts a join public.copies o on o.link_id = a.link_id
    where a.user_id = c.user_id and a.kind = p_kind and a.account_id = c.slave_account_id and a.read_at is null
      and a.created_at > now() - interval '10 minutes'
      and o.copier_id = c.copier_id and o.master_position = c.master_position and o.part <> c.part)
$$;

create function private.alert_copy() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_refused boolean := new.status = 'rejected';
  v_kind text := case when v_refused then 'rejected' else 'out_of_sync' end;
begin
  if private.told_of_another_part(new, v_kind) then
    return null;
  end if;
  perform private.alert(new.user_id, v_kind,
    case when v_refused then 'now' else 'soon' end, new.slave_account_id, new.copier_id, new.link_id,
    jsonb_build_object('symbol', new.symbol, 'side', new.side, 'reason', new.reason, 'setting', new.setting,
      'params', new.params));
  return null;
end $$;
-- A copy is written when its master opens, so the master holds what it opened.
create trigger copies_alert_new after insert on public.copies
for each row when (private.is_out_of_sync(new.status, new.reason, new.master_lots))
execute function private.alert_copy();
create trigger copies_alert_changed after update of status on public.copies
for each row when (new.status is distinct from old.status and private.is_out_of_sync(new.status, new.reason, new.master_lots))
execute function private.alert_copy();

create function private.alert_guard() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.alert(new.user_id, new.kind, case new.kind
      when 'guard_fired' then 'now' when 'guard_pause_over' then 'info' else 'soon' end,
    new.account_id, new.copier_id, new.link_id, new.data);
  return null;
end $$;
create trigger trade_events_guard after insert on public.trade_events
for each row when (new.kind in ('guard_warning', 'guard_fired', 'guard_paused', 'guard_pause_over'))
execute function private.alert_guard();

create function public.alerts_page(p_unread boolean, p_limit int, p_cursor_at timestamptz, p_cursor_id uuid) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select jsonb_build_object(
    'items', (
      select coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('link_id', p.link_id::text) order by p.created_at desc, p.id desc), '[]')
      from (
        select * from public.alerts a
        where a.user_id = (select auth.uid()) and (not p_unread or a.read_at is null)
          and (p_cursor_id is null or (a.created_at, a.id) < (p_cursor_at, p_cursor_id))
        order by a.created_at desc, a.id desc limit p_limit) p),
    'unread', (select count(*) from public.alerts a where a.user_id = (select auth.uid()) and a.read_at is null))
$$;

-- Marks alerts as read and returns how many are unread after that. `p_ids` is a JSON list as text; null means all.
create function public.read_alerts(p_ids text) returns bigint
language plpgsql security invoker set search_path = '' as $$
begin
  update public.alerts a set read_at = now()
  where a.user_id = auth.uid() and a.read_at is null
    and (p_ids is null or p_ids::jsonb ? a.id::text);
  return (select count(*) from public.alerts a where a.user_id = auth.uid() and a.read_at is null);
end $$;
grant execute on function public.alerts_page, public.read_alerts to authenticated;
