-- A long history for one person: 200 accounts, 190 copiers, 50,000 copies with their deals. psql -v person=<uuid>
-- Written as the tables' owner with triggers off: what they would add is written here.
begin;
set local session_replication_role = replica;
create temp table a on commit drop as
select gen_random_uuid() as id, n from generate_series(1, 200) n;
insert into public.trading_accounts (id, user_id, label, platform, environment, shard, login, server, role, state, state_at)
select id, :'person', case when n <= 10 then 'Master ' else 'Slave ' end || n, 'MT5', 'demo', 'demo-1', 500000 + n, 'Bench-Demo',
  case when n <= 10 then 'master' else 'slave' end, 'ready', now() from a;
insert into public.account_states (account_id, user_id, state, at) select id, :'person', 'ready', now() from a;
insert into public.account_live (account_id, user_id, currency, balance, equity, margin, margin_free, connected, heartbeat_at)
select id, :'person', 'USD', 10000, 10000 + n, 100, 9900, true, now() from a;
insert into public.account_equity (account_id, user_id, at, balance, equity)
select id, :'person', date_trunc('minute', now()) - g * interval '1 minute', 10000, 10000 + sin(g / 50.0) * 200
from a, generate_series(0, 1440, 5) g;
create temp table c on commit drop as
select gen_random_uuid() as id, m.id as master, s.id as slave, s.n - 10 as n
from a s join a m on m.n = 1 + s.n % 10 where s.n > 10;
insert into public.copiers (id, user_id, master_id, slave_id, settings)
select id, :'person', master, slave, '{"sizing": {"mode": "multiplier", "factor": "0.5"}}' from c;
create temp table t on commit drop as
select g as n, c.id as copier, c.master, c.slave, (hashtextextended(c.id::text, g) & 9223372036854775807) as link,
  (array['EURUSD', 'GBPUSD', 'XAUUSD', 'USDJPY', 'US30'])[1 + g % 5] as symbol, case g % 2 when 0 then 'buy' else 'sell' end as side,
  now() - (50000 - g) * interval '51 seconds' as at, 1.1 + sin(g) / 100 as price, (random() - 0.55) * 0.0002 as slip,
  case when g % 20 = 0 then 'skipped' when g % 97 = 0 then 'rejected' when g > 49960 then 'open' else 'closed' end as status
from generate_series(1, 50000) g join c on c.n = 1 + g % 190;
insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, slave_position,
  symbol, slave_symbol, side, master_lots, target_lots, open_lots, status, reason, setting, params, spans, opened_at, closed_at,
  updated_at, master_price, open_price, close_price)
select link, :'person', copier, master, slave, 1000000 + n, case when status in ('open', 'closed') then 2000000 + n end, symbol,
  symbol, side, 100000000, 50000000, case status when 'open' then 50000000 else 0 end, status,
  case status when 'skipped' then 'signal_too_old' when 'rejected' then 'broker_10019' end,
  case status when 'skipped' then 'max_signal_age_ms' end,
  case status when 'skipped' then '{"age_ms": 7300, "limit_ms": 5000}'::jsonb
    when 'rejected' then '{"code": "10019", "retcode": "10019", "commented": "yes", "comment": "no money"}' else '{}' end,
  case when status in ('open', 'closed') then jsonb_build_object('event_to_order_us', 900 + (random() ^ 8 * 9000)::int,
    'terminal_to_router_us', 300 + (random() * 200)::int, 'router_us', 150 + (random() * 200)::int,
    'router_to_terminal_us', 300 + (random() * 200)::int, 'slave_terminal_us', 20 + (random() * 20)::int,
    'broker_us', 8000 + (random() ^ 4 * 60000)::int) else '{}' end,
  case when status in ('open', 'closed') then at end, case status when 'closed' then at + interval '40 seconds' end, at, price,
  case when status in ('open', 'closed') then price + slip end, case status when 'closed' then price + cos(n) / 1000 end
from t;
insert into public.deals (account_id, deal, entry, user_id, position, link_id, symbol, side, lots, price, at)
select master, 1000000 + n, 0, :'person'::uuid, 1000000 + n, 0, symbol, side, 100000000, price, at from t
union all
select master, 3000000 + n, 1, :'person'::uuid, 1000000 + n, 0, symbol, side, 100000000, price + cos(n) / 1000, at + interval '40 seconds'
from t where status <> 'open' and n % 485 <> 0
union all
select slave, 2000000 + n, 0, :'person'::uuid, 2000000 + n, link, symbol, side, 50000000, price + slip, at from t
where status in ('open', 'closed')
union all
select slave, 4000000 + n, 1, :'person'::uuid, 2000000 + n, link, symbol, side, 50000000, price + cos(n) / 1000,
  at + interval '40 seconds' from t where status = 'closed';
select private.sum_all_copies(:'person'), private.count_all_positions(:'person');
commit;
