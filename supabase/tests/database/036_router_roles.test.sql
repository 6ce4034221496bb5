-- The router of one shard neither reads nor writes anything of another.
begin;
\ir helpers.psql
select plan(58);
select tests.people();
insert into private.shards (name, environment) values ('demo-1', 'demo'), ('demo-2', 'demo');

create function tests.money(p_deal int, p_user uuid, p_account uuid) returns void language sql as $$
  insert into public.deal_money values (p_account, p_deal, p_user, 7, 8, 0, 0, 1, 0, 'EURUSD', 'USD', 1, 0, 0, 0, default, now(), now());
  insert into public.money_operations values (p_account, p_deal, p_user, 2, 'USD', 1, '', now(), now());
$$;

-- Alice is on demo-1, Bob on demo-2; each has a row of everything that a router reads or writes.
create function tests.served(p_n int, p_user uuid, p_shard text) returns void language plpgsql as $$
begin
  perform tests.own_account(p_n, p_user, 'master'), tests.own_account(p_n + 1, p_user, 'slave');
  update public.trading_accounts set shard = p_shard where user_id = p_user;
  perform tests.own_copier(p_n, p_user, p_n, p_n + 1);
  insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, symbol, side,
    master_lots, status)
  values (p_n, p_user, tests.copier(p_n), tests.account(p_n), tests.account(p_n + 1), 77, 'EURUSD', 'buy', 1, 'open');
  insert into public.trade_events (run, n, user_id, account_id, kind) values (p_n, 1, p_user, tests.account(p_n), 'trade');
  insert into public.guard_states (copier_id, guard, user_id) values (tests.copier(p_n), 'loss', p_user);
  insert into public.manual_requests (user_id, copier_id, kind, expires_at)
  values (p_user, tests.copier(p_n), 'flatten', now() + interval '1 minute');
  insert into public.account_live (account_id, user_id) values (tests.account(p_n), p_user);
  insert into public.account_symbols (account_id, user_id, symbols) values (tests.account(p_n), p_user, '{}');
  perform tests.money(p_n, p_user, tests.account(p_n));
  insert into public.account_equity (account_id, user_id, at, balance, equity)
  select tests.account(p_n), p_user, date_trunc('hour', now()) - interval '30 days' + make_interval(mins => m), 1, 1
  from generate_series(0, 3) m;
end $$;
select tests.served(1, tests.alice(), 'demo-1'), tests.served(11, tests.bob(), 'demo-2');

create function tests.as_alices(p_statement text) returns text language sql as $$
  select tests.outcome('lockstep_router_demo-1', null, p_statement) $$;

-- Reading: a router finds its own rows, and those alone.
select is(tests.as_alices('select from ' || tbl || ' where ' || of_bob), '0', 'nothing is read of another shard''s ' || tbl)
from (values
  ('private.shards', 'name = ''demo-2'''), ('private.account_shards', 'user_id = tests.bob()'),
  ('public.trading_accounts', 'user_id = tests.bob()'), ('public.copiers', 'user_id = tests.bob()'),
  ('public.copies', 'user_id = tests.bob()'), ('public.trade_events', 'user_id = tests.bob()'),
  ('public.guard_states', 'user_id = tests.bob()'), ('public.manual_requests', 'user_id = tests.bob()'),
  ('public.deal_money', 'user_id = tests.bob()'), ('public.money_operations', 'user_id = tests.bob()'),
  ('public.account_live', 'user_id = tests.bob()'), ('public.account_symbols', 'user_id = tests.bob()'),
  ('public.account_equity', 'user_id = tests.bob()')) t (tbl, of_bob);
select isnt(tests.as_alices('select from ' || tbl), '0', 'its own are read: ' || tbl) from unnest(array[
  'private.shards', 'private.account_shards', 'public.trading_accounts', 'public.copiers', 'public.copies',
  'public.trade_events', 'public.guard_states', 'public.manual_requests', 'public.account_live', 'public.account_symbols', 'public.account_equity', 'public.deal_money', 'public.money_operations']) tbl;

-- Writing: what exists is not touched, and nothing is put in a stranger's name.
select is(tests.as_alices(statement), outcome, statement) from (values
  ($$update private.shards set seen_at = now() where name = 'demo-2'$$, '0'),
  ($$insert into private.shards (name, environment) values ('demo-2', 'demo') on conflict (name) do update set seen_at = now()$$, '42501'),
  ($$insert into private.shards (name, environment) values ('live-9', 'live')$$, '42501'),
  ($$update public.trading_accounts set state = 'failed' where id = tests.account(11)$$, '0'),
  ($$update public.copiers set refusal = '{"code": "copier_fault", "params": {}}' where id = tests.copier(11)$$, '0'),
  ($$update public.copiers set mode = 'off' where id = tests.copier(1)$$, '42501'),
  ($$update public.copies set status = 'closed' where link_id = 11$$, '0'),
  ($$update public.copies set user_id = tests.bob() where link_id = 1$$, '42501'),
  ($$update public.copies set master_account_id = tests.account(11) where link_id = 1$$, '42501'),
  ($$update public.guard_states set tripped = true where copier_id = tests.copier(11)$$, '0'),
  ($$insert into public.guard_states (copier_id, guard, user_id) values (tests.copier(11), 'new', tests.bob())$$, '42501'),
  ($$update public.manual_requests set state = 'done' where user_id = tests.bob()$$, '0'),
  ($$update public.deal_money set profit = 0 where user_id = tests.bob()$$, '0'),
  ($$update public.money_operations set amount = 0 where user_id = tests.bob()$$, '0'),
  ($$insert into public.deal_money values (tests.account(12), 3, tests.bob(), 7, 8, 0, 0, 1, 0, '', 'USD', 1, 0, 0, 0, default, now(), now())$$, '42501'),
  ($$insert into public.money_operations values (tests.account(2), 3, tests.bob(), 2, 'USD', 1, '', now(), now())$$, '42501'),
  ($$update public.account_live set balance = 0 where user_id = tests.bob()$$, '0'),
  ($$insert into public.account_live (account_id, user_id) values (tests.account(12), tests.bob())$$, '42501'),
  ($$insert into public.account_live (account_id, user_id) values (tests.account(2), tests.bob())$$, '42501'),
  ($$update public.account_symbols set symbols = '{}' where user_id = tests.bob()$$, '0'),
  ($$insert into public.account_symbols (account_id, user_id, symbols) values (tests.account(2), tests.bob(), '{}')$$, '42501'),
  ($$insert into public.account_equity (account_id, user_id, at, balance, equity) values (tests.account(12), tests.bob(), now(), 0, 0)$$, '42501'),
  ($$insert into public.trade_events (run, n, user_id, account_id, kind) values (9, 9, tests.bob(), tests.account(12), 'deal')$$, '42501'),
  ($$insert into public.trade_events (run, n, user_id, account_id, kind) values (9, 9, tests.bob(), tests.account(2), 'deal')$$, '42501')) t (statement, outcome);

-- Old samples are thinned by each router for itself.
set local session authorization "lockstep_router_demo-1";
select is(private.thin_equity(), 3::bigint, 'a router thins its own shard');
reset session authorization;
select is((select count(*)::int from public.account_equity where user_id = tests.bob()), 4, 'and no other');

select is(private.add_router('demo-1'), 'lockstep_router_demo-1', 'a role that exists is kept');
select throws_ok($$select private.add_router('other-1')$$, '23514', null, 'a shard tells its environment');
select throws_ok($$select private.add_router('demo-' || repeat('x', 36))$$, '23514', null, 'a shard''s name fits into a role''s');
select is((select count(*)::int from pg_roles where rolname = 'lockstep_router' and rolcanlogin), 0, 'nobody logs in for all shards');

-- The last rows of an account that is gone are still taken, and those of a person who is gone are not.
delete from public.trading_accounts where user_id = tests.alice();
select is(tests.as_alices($$insert into public.trade_events (run, n, user_id, account_id, kind)
  values (9, 9, tests.alice(), tests.account(1), 'late')$$), '1', 'a late event of a removed account is history');
delete from auth.users where id = tests.alice();
select is(tests.as_alices($$insert into public.trade_events (run, n, user_id, account_id, kind)
  values (9, 9, tests.alice(), tests.account(1), 'late')$$), '42501', 'nothing is kept of a person who left');

select * from finish();
rollback;
