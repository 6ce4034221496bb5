-- The platforms whose accounts may be added: those for which this installation has a terminal image. The operator writes them.
create table private.offered_platforms (
  platform text primary key check (platform in ('MT4', 'MT5'))
);
alter table private.offered_platforms enable row level security;
grant select, insert, delete on private.offered_platforms to lockstep_operator;
create policy "the operator says what it has terminals for" on private.offered_platforms to lockstep_operator
  using (true) with check (true);

-- Refuses an account that no terminal could serve, whether it comes through the API or beside it.
create function private.check_platform(p_platform text) returns void
language plpgsql stable set search_path = '' as $$
begin
  if not exists (select from private.offered_platforms o where o.platform = p_platform) then
    perform private.refuse(422, 'platform_not_offered', jsonb_build_object('platform', p_platform));
  end if;
end $$;

-- The environments whose accounts may be added: those with a router that was seen within a day. Before any router has announced
-- itself, both.
create function private.offered_environments() returns text[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(e order by e), '{}') from unnest(array['demo', 'live']) e
  where not exists (select from private.shards)
    or exists (select from private.shards s where s.environment = e and s.seen_at > now() - interval '1 day')
$$;

-- Refuses an account that no router would serve: its terminal would never be started.
create function private.check_environment(p_environment text) returns void
language plpgsql stable set search_path = '' as $$
begin
  if p_environment is null or p_environment <> all (private.offered_environments()) then
    perform private.refuse(422, 'environment_not_offered', jsonb_build_object('environment', p_environment));
  end if;
end $$;

-- What a form may offer.
create function public.offered_environments() returns text[]
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require(false, false);
  return private.offered_environments();
end $$;
grant execute on function public.offered_environments to authenticated;
