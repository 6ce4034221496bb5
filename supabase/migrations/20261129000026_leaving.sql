-- Leaving the service: the export of a person's data, and the deletion of the person.

-- Everything but the history, which is read page by page, and never a password, sealed or not. Of equity one sample an hour.
create function public.export_me() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := private.require(false, true);
begin
  return jsonb_build_object(
    'person', (select jsonb_build_object('id', u.id, 'email', u.email, 'created_at', u.created_at) from auth.users u where u.id = v_user),
    'accounts', (select coalesce(jsonb_agg(to_jsonb(a) order by a.created_at), '[]') from public.trading_accounts a where a.user_id = v_user),
    'copiers', (select coalesce(jsonb_agg(to_jsonb(c) order by c.created_at), '[]') from public.copiers c where c.user_id = v_user),
    'templates', (select coalesce(jsonb_agg(to_jsonb(t) order by t.created_at), '[]') from public.templates t where t.user_id = v_user),
    'guards', (select coalesce(jsonb_agg(to_jsonb(g) order by g.copier_id, g.guard), '[]') from public.guard_states g where g.user_id = v_user),
    'requests', (
      select coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object('link_id', r.link_id::text) order by r.created_at), '[]')
      from public.manual_requests r where r.user_id = v_user),
    'live', (select coalesce(jsonb_agg(to_jsonb(l) order by l.account_id), '[]') from public.account_live l where l.user_id = v_user),
    'equity', (
      select coalesce(jsonb_agg(jsonb_build_object('account_id', e.account_id, 'at', e.at, 'balance', e.balance, 'equity', e.equity)
        order by e.account_id, e.at), '[]')
      from (
        select distinct on (s.account_id, date_trunc('hour', s.at)) s.* from public.account_equity s
        where s.user_id = v_user order by s.account_id, date_trunc('hour', s.at), s.at) e),
    'alerts', (select coalesce(jsonb_agg(to_jsonb(a) order by a.created_at), '[]') from public.alerts a where a.user_id = v_user),
    'activity', (select coalesce(jsonb_agg(to_jsonb(a) - 'actor_id' order by a.id), '[]') from public.activity a where a.user_id = v_user));
end $$;

-- Who has a second factor has entered a code for this, minutes ago: a session that was left open deletes nobody.
create function public.delete_me(p_email text) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.require(true, true);
begin
  if lower(p_email) is distinct from (select lower(u.email) from auth.users u where u.id = v_user) then
    perform private.refuse(422, 'email_differs');
  end if;
  perform private.use_permission(v_user, 'deletion');
  delete from auth.users u where u.id = v_user;
  return true;
end $$;
grant execute on function public.export_me, public.delete_me to authenticated;

-- The sums of a deleted person go first (triggers run in the order of their names): deleting copies then finds no sums to
-- subtract each copy from.
create function private.forget_sums() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.copy_sums where user_id = old.id;
  delete from public.positions_left where user_id = old.id;
  return null;
end $$;
create trigger forget_0_sums_of_deleted_user after delete on auth.users
for each row execute function private.forget_sums();

-- Tables of history have no foreign key to the person, see `copies`.
create function private.forget_user() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.copies where user_id = old.id;
  delete from public.trade_events where user_id = old.id;
  delete from public.deals where user_id = old.id;
  delete from public.deal_money where user_id = old.id;
  delete from public.money_operations where user_id = old.id;
  return null;
end $$;
create trigger forget_history_of_deleted_user after delete on auth.users
for each row execute function private.forget_user();
