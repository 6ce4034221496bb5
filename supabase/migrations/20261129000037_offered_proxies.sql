-- The service's proxies that an account may use. People choose one by its name and see nothing else of it. The operator writes the
-- names.
create table private.offered_proxies (
  name text primary key check (name ~ '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$')
);
alter table private.offered_proxies enable row level security;
grant select, insert, delete on private.offered_proxies to lockstep_operator;
create policy "the operator says what is offered" on private.offered_proxies to lockstep_operator
  using (true) with check (true);

-- Refuses a proxy that is not offered. An account keeps a proxy that is no longer offered: its terminal waits, and never connects
-- without it.
create function private.check_offered_proxy(p_name text) returns void
language plpgsql stable set search_path = '' as $$
begin
  if not exists (select from private.offered_proxies o where o.name = p_name) then
    perform private.refuse(422, 'proxy_not_offered');
  end if;
end $$;

-- What a form may offer.
create function public.offered_proxies() returns text[]
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require(false, false);
  return (select coalesce(array_agg(o.name order by o.name), '{}') from private.offered_proxies o);
end $$;
grant execute on function public.offered_proxies to authenticated;
