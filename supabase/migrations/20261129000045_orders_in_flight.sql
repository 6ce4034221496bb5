-- Which of these accounts have an order on its way whose outcome nobody knows yet. For a new image the operator replaces no terminal
-- of these. An order of which nothing was heard for a minute keeps no terminal any longer.
create function private.with_orders_in_flight(p_accounts uuid[]) returns setof uuid
language sql stable security definer set search_path = '' as $$
  select distinct c.slave_account_id from public.copies c
  where c.slave_account_id = any (p_accounts)
    and (c.status = 'sent' or (c.status = 'open' and c.target_lots <> c.open_lots))
    and c.updated_at > now() - interval '1 minute'
$$;
grant execute on function private.with_orders_in_flight to lockstep_operator;
