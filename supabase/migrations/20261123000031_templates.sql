-- A person's own sets of rules, to begin further copiers with. A copier keeps nothing of the template it began with.
create table public.templates (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 64 and name !~ '[[:cntrl:]]' and name = btrim(name)),
  settings jsonb not null check (
    jsonb_typeof(settings) = 'object' and jsonb_typeof(settings #> '{sizing,mode}') is not distinct from 'string'
    and octet_length(settings::text) <= 16384),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint templates_one_per_name unique (user_id, name)
);
comment on table public.templates is 'A set of rules that a person has saved under a name.';

create function private.touch_template() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;
create trigger templates_touch before update on public.templates
for each row when (old.* is distinct from new.*) execute function private.touch_template();

alter table private.limits drop constraint limits_what_check;
alter table private.limits add constraint limits_what_check check (what in ('accounts', 'copiers', 'templates'));
insert into private.limits (what, most) values ('templates', 50);

create function private.limit_templates() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_most int := private.most(new.user_id, 'templates');
begin
  perform pg_advisory_xact_lock(hashtextextended(new.user_id::text, 9));
  if (select count(*) from public.templates t where t.user_id = new.user_id) >= v_most then
    perform private.refuse(409, 'template_limit_reached',
      format('You may have %s templates and no more. Delete one that you do not need.', v_most));
  end if;
  return new;
end $$;
create trigger templates_limit before insert on public.templates
for each row execute function private.limit_templates();

alter table public.templates enable row level security;
grant select, delete, insert (name, settings), update (name, settings) on public.templates to authenticated;

create policy "own templates are read" on public.templates for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own templates are made" on public.templates for insert to authenticated
  with check ((select auth.uid()) = user_id);
create policy "own templates are changed" on public.templates for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy "own templates are deleted" on public.templates for delete to authenticated
  using ((select auth.uid()) = user_id);
create policy "second factor" on public.templates as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "second factor to make" on public.templates as restrictive for insert to authenticated
  with check ((select private.may_write()));
create policy "second factor to change" on public.templates as restrictive for update to authenticated
  using ((select private.may_write()));
create policy "second factor to delete" on public.templates as restrictive for delete to authenticated
  using ((select private.may_write()));

-- They leave with the person.
create or replace function public.export_me() returns jsonb
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
