-- Who changed what. Written by triggers, so that no way of writing is left out.
create table public.activity (
  id bigint generated always as identity primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  at timestamptz not null default now(),
  actor text not null check (actor in ('you', 'support', 'system')),
  -- Who of support; for the audit, not for the person.
  actor_id uuid,
  action text not null check (char_length(action) between 1 and 64),
  subject_kind text not null check (subject_kind in ('account', 'copier', 'security', 'user')),
  subject_id uuid,
  subject_label text,
  reason text,
  details jsonb not null default '{}'
);
create index activity_user_idx on public.activity (user_id, id desc);

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
      -- The API acts for the person whom Supabase has named to it.
      when auth.uid() = p_user or session_user = 'lockstep_api' then 'you' else 'system' end,
    auth.uid(), p_action, p_kind, p_id, p_label, v_support, p_details
  where exists (select from auth.users u where u.id = p_user);
end $$;

create function private.note_account() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_row public.trading_accounts := case when tg_op = 'DELETE' then old else new end;
  v_details jsonb := '{}';
begin
  if tg_op = 'INSERT' then
    perform private.note(v_row.user_id, 'account_added', 'account', v_row.id, v_row.label,
      jsonb_build_object('platform', v_row.platform, 'login', v_row.login, 'server', v_row.server));
  elsif tg_op = 'DELETE' then
    perform private.note(v_row.user_id, 'account_removed', 'account', v_row.id, v_row.label,
      jsonb_build_object('platform', v_row.platform, 'login', v_row.login, 'server', v_row.server));
  elsif new.credentials_version <> old.credentials_version then
    perform private.note(v_row.user_id,
      case when current_setting('lockstep.restart', true) = 'yes' then 'account_restarted' else 'password_replaced' end,
      'account', v_row.id, v_row.label, '{}');
  elsif new.operating_mode <> old.operating_mode then
    perform private.note(v_row.user_id, case new.operating_mode when 'running' then 'account_resumed' else 'account_paused' end,
      'account', v_row.id, v_row.label, '{}');
  else
    v_details := jsonb_build_object('label', new.label, 'role', new.role, 'was_label', old.label, 'was_role', old.role);
    perform private.note(v_row.user_id, 'account_changed', 'account', v_row.id, v_row.label, v_details);
  end if;
  return null;
end $$;
create trigger trading_accounts_note_made after insert or delete on public.trading_accounts
for each row execute function private.note_account();
create trigger trading_accounts_note_changed after update of label, role, operating_mode, credentials_version
on public.trading_accounts for each row
when ((old.label, old.role, old.operating_mode, old.credentials_version)
  is distinct from (new.label, new.role, new.operating_mode, new.credentials_version))
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

alter table public.activity enable row level security;
-- Not `actor_id`: people of support are not named to others.
grant select (id, user_id, at, actor, action, subject_kind, subject_id, subject_label, reason, details)
  on public.activity to authenticated;
create policy "own activity is read" on public.activity for select to authenticated using ((select auth.uid()) = user_id);
create policy "second factor" on public.activity as restrictive for select to authenticated
  using ((select private.caller_ok()));
