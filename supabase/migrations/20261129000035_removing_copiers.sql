-- A copier that is removed leaves its copies open, or has them closed first: at once, or when their masters close.
create function private.has_open_copies(p_copier uuid) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from public.copies c where c.copier_id = p_copier and c.status in ('sent', 'open', 'unresolved'))
$$;

-- Removes a copier, or returns it where it stays until its copies are closed. `p_copies`: leave, close, follow.
create function public.remove_copier(p_copier uuid, p_copies text) returns setof public.copiers
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_request public.manual_requests;
begin
  perform from public.copiers c where c.id = p_copier and c.user_id = v_user for update;
  if not found then
    perform private.refuse(404, 'copier_not_found');
  end if;
  if p_copies = 'leave' or not private.has_open_copies(p_copier) then
    delete from public.copiers c where c.id = p_copier;
    return;
  end if;
  if p_copies = 'close' then
    v_request := private.ask(v_user, p_copier, null, 'flatten');
    -- A market may be closed over a long weekend.
    update public.manual_requests r set expires_at = now() + interval '7 days' where r.id = v_request.id;
  end if;
  return query update public.copiers c set removing = p_copies, mode = 'close_only' where c.id = p_copier returning c.*;
end $$;
grant execute on function public.remove_copier to authenticated;

-- Setting a mode cancels a removal.
create function private.keep_copier() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.removing := null;
  return new;
end $$;
create trigger copiers_keep before update of mode on public.copiers
for each row when (old.removing is not null and new.mode <> old.mode) execute function private.keep_copier();

-- The last copy is closed. Where a request closes them, an order may be on its way whose row is not written yet: the router's
-- answer comes when none is left.
create function private.end_removal() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.copiers c
  where c.id = new.copier_id and c.removing is not null and not private.has_open_copies(c.id)
    -- A guard's lock would be removed with the copier.
    and not private.holds_lock(c.id)
    and (c.removing = 'follow' or not exists (
      select from public.manual_requests r where r.copier_id = c.id and r.kind = 'flatten' and r.state = 'pending'));
  return null;
end $$;
create trigger copies_end_removal after update of status on public.copies
for each row when (old.status in ('sent', 'open', 'unresolved') and new.status not in ('sent', 'open', 'unresolved'))
execute function private.end_removal();
create trigger manual_requests_end_removal after update of state on public.manual_requests
for each row when (new.state = 'done' and new.kind = 'flatten') execute function private.end_removal();
create trigger guard_states_end_removal after update of tripped on public.guard_states
for each row when (old.tripped and not new.tripped) execute function private.end_removal();
