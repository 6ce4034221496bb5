-- Where each router listens and which key it is known by. A router serves the accounts of one shard and no others. It writes the
-- row of its shard when it starts, and renews `seen_at` at least once a minute.
create table private.shards (
  -- Also the value of `spec.shard` of a CopierAccount, which takes no other characters.
  name text primary key check (char_length(name) <= 63 and name ~ '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'),
  environment text not null check (environment in ('demo', 'live')),
  trades_endpoint text not null,
  ticks_endpoint text not null,
  curve_public_key text not null check (char_length(curve_public_key) = 40),
  seen_at timestamptz not null default now(),
  -- The name tells the environment, so that a check of the account's row alone keeps demo and live apart.
  constraint shards_name_fits_environment check (name like environment || '-%')
);
alter table private.shards enable row level security;
grant select, insert, update on private.shards to lockstep_router;
grant select on private.shards to lockstep_operator;
create policy "the operator reads" on private.shards for select to lockstep_operator using (true);
create policy "the router reads" on private.shards for select to lockstep_router using (true);
create policy "the router adds" on private.shards for insert to lockstep_router with check (true);
create policy "the router changes" on private.shards for update to lockstep_router using (true) with check (true);
