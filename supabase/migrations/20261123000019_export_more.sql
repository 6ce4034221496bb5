-- What a person takes along: guards, requests, accounts as they are and how their equity went, too. Of equity one sample an hour.
create or replace function public.export_me() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := private.require(false, true);
begin
  return jsonb_build_object(
    'person', (select jsonb_build_object('id', u.id, 'email', u.email, 'created_at', u.created_at) from auth.users u where u.id = v_user),
    'accounts', (select coalesce(jsonb_agg(to_jsonb(a) order by a.created_at), '[]') from public.trading_accounts a where a.user_id = v_user),
    'copiers', (select coalesce(jsonb_agg(to_jsonb(c) order by c.created_at), '[]') from public.copiers c where c.user_id = v_user),
    'guards', (select coalesce(jsonb_agg(to_jsonb(g) order by g.copier_id, g.guard), '[]') from public.guard_states g where g.user_id = v_user),
    'requests', (
      select coalesce(jsonb_agg(to_jsonb(r) || jsonb_build_object('link_id', r.link_id::text) order by r.created_at), '[]')
      from public.sync_requests r where r.user_id = v_user),
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
create index account_equity_user_idx on public.account_equity (user_id);
