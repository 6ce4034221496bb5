-- Who changed what. Triggers write it, so that it covers every way of writing.
create table public.activity (
  id bigint generated always as identity primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  at timestamptz not null default now(),
  actor text not null check (actor in ('you', 'support', 'system')),
  -- Which member of support; for the audit, not shown to the person.
  actor_id uuid,
  action text not null check (char_length(action) between 1 and 64),
  subject_kind text not null check (subject_kind in ('account', 'copier', 'copiers', 'security', 'user')),
  subject_id uuid,
  subject_label text,
  reason text,
  details jsonb not null default '{}'
);
create index activity_user_idx on public.activity (user_id, id desc);
alter table public.activity enable row level security;
-- All columns but `actor_id`: members of support are not named to people.
grant select (id, user_id, at, actor, action, subject_kind, subject_id, subject_label, reason, details)
  on public.activity to authenticated;
create policy "own activity is read" on public.activity for select to authenticated using ((select auth.uid()) = user_id);
create policy "second factor" on public.activity as restrictive for select to authenticated
  using ((select private.caller_ok()));

-- Writes an entry. `lockstep.support_reason` is set while support acts. A person who is being deleted gets no entry.
create function private.note(
  p_user uuid, p_action text, p_kind text, p_id uuid, p_label text, p_details jsonb
) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_support text := nullif(current_setting('lockstep.support_reason', true), '');
begin
  insert into public.activity (user_id, actor, actor_id, action, subject_kind, subject_id, subject_label, reason, details)
  select p_user,
    case when v_support is not null then 'support'
      -- The API logs in as itself and acts for the person whom Supabase has authenticated.
      when auth.uid() = p_user or session_user = 'lockstep_api' then 'you' else 'system' end,
    auth.uid(), p_action, p_kind, p_id, p_label, v_support, p_details
  where exists (select from auth.users u where u.id = p_user);
end $$;

create function private.note_account() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_row public.trading_accounts := case when tg_op = 'DELETE' then old else new end;
  v_identity jsonb := jsonb_build_object('platform', v_row.platform, 'login', v_row.login, 'server', v_row.server);
begin
  if tg_op <> 'UPDATE' then
    perform private.note(v_row.user_id, case tg_op when 'INSERT' then 'account_added' else 'account_removed' end,
      'account', v_row.id, v_row.label, v_identity);
    return null;
  end if;
  if new.credentials_version <> old.credentials_version then
    perform private.note(v_row.user_id,
      case when current_setting('lockstep.restart', true) = 'yes' then 'account_restarted'
        when current_setting('lockstep.proxy', true) = 'yes' then 'proxy_replaced' else 'password_replaced' end,
      'account', v_row.id, v_row.label, '{}');
  elsif new.operating_mode <> old.operating_mode then
    perform private.note(v_row.user_id, case new.operating_mode when 'running' then 'account_resumed' else 'account_paused' end,
      'account', v_row.id, v_row.label, '{}');
  end if;
  if (new.label, new.role, new.mode) is distinct from (old.label, old.role, old.mode) then
    perform private.note(v_row.user_id, 'account_changed', 'account', v_row.id, v_row.label, jsonb_build_object(
      'label', new.label, 'role', new.role, 'mode', new.mode,
      'was_label', old.label, 'was_role', old.role, 'was_mode', old.mode));
  end if;
  return null;
end $$;
create trigger trading_accounts_note_made after insert or delete on public.trading_accounts
for each row execute function private.note_account();
create trigger trading_accounts_note_changed after update of label, role, operating_mode, credentials_version, mode
on public.trading_accounts for each row
when ((old.label, old.role, old.operating_mode, old.credentials_version, old.mode)
  is distinct from (new.label, new.role, new.operating_mode, new.credentials_version, new.mode))
execute function private.note_account();

create function private.note_copier() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_row public.copiers := case when tg_op = 'DELETE' then old else new end;
  v_label text;
begin
  select string_agg(a.label, ' → ' order by (a.id = v_row.slave_id)) into v_label
  from public.trading_accounts a where a.id in (v_row.master_id, v_row.slave_id);
  perform private.note(v_row.user_id,
    case tg_op when 'INSERT' then 'copier_made' when 'DELETE' then 'copier_removed' else 'copier_changed' end,
    'copier', v_row.id, v_label,
    case tg_op when 'UPDATE' then jsonb_build_object(
        'mode', new.mode, 'was_mode', old.mode, 'settings', new.settings, 'was_settings', old.settings)
      else jsonb_build_object('mode', v_row.mode, 'settings', v_row.settings) end);
  return null;
end $$;
create trigger copiers_note_made after insert or delete on public.copiers
for each row execute function private.note_copier();
create trigger copiers_note_changed after update on public.copiers
for each row when ((old.mode, old.settings) is distinct from (new.mode, new.settings))
execute function private.note_copier();

create function public.activity_page(p_limit int, p_before bigint) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('id', p.id::text) order by p.id desc), '[]') from (
    select a.id, a.at, a.actor, a.action, a.subject_kind, a.subject_id, a.subject_label, a.reason, a.details
    from public.activity a where a.user_id = (select auth.uid()) and (p_before is null or a.id < p_before)
    order by a.id desc limit p_limit) p
$$;
grant execute on function public.activity_page to authenticated;
