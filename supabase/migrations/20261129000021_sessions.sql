-- The sessions in which a person is signed in. Supabase keeps them in `auth.sessions`.
create function public.my_sessions() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := private.require(false, true);
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'created_at', s.created_at,
      'last_seen_at', coalesce(s.updated_at, s.created_at), 'user_agent', s.user_agent, 'ip', host(s.ip),
      'current', s.id::text = auth.jwt() ->> 'session_id') order by s.created_at desc), '[]')
    from auth.sessions s where s.user_id = v_user);
end $$;

-- Ends a session. `caller_problem` refuses its access token at once, not only at the next refresh.
create function public.end_session(p_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.require(true, true);
begin
  delete from auth.sessions s where s.id = p_id and s.user_id = v_user;
  if found then
    perform private.note(v_user, 'session_ended', 'security', p_id, null, '{}');
    return true;
  end if;
  return false;
end $$;
grant execute on function public.my_sessions, public.end_session to authenticated;
