-- A person's saved sets of rules, from which the website fills the form of a new copier. Nothing links a copier to a template.
create table public.templates (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  name text not null check (char_length(name) between 1 and 64 and name !~ '[[:cntrl:]]' and name = btrim(name)),
  settings jsonb not null check (
    jsonb_typeof(settings) = 'object' and jsonb_typeof(settings #> '{sizing,mode}') is not distinct from 'string'
    and octet_length(settings::text) <= 16384
    -- What reads settings must never have to follow them deeper than the rules of copiers go.
    and not jsonb_path_exists(settings, 'strict $.**{9 to last}')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint templates_one_per_name unique (user_id, name)
);
comment on table public.templates is 'A set of rules that a person has saved under a name.';

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

create trigger templates_touch before update on public.templates
for each row when (old.* is distinct from new.*) execute function private.touch_updated_at();

create function private.limit_templates() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_most int := private.most(new.user_id, 'templates');
begin
  perform pg_advisory_xact_lock(hashtextextended(new.user_id::text, 9));
  if (select count(*) from public.templates t where t.user_id = new.user_id) >= v_most then
    perform private.refuse(409, 'template_limit_reached', jsonb_build_object('most', v_most));
  end if;
  return new;
end $$;
create trigger templates_limit before insert on public.templates
for each row execute function private.limit_templates();
