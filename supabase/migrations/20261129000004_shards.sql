-- Which routers there are. A router serves the accounts of one shard and no others. It writes the row of its shard when it starts,
-- and renews `seen_at` at least once a minute. Where it listens and which key it has is not here: terminals learn that from the
-- keyring, which knows it from the deployment, so that no row of a database leads a terminal anywhere.
create table private.shards (
  -- Also the value of `spec.shard` of a CopierAccount, which takes no other characters, and the end of the name of a role.
  name text primary key check (char_length(name) <= 40 and name ~ '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'),
  environment text not null check (environment in ('demo', 'live')),
  seen_at timestamptz not null default now(),
  -- The run of the router that wrote last. Records that an earlier run left behind change no rows.
  run bigint,
  -- How many accounts the router may have; null: not known. New accounts go where there is room. One that is there stays.
  capacity int check (capacity > 0),
  -- The name tells the environment, so that a check of the account's row alone keeps demo and live apart.
  constraint shards_name_fits_environment check (name like environment || '-%')
);

-- The shard whose router logs in as the role of that name; null for every other role.
create function private.shard_of_role(p_role text) returns text
language sql immutable set search_path = '' as $$
  select case when starts_with(p_role, 'lockstep_router_') then substr(p_role, 17) end
$$;

-- The shard of the router that is asking. Every policy for routers compares with it.
create function private.own_shard() returns text
language sql stable set search_path = '' as $$ select private.shard_of_role(current_user::text) $$;
grant execute on function private.shard_of_role, private.own_shard to lockstep_router;

-- Makes the role that the router of a shard logs in as, and returns its name. Repeatable. For the deployment alone, which sets the
-- password afterwards.
create function private.add_router(p_shard text) returns text
language plpgsql set search_path = '' as $$
declare
  v_role text := 'lockstep_router_' || p_shard;
begin
  if p_shard !~ '^(demo|live)-' or p_shard !~ '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' or char_length(p_shard) > 40 then
    raise exception using errcode = 'check_violation', message = 'shard_name_malformed';
  end if;
  if not exists (select from pg_catalog.pg_roles r where r.rolname = v_role) then
    execute format('create role %I login in role lockstep_router', v_role);
  end if;
  return v_role;
end $$;

alter table private.shards enable row level security;
grant select, insert, update on private.shards to lockstep_router;
grant select on private.shards to lockstep_operator;
create policy "the operator reads" on private.shards for select to lockstep_operator using (true);
create policy "a router reads its own" on private.shards for select to lockstep_router
  using (name = (select private.own_shard()));
create policy "a router adds its own" on private.shards for insert to lockstep_router
  with check (name = (select private.own_shard()));
create policy "a router changes its own" on private.shards for update to lockstep_router
  using (name = (select private.own_shard())) with check (name = (select private.own_shard()));
