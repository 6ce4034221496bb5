-- The platforms of which accounts may be added: those for which this installation has a terminal. Whoever makes the pods says so.
create table private.offered_platforms (
  platform text primary key check (platform in ('MT4', 'MT5'))
);
alter table private.offered_platforms enable row level security;
grant select, insert, delete on private.offered_platforms to lockstep_operator;
create policy "the operator says what it has terminals for" on private.offered_platforms to lockstep_operator
  using (true) with check (true);

-- Refuses an account that no terminal could serve, through whatever door it comes.
create function private.check_platform(p_platform text) returns void
language plpgsql stable set search_path = '' as $$
begin
  if not exists (select from private.offered_platforms o where o.platform = p_platform) then
    perform private.refuse(422, 'platform_not_offered', jsonb_build_object('platform', p_platform));
  end if;
end $$;
