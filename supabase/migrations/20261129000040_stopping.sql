-- One call that stops many copiers.

-- `close_only`: copiers that are on open nothing more. `close_all`: the copies of all of them are closed, too. Concerns the copiers
-- of these accounts, at either end, and these copiers; all of the caller's where both are null. A copier that rehearses or is off
-- opens nothing and keeps its mode.
create function public.stop_copying(p_what text, p_accounts uuid[], p_copiers uuid[]) returns jsonb
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
  elsif exists (select from unnest(p_accounts) n (id) where not exists (
      select from public.trading_accounts a where a.id = n.id and a.user_id = v_user)) then
    perform private.refuse(404, 'account_not_found');
  elsif exists (select from unnest(p_copiers) n (id) where not exists (
      select from public.copiers c where c.id = n.id and c.user_id = v_user)) then
    perform private.refuse(404, 'copier_not_found');
  end if;
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
grant execute on function public.stop_copying to authenticated;
