-- What copies earned is summed up from what brokers booked, exactly, for its owner alone.
begin;
\ir helpers.psql
select tests.story();
select plan(11);

-- The master opened 0.10 lots as position 77 (tests.story); the copy has 0.05 lots as position 88.
create function tests.earned(p_account int, p_deal int, p_position int, p_link bigint, p_profit numeric, p_commission numeric,
  p_swap numeric, p_currency text default 'USD') returns void language sql as $$
  insert into public.deal_money as m (account_id, user_id, deal, position, order_ticket, closes, link_id, entry, reason, symbol,
    currency, profit, commission, swap, fee, at, told_at)
  values (tests.account(p_account), tests.alice(), p_deal, p_position, 1, 0, p_link, 1, 0, 'EURUSD', p_currency, p_profit, p_commission,
    p_swap, 0, now(), now())
  on conflict (account_id, deal) do update set profit = excluded.profit, commission = excluded.commission, swap = excluded.swap $$;
select link_id as link from public.copies limit 1 \gset
update public.copies set slave_position = 88, master_position = 77, target_lots = 5000000, status = 'closed';

select is(public.copy_money(:'link'), null, 'nothing is known before anything was booked');
select tests.earned(2, 201, 88, :link, 0, -0.35, 0);
select tests.earned(2, 202, 88, 0, 10.1, -0.35, -0.2);
select is(public.copy_money(:'link') ->> 'net', '9.2', 'an opening by link and a closing by hand belong to the copy');
select is(public.copy_money(:'link') -> 'against_master', 'null'::jsonb, 'nothing is compared before the master''s money is known');
select tests.earned(1, 102, 77, 0, 22.5, 0, 0);
select is(public.copy_money(:'link') #>> '{master,net}', '22.5', 'what the master''s position earned is beside it');
select is(public.copy_money(:'link') ->> 'against_master', '-2.05', 'lots for lots: half the lots of 22.50 are 11.25');
select tests.earned(2, 202, 88, 0, 10.1, -0.35, -1.2);
select is(public.copy_money(:'link') ->> 'swap', '-1.2', 'what is booked later counts');
select tests.earned(2, 203, 99, 4242, 1000, 0, 0);
select is(public.copy_money(:'link') ->> 'net', '8.2', 'another position''s money is not the copy''s');
select tests.earned(1, 102, 77, 0, 22.5, 0, 0, 'USD');
update public.deal_money set currency = 'EUR' where account_id = tests.account(1);
select is(public.copy_money(:'link') -> 'against_master', 'null'::jsonb, 'two currencies are not compared');

select tests.become('authenticated', tests.alice());
select is(public.money_earned(now() - interval '1 day', now() + interval '1 day', null, null), '[{"currency": "USD", "deals": 2, "profit": "10.1",
  "commission": "-0.7", "swap": "-1.2", "fee": "0", "net": "8.2"}]'::jsonb, 'a period''s money is that of copies, not of other trades');
select is(public.copy_life(:'link') #>> '{money,net}', '8.2', 'the life of a copy says what it earned');
select tests.become('authenticated', tests.bob());
select is(public.money_earned(now() - interval '1 day', now() + interval '1 day', null, null), '[]'::jsonb, 'a stranger sees none of it');

select * from finish();
rollback;
