-- Functions ask the one list for the reasons that an account's owner must end, in place of lists of their own.
create or replace function private.alert_state() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_data jsonb := jsonb_build_object('label', new.label, 'state', new.state, 'reason', new.state_reason);
begin
  if new.operating_mode = 'suspended' then
    return null;
  elsif new.state = 'failed' or new.state_reason = any (public.reasons_user_must_act()) then
    perform private.alert(new.user_id, 'needs_you', 'now', new.label || ' cannot connect',
      coalesce(new.state_message, 'Its terminal cannot work.') || ' Open trades stay open and are not followed meanwhile.',
      new.id, null, null, v_data);
  elsif new.state = 'disconnected' or (new.state = 'stopped' and old.state in ('connected', 'ready')) then
    perform private.alert(new.user_id, 'disconnected', 'soon', new.label || ' is disconnected',
      'Open trades stay open. Copying goes on as soon as it is connected again.', new.id, null, null, v_data);
  end if;
  return null;
end $$;

create or replace function public.dashboard(p_day_start timestamptz) returns jsonb
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_custom_plan' as $$
begin
  return jsonb_build_object(
    'accounts', (
      select jsonb_build_object('total', count(*),
        'connected', count(*) filter (where a.state in ('connected', 'ready') and a.operating_mode = 'running'),
        'paused', count(*) filter (where a.operating_mode = 'suspended'),
        'needs_you', count(*) filter (where a.operating_mode = 'running' and (a.state = 'failed'
          or a.state_reason = any (public.reasons_user_must_act()))))
      from public.trading_accounts a where a.user_id = (select auth.uid())),
    'copiers', (
      select jsonb_build_object('total', count(*), 'on', count(*) filter (where c.mode = 'on'),
        'close_only', count(*) filter (where c.mode = 'close_only'), 'off', count(*) filter (where c.mode = 'off'),
        'dry_run', count(*) filter (where c.mode = 'dry_run'))
      from public.copiers c where c.user_id = (select auth.uid())),
    'copies_today', (
      select jsonb_build_object('copied', count(*) filter (where c.status in ('open', 'closed', 'released', 'sent')),
        'skipped', count(*) filter (where c.status = 'skipped'), 'rejected', count(*) filter (where c.status = 'rejected'),
        'unresolved', count(*) filter (where c.status = 'unresolved'))
      from public.copies c where c.user_id = (select auth.uid()) and c.updated_at >= p_day_start),
    'open_copies', (public.copies_page('{"status": ["open", "sent", "unresolved"]}', 20, null, null, false)) -> 'items',
    'recent', (public.copies_page('{}', 10, null, null, false)) -> 'items',
    'alerts_unread', (select count(*) from public.alerts a where a.user_id = (select auth.uid()) and a.read_at is null))
  || public.copy_quality(now() - interval '30 days', now() + interval '1 day', null, null, 1000)
  || (select jsonb_build_object('out_of_sync', d -> 'items', 'out_of_sync_total', d -> 'total')
      from public.sync_differences(10) d);
end $$;
