-- Which shard a new account is put on, and what holds for shards whoever writes.
begin;
\ir helpers.psql
select plan(26);
select tests.people();

create function tests.router(p_name text, p_environment text default 'demo', p_seen timestamptz default now()) returns void
language sql as $$
  insert into private.shards (name, environment, seen_at) values (p_name, p_environment, p_seen)
  on conflict (name) do update set seen_at = excluded.seen_at
$$;
create function tests.shard(p_n int) returns text language sql as $$
  select shard from public.trading_accounts where id = tests.account(p_n)
$$;
create function tests.stranger(p_n int) returns uuid language sql as $$
  insert into auth.users (id, email, aud, role)
  values (('eeeeeeee-0000-4000-8000-' || lpad(p_n::text, 12, '0'))::uuid, p_n || '@example.test', 'authenticated', 'authenticated')
  returning id
$$;

-- What a further account of Alice's is refused with.
create function tests.refusal(p_n int) returns text language plpgsql as $$
declare
  v_detail text;
begin
  perform tests.own_account(p_n, tests.alice(), 'both');
  return 'none';
exception when others then
  get stacked diagnostics v_detail = pg_exception_detail;
  return sqlerrm || ' ' || v_detail;
end $$;

select tests.own_account(1, tests.alice(), 'both');
select tests.own_account(2, tests.alice(), 'both', 'live');
select is(tests.shard(1), 'demo-1', 'before any router has announced itself, a demo account is on the first demo shard');
select is(tests.shard(2), 'live-1', 'and a live account on the first live shard');

select tests.router('demo-1'), tests.router('demo-2'), tests.router('live-2', 'live');
select tests.own_account(3, tests.alice(), 'both');
select is(tests.shard(3), 'demo-1', 'further accounts of a person are on the shard of the first');
select tests.own_account(4, tests.alice(), 'both', 'live');
select is(tests.shard(4), 'live-1', 'even if its router has not announced itself');
select tests.own_account(5, tests.bob(), 'both');
select is(tests.shard(5), 'demo-2', 'another person is put where the fewest accounts are');
select tests.own_account(6, tests.stranger(6), 'both');
select is(tests.shard(6), 'demo-2', 'and the next one, too');
select tests.own_account(7, tests.stranger(7), 'both');
select is(tests.shard(7), 'demo-1', 'of shards with as many accounts the first by name is taken');
select tests.own_account(8, tests.stranger(8), 'both', 'live');
select is(tests.shard(8), 'live-2', 'a live account is on a live shard');

select tests.router('demo-2', 'demo', now() - interval '1 hour');
select tests.own_account(9, tests.stranger(9), 'both');
select is(tests.shard(9), 'demo-1', 'a router that is away gets no new people');
select tests.router('demo-1', 'demo', now() - interval '1 hour');
select tests.own_account(10, tests.stranger(10), 'both');
select is(tests.shard(10), 'demo-2', 'unless all are away');

select tests.become('authenticated', tests.bob());
select is((public.register_account(tests.account(20), 'mine', 'MT5', 'demo', 20, 'Broker-Demo', 'slave', '0123456789abcdef',
  tests.sealed())).shard, 'demo-2', 'registering an account chooses its shard');
select throws_ok($$update public.trading_accounts set shard = 'demo-1'$$, '42501', null, 'people do not choose a shard');
select tests.become('lockstep_router_demo-1');
select throws_ok($$update public.trading_accounts set shard = 'demo-1'$$, '42501', null, 'routers do not, either');
select tests.become('postgres');

select throws_ok($$update public.trading_accounts set shard = 'live-1' where user_id = tests.alice()$$, '23514', null,
  'a demo account is on no live shard');
select throws_ok($$update public.trading_accounts set shard = null where id = tests.account(1)$$, '23502', null,
  'an account is on some shard');
select throws_ok($$select tests.router('live-3', 'demo')$$, '23514', null, 'a demo router has a demo name');
select throws_ok($$select tests.router('Demo 1')$$, '23514', null, 'a name fits into the cluster');
select throws_ok($$update public.trading_accounts set moving_to = 'live-1', move = 1 where id = tests.account(1)$$, '23514', null,
  'nor is it on its way to one');

-- How many accounts a shard may have is what its router says.
update private.shards set seen_at = now(), capacity = private.accounts_of(name) + 1 where environment = 'demo';
select tests.own_account(30, tests.alice(), 'both');
select is(tests.shard(30), 'demo-1', 'the last place of a shard is taken');
select is(tests.outcome('authenticated', tests.bob(), $$select public.register_account(tests.account(30), 'mine', 'MT5', 'demo', 30,
  'Broker-Demo', 'slave', '0123456789abcdef', tests.sealed())$$), 'PT409', 'an id that is in use is refused as ever');
select tests.own_account(31, tests.alice(), 'both');
select is(tests.shard(31), 'demo-2', 'a person whose shard is full gets further accounts on another');
select is(tests.refusal(32), 'shards_full {"environment": "demo"}', 'where all are full, an account is refused with the environment');
select lives_ok($$select tests.own_account(33, tests.alice(), 'both', 'live')$$, 'the other environment has room');
select tests.become('authenticated', tests.alice());
select is((public.register_account(tests.account(40), 'mine', 'MT5', 'live', 40, 'Broker-Demo', 'slave', '0123456789abcdef',
  tests.sealed())).id, tests.account(40), 'there people register');
select tests.become('postgres');
update private.shards set capacity = 1 where name = 'live-1' or name = 'live-2';
insert into private.shards (name, environment, capacity) values ('live-1', 'live', 1) on conflict (name) do update set capacity = 1;
select tests.become('authenticated', tests.alice());
select is((public.register_account(tests.account(40), 'mine', 'MT5', 'live', 40, 'Broker-Demo', 'slave', '0123456789abcdef',
  tests.sealed())).id, tests.account(40), 'a repeated request is answered, although all are full by now');
select tests.become('postgres');
delete from public.trading_accounts where id = tests.account(30);
select tests.own_account(34, tests.stranger(34), 'both');
select is(tests.shard(34), 'demo-1', 'a place that is given up is taken again');
select * from finish();
rollback;
