-- Where each router listens and which key it is known by. A router writes the row of its own shard when it starts.
create table private.shards (
  name text primary key check (char_length(name) between 1 and 64),
  environment text not null check (environment in ('demo', 'live')),
  trades_endpoint text not null,
  ticks_endpoint text not null,
  curve_public_key text not null check (char_length(curve_public_key) = 40),
  seen_at timestamptz not null default now()
);
alter table private.shards enable row level security;
grant select, insert, update on private.shards to lockstep_router;
grant select on private.shards to lockstep_operator;
create policy "the operator reads" on private.shards for select to lockstep_operator using (true);
create policy "the router reads" on private.shards for select to lockstep_router using (true);
create policy "the router adds" on private.shards for insert to lockstep_router with check (true);
create policy "the router changes" on private.shards for update to lockstep_router using (true) with check (true);
