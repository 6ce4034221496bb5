-- Accounts that copiers join come to one shard, and no two routers ever serve one account.
begin;
\ir helpers.psql
select plan(35);
select tests.people();
insert into private.shards (name, environment, capacity) values ('demo-1', 'demo', 100), ('demo-2', 'demo', 100), ('live-1', 'live', 100);
do $$ begin perform private.add_router('demo-3'); end $$;

-- Where an account is, and where it goes.
create function tests.place(p_n int) returns text language sql as $$
  select concat_ws(' -> ', shard, moving_to) from public.trading_accounts where id = tests.account(p_n)
$$;
create function tests.places(variadic p_n int[]) returns text language sql as $$
  select string_agg(tests.place(n), ', ' order by n) from unnest(p_n) n
$$;
create function tests.put(p_n int, p_shard text) returns void language sql as $$
  insert into public.trading_accounts (id, user_id, label, platform, environment, shard, login, server, role)
  values (tests.account(p_n), tests.alice(), 'account ' || p_n, 'MT5', 'demo', p_shard, 1000 + p_n, 'Broker-Demo', 'both');
$$;
create function tests.link(p_master int, p_slave int) returns void language sql as $$
  select tests.own_copier(1000 * p_master + p_slave, tests.alice(), p_master, p_slave);
$$;
create function tests.refused(p_master int, p_slave int) returns text language plpgsql as $$
declare
  v_detail text;
begin
  perform tests.link(p_master, p_slave);
  return 'none';
exception when others then
  get stacked diagnostics v_detail = pg_exception_detail;
  return sqlerrm || ' ' || v_detail;
end $$;
-- The router of a shard lets go of an account by the move that it was told of.
create function tests.release(p_n int, p_shard text, p_move bigint default null) returns void language plpgsql as $$
begin
  perform tests.become('lockstep_router_' || p_shard);
  perform private.release_account(tests.account(p_n), coalesce(p_move, (select move from public.trading_accounts where id = tests.account(p_n))));
  perform tests.become('postgres');
end $$;
-- Which of the accounts the router of a shard reads.
create function tests.reads(p_shard text) returns text language plpgsql as $$
declare
  v_read text;
begin
  perform tests.become('lockstep_router_' || p_shard);
  select string_agg((login - 1000)::text, ' ' order by login) into v_read from public.trading_accounts;
  perform tests.become('postgres');
  return coalesce(v_read, '');
end $$;
grant execute on all functions in schema tests to public;

select tests.put(n, 'demo-1') from generate_series(1, 3) n;
select tests.put(n, 'demo-2') from generate_series(4, 5) n;

-- A link inside a shard moves nothing.
select tests.link(1, 2);
select is(tests.places(1, 2, 3, 4, 5), 'demo-1, demo-1, demo-1, demo-2, demo-2', 'a copier within a shard moves nothing');

-- Groups are what copiers join, whatever their modes and directions.
select tests.link(4, 5);
update public.copiers set mode = 'off' where id = tests.copier(4005);
select is((select string_agg((right(id::text, 3)::int)::text, ' ' order by id) from private.group_of(tests.account(5)) id), '4 5', 'a slave is joined with its master');
select is((select string_agg((right(id::text, 3)::int)::text, ' ' order by id) from private.group_of(tests.account(3)) id), '3', 'an account without copiers is alone');
select tests.link(2, 3);
select is((select string_agg((right(id::text, 3)::int)::text, ' ' order by id) from private.group_of(tests.account(3)) id), '1 2 3', 'a chain is one group');

-- A link between shards moves the smaller group, and all of it.
select tests.link(1, 4);
select is(tests.places(1, 2, 3, 4, 5), 'demo-1, demo-1, demo-1, demo-2 -> demo-1, demo-2 -> demo-1', 'the smaller group is on its way to the larger one');
select isnt((select move from public.trading_accounts where id = tests.account(4)), null, 'a move has a number');

-- Until its router has let go of an account, nobody else reads it.
select is(tests.reads('demo-1'), '1 2 3', 'the router that gets an account does not read it yet');
select is(tests.reads('demo-2'), '4 5', 'the one that gives it does');
select tests.release(4, 'demo-1');
select is(tests.place(4), 'demo-2 -> demo-1', 'nobody lets go of what is another''s');
select tests.release(4, 'demo-2', 0);
select is(tests.place(4), 'demo-2 -> demo-1', 'a move that is over, or was never, releases nothing');
select tests.release(4, 'demo-2');
select is(tests.place(4), 'demo-1', 'an account that was let go of is on the other shard');
select is(tests.reads('demo-1') || ' / ' || tests.reads('demo-2'), '1 2 3 4 / 5', 'whose router reads it alone');
select is((select shard from private.account_shards where account_id = tests.account(4)), 'demo-1', 'and its history');
select tests.release(4, 'demo-1');
select is(tests.place(4), 'demo-1', 'letting go again changes nothing');
select tests.release(5, 'demo-2');
select is(tests.places(1, 2, 3, 4, 5), 'demo-1, demo-1, demo-1, demo-1, demo-1', 'the group is together');

-- Whoever runs the service moves groups, and takes that back.
select private.move_group(tests.account(5), 'demo-2');
select is(tests.places(1, 3, 5), 'demo-1 -> demo-2, demo-1 -> demo-2, demo-1 -> demo-2', 'a whole group is sent elsewhere');
select is(private.accounts_of('demo-2') || ' ' || private.accounts_of('demo-1'), '5 0', 'what is on its way counts where it goes');
create temp table former as select move from public.trading_accounts where id = tests.account(1);
select private.move_group(tests.account(5), 'demo-2');
select is((select move from public.trading_accounts where id = tests.account(1)), (select move from former), 'the same again begins no other move');
select private.move_group(tests.account(1), 'demo-1');
select is(tests.places(1, 3, 5), 'demo-1, demo-1, demo-1', 'an account may stay after all');
select private.move_group(tests.account(1), 'demo-2');
select tests.release(1, 'demo-1', (select move from former));
select is(tests.place(1), 'demo-1 -> demo-2', 'what a router was told of an earlier move releases nothing of a later one');
select private.move_group(tests.account(1), 'demo-3');
select is(tests.place(1), 'demo-1 -> demo-3', 'a group may be sent elsewhere on its way');
select throws_ok($$select private.move_group(tests.account(1), 'live-1')$$, '23514', null, 'but to no shard of the other environment');
select private.move_group(tests.account(1), 'demo-1');

-- A group on its way takes part where it goes.
select tests.put(6, 'demo-2');
select private.move_group(tests.account(1), 'demo-2');
select tests.link(6, 1);
select is(tests.places(1, 6), 'demo-1 -> demo-2, demo-2', 'what is joined with a group on its way waits for it there');

-- Room.
update private.shards set capacity = 6 where name = 'demo-2';
select tests.put(7, 'demo-1');
update private.shards set capacity = 7 where name = 'demo-1';
select tests.link(7, 1);
select is(tests.places(1, 6, 7), 'demo-1, demo-2 -> demo-1, demo-1', 'where the larger group has no room for more, it goes to the smaller one');
select private.release_account(a.id, a.move) from public.trading_accounts a where a.moving_to is not null;
select is(tests.places(1, 2, 3, 4, 5, 6, 7), 'demo-1, demo-1, demo-1, demo-1, demo-1, demo-1, demo-1', 'so all of it is on one shard');
select tests.put(8, 'demo-2');
update private.shards set capacity = 7 where name in ('demo-1', 'demo-2');
select is(tests.refused(8, 7), 'group_too_large {"most": 7, "accounts": 8}', 'a group that no shard could have is refused with both numbers');
select is(tests.places(7, 8), 'demo-1, demo-2', 'and nothing is moved');
delete from public.copiers where id = tests.copier(7001);
update private.shards set capacity = 1 where name = 'demo-2';
select is(tests.refused(8, 7), 'shards_full {"environment": "demo"}', 'a group that fits a shard is refused as long as none has room');
update private.shards set capacity = 8 where name = 'demo-1';
select is(tests.refused(8, 7), 'none', 'where there is room');
select is(tests.places(7, 8), 'demo-1, demo-2 -> demo-1', 'two groups that fit come together');
update private.shards set capacity = 2 where environment = 'demo';
select tests.put(9, 'demo-2');
select is(tests.refused(9, 1), 'group_too_large {"most": 2, "accounts": 7}', 'a measure that was lowered counts for what is joined from then on');
select is(tests.refused(1, 5), 'none', 'and not for copiers on one shard that is over it');
insert into private.shards (name, environment, capacity) values ('demo-3', 'demo', 7);
select is(tests.refused(9, 1), 'none', 'where a third shard has room for both groups');
select is(tests.places(1, 9), 'demo-1 -> demo-3, demo-2 -> demo-3', 'both go there');

-- Nobody else moves anything.
select is(tests.outcome('authenticated', tests.alice(), $$update public.trading_accounts set moving_to = 'demo-2', move = 1$$), '42501', 'people move nothing');
select * from finish();
rollback;
