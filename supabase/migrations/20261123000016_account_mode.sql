-- What may be copied from an account and to it; of a copier and both its accounts the strictest counts. `operating_mode`
-- is about the terminal: this is about trades.
alter table public.trading_accounts add column mode text not null default 'on'
  check (mode in ('on', 'close_only', 'off', 'dry_run'));
grant update (mode) on public.trading_accounts to authenticated;

drop trigger trading_accounts_touch on public.trading_accounts;
create trigger trading_accounts_touch before update of label, role, operating_mode, credentials_version, mode
on public.trading_accounts for each row execute function private.touch_updated_at();

create or replace function private.note_account() returns trigger
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
      case when current_setting('lockstep.restart', true) = 'yes' then 'account_restarted' else 'password_replaced' end,
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

drop trigger trading_accounts_note_changed on public.trading_accounts;
create trigger trading_accounts_note_changed after update of label, role, operating_mode, credentials_version, mode
on public.trading_accounts for each row
when ((old.label, old.role, old.operating_mode, old.credentials_version, old.mode)
  is distinct from (new.label, new.role, new.operating_mode, new.credentials_version, new.mode))
execute function private.note_account();
