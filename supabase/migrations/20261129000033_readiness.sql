-- What keeps accounts and copiers from working, and who must act, before a trade is missed. lockstep_core decides what a terminal's
-- switches allow (Trading). What follows for copiers is decided here, once for lists, figures and alerts.

-- Takes over what a pod's terminal reported. A repeated report changes nothing.
create function private.keep_trading() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update public.trading_accounts a set trading = new.trading where a.id = new.account_id and a.trading <> new.trading;
  return null;
end $$;
create trigger account_live_trading after insert or update of trading on public.account_live
for each row when (new.trading <> 'unknown') execute function private.keep_trading();

-- Another pod may have another password, and so other permissions.
create function private.forget_trading() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.trading := 'unknown';
  return new;
end $$;
create trigger trading_accounts_forget_trading before update of state_epoch on public.trading_accounts
for each row when (old.state_epoch is distinct from new.state_epoch) execute function private.forget_trading();

-- Whether it matters that an account cannot trade. An investor's login is enough for a master.
create function private.must_trade(p_account uuid, p_role text) returns boolean
language sql stable set search_path = ''
return p_role = 'slave' or exists (select from public.copiers c where c.slave_id = p_account);

create function private.alert_trading() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if private.must_trade(new.id, new.role) then
    perform private.alert(new.user_id, 'cannot_trade', 'now', new.id, null, null,
      jsonb_build_object('label', new.label, 'reason', new.trading));
  end if;
  return null;
end $$;
create trigger trading_accounts_trading_alert after update of trading on public.trading_accounts
for each row when (new.trading <> old.trading and starts_with(new.trading, 'trading_off'))
execute function private.alert_trading();

-- What keeps a terminal from working, and whose turn it is: person, broker, service. Null where it is at work.
create function private.terminal_standing(a public.trading_accounts) returns jsonb
language sql immutable set search_path = ''
return case
  when a.operating_mode = 'suspended' then '{"status": "paused", "turn": "person"}'::jsonb
  when a.state = 'ready' then null
  when a.state = 'failed' or a.state_reason = any (public.reasons_user_must_act()) then jsonb_build_object('status', 'failed',
    'turn', case when a.state_reason = any (public.reasons_user_must_act()) then 'person' else 'service' end)
  -- Its terminal cannot be started before whoever runs the service has acted.
  when a.state in ('queued', 'preparing') and a.state_reason = any (private.reasons_service_must_act())
    then '{"status": "failed", "turn": "service"}'
  when a.state = 'disconnected' and coalesce(a.state_reason, private.reason_broker_disconnected())
    = private.reason_broker_disconnected() then '{"status": "disconnected", "turn": "broker"}'
  when a.state = 'disconnected' then '{"status": "disconnected", "turn": "service"}'
  else '{"status": "starting", "turn": "service"}' end || jsonb_build_object('reason', a.state_reason);

-- The same for the switches between programs and the broker. The service itself switches on automated trading and programs.
create function private.trading_standing(p_trading text) returns jsonb
language sql immutable set search_path = ''
return case when starts_with(p_trading, 'trading_off') then jsonb_build_object('status', 'cannot_trade', 'reason', p_trading,
  'turn', case p_trading when 'trading_off_account' then 'person' when 'trading_off_experts' then 'broker' else 'service' end) end;

-- The status of a copier: the first of these that holds. Where a person chose it, nobody has to act.
create function private.copier_standing(
  c public.copiers, m public.trading_accounts, s public.trading_accounts, p_halt jsonb
) returns jsonb
language sql immutable set search_path = ''
return '{"turn": null, "account_id": null, "reason": null}'::jsonb || case
  when 'off' in (c.mode, m.mode, s.mode) then '{"status": "off"}'::jsonb
  when c.refusal is not null then '{"status": "refused", "turn": "person"}'
  when private.terminal_standing(s) is not null then private.terminal_standing(s) || jsonb_build_object('account_id', s.id)
  when private.trading_standing(s.trading) is not null
    then private.trading_standing(s.trading) || jsonb_build_object('account_id', s.id)
  when private.terminal_standing(m) is not null then private.terminal_standing(m) || jsonb_build_object('account_id', m.id)
  when c.removing is not null then '{"status": "removing"}'
  when 'close_only' in (c.mode, m.mode, s.mode) then '{"status": "closing"}'
  when 'dry_run' in (c.mode, m.mode, s.mode) then '{"status": "rehearsing"}'
  when p_halt is not null then p_halt || '{"status": "halted"}'
  else '{"status": "working"}' end;

-- All of the caller's accounts and copiers. `matters`: whether the account is one that must be able to trade.
create function public.readiness() returns jsonb
language sql stable security invoker set search_path = ''
return jsonb_build_object(
  'accounts', (
    select coalesce(jsonb_agg('{"turn": null, "reason": null}'::jsonb
      || coalesce(private.terminal_standing(a), private.trading_standing(a.trading), '{"status": "working"}')
      || jsonb_build_object('account_id', a.id, 'matters', private.must_trade(a.id, a.role)) order by a.created_at, a.id), '[]')
    from public.trading_accounts a where a.user_id = (select auth.uid())),
  'copiers', (
    select coalesce(jsonb_agg(private.copier_standing(c, m, s, (
        -- A guard whose reset was asked for lets go within moments. A locked one stops every copier of its slave, and nobody can
        -- let that go on.
        select jsonb_build_object('reason', g.guard, 'turn', case when coalesce(g.locked_until <= now(), true) then 'person' end)
        from public.copiers k join public.guard_states g on g.copier_id = k.id
        where k.slave_id = c.slave_id and k.user_id = c.user_id and g.tripped
          and (k.id = c.id and g.requested_resets <= g.resets or g.locked_until > now())
        order by g.locked_until > now() desc nulls last, g.guard limit 1))
      || jsonb_build_object('copier_id', c.id) order by c.created_at, c.id), '[]')
    from public.copiers c
    join public.trading_accounts m on m.id = c.master_id
    join public.trading_accounts s on s.id = c.slave_id
    where c.user_id = (select auth.uid()))
);
grant execute on function public.readiness to authenticated;
-- Bodies that are parsed when they are created may name these, though people may not enter `private`.
grant execute on function private.must_trade, private.terminal_standing, private.trading_standing, private.copier_standing,
  private.reason_broker_disconnected
  to authenticated;
