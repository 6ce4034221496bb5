-- Support shuts a person out of the website and the API, and lets them in again. Their terminals go on as they are: whether
-- copying shall stop is said for each account.
create function public.staff_act_on_user(p_user uuid, p_action text, p_reason text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_staff uuid := private.require_staff();
  v_email text;
  v_changed bigint;
begin
  if char_length(btrim(coalesce(p_reason, ''))) < 3 or char_length(p_reason) > 500 then
    perform private.refuse(422, 'reason_missing', 'Say why: it is written down.');
  end if;
  select coalesce(u.email, u.id::text) into v_email from auth.users u where u.id = p_user for update;
  if not found then
    perform private.refuse(404, 'user_not_found', 'There is no such person.');
  end if;
  if p_user = v_staff or exists (select from private.staff s where s.user_id = p_user) then
    perform private.refuse(409, 'is_staff', 'People of support are not suspended here.');
  end if;
  case p_action
    when 'suspend' then
      insert into private.suspended_users (user_id, reason) values (p_user, btrim(p_reason)) on conflict do nothing;
    when 'resume' then
      delete from private.suspended_users s where s.user_id = p_user;
    else perform private.refuse(422, 'no_such_action', 'There are suspend and resume.');
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

revoke execute on function public.staff_act_on_user from public, anon;
grant execute on function public.staff_act_on_user to authenticated;
