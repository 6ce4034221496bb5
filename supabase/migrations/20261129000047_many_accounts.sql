-- What people with many accounts read. Lists of accounts and copiers are searched, filtered, ordered and paged where the rows are: a
-- list of 200 accounts must be as quick as one of two. `accounts_page` stays for the API of the version before, which calls it until it is replaced.

-- Names as people read them: "account 9" before "account 10", in any case.
create collation private.natural (provider = icu, locale = 'und-u-kn-true');

-- Whether a text has every word of another, in any order and case.
create function private.has_words(p_text text, p_words text) returns boolean
language sql immutable set search_path = ''
return not exists (
  select from regexp_split_to_table(lower(coalesce(p_words, '')), '\s+') w (word) where position(w.word in lower(p_text)) = 0);

-- A row of a list, with what it is ordered by: a word or a number, neither where it is not known.
create type private.listed as (item jsonb, id uuid, word text, number numeric);

-- A page of a list. `p_after` is JSON as text, the place of the last row of the page before: what it was ordered by, and its id.
-- Rows that are ordered by nothing come last either way. `last` is the place to go on from, null on the last page.
create function private.page_of(p_rows private.listed[], p_descending boolean, p_limit int, p_after text) returns jsonb
language sql immutable set search_path = ''
return (
  with placed as (
    select r.item, r.id, r.word, r.number, row_number() over (order by num_nonnulls(r.word, r.number) = 0,
      case when p_descending then r.word collate private.natural end desc, case when p_descending then r.number end desc,
      r.word collate private.natural, r.number, r.id) as place
    from unnest(p_rows) r
  ), cursor (word, number, id) as (
    select p_after::jsonb ->> 'word', (p_after::jsonb ->> 'number')::numeric, (p_after::jsonb ->> 'id')::uuid
  ), page as (
    select p.* from placed p, cursor c
    where p_after is null or case
      when num_nonnulls(p.word, p.number) <> num_nonnulls(c.word, c.number) then num_nonnulls(p.word, p.number) = 0
      when p.word is distinct from c.word then (p.word > c.word collate private.natural) <> p_descending
      when p.number is distinct from c.number then (p.number > c.number) <> p_descending
      else p.id > c.id end
    order by p.place limit p_limit
  )
  select jsonb_build_object('total', cardinality(p_rows), 'items', coalesce(jsonb_agg(p.item order by p.place), '[]'),
    'last', case when count(*) = p_limit then (
      select jsonb_build_object('word', l.word, 'number', l.number::text, 'id', l.id) from page l order by l.place desc limit 1) end)
  from page p
);

-- A page of a person's accounts. `p_filter` is JSON as text: q (words of name, login, server or tags), role, tag, and connection:
-- connected, away or paused. `p_sort`: created, label, login, server, role, state or equity.
create function public.find_accounts(p_filter text, p_sort text, p_descending boolean, p_limit int, p_after text) returns jsonb
language sql stable security invoker set search_path = ''
return private.page_of(array(
  select row(to_jsonb(a), a.id,
    case p_sort when 'label' then a.label when 'server' then a.server when 'role' then a.role when 'state' then a.state end,
    case p_sort when 'created' then extract(epoch from a.created_at) when 'login' then a.login
      when 'equity' then l.equity::numeric end)::private.listed
  from public.trading_accounts a left join public.account_live l on l.account_id = a.id, (values (p_filter::jsonb)) f (asked)
  where a.user_id = (select auth.uid())
    and private.has_words(concat_ws(' ', a.label, a.login, a.server, array_to_string(a.tags, ' ')), f.asked ->> 'q')
    and a.role = coalesce(f.asked ->> 'role', a.role)
    and (f.asked ->> 'tag' is null or f.asked ->> 'tag' = any (a.tags))
    and (f.asked ->> 'connection' is null or f.asked ->> 'connection' = case when a.operating_mode = 'suspended' then 'paused'
      when a.state = 'ready' then 'connected' else 'away' end)), p_descending, p_limit, p_after);

-- The same of copiers. `p_filter`: q (words of both accounts' names and logins), master_id, mode, and tag (of either account).
-- `p_sort`: created, changed, way (the names of both accounts) or mode.
create function public.find_copiers(p_filter text, p_sort text, p_descending boolean, p_limit int, p_after text) returns jsonb
language sql stable security invoker set search_path = ''
return private.page_of(array(
  select row(to_jsonb(c), c.id,
    case p_sort when 'way' then concat_ws(' ', m.label, s.label) when 'mode' then c.mode end,
    case p_sort when 'created' then extract(epoch from c.created_at)
      when 'changed' then extract(epoch from c.updated_at) end)::private.listed
  from public.copiers c
  join public.trading_accounts m on m.id = c.master_id
  join public.trading_accounts s on s.id = c.slave_id, (values (p_filter::jsonb)) f (asked)
  where c.user_id = (select auth.uid())
    and private.has_words(concat_ws(' ', m.label, m.login, s.label, s.login), f.asked ->> 'q')
    and c.master_id = coalesce((f.asked ->> 'master_id')::uuid, c.master_id)
    and c.mode = coalesce(f.asked ->> 'mode', c.mode)
    and (f.asked ->> 'tag' is null or f.asked ->> 'tag' = any (m.tags || s.tags))), p_descending, p_limit, p_after);

-- The equity of all of a person's accounts in one currency. A point is the sum of the last samples up to its time: an account that is
-- away counts with what it had, and a new one from its first sample on. An index finds each of them, however many samples there are.
create function public.equity_sum(p_currency text, p_range text) returns jsonb
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_step interval := case p_range when 'day' then interval '5 minutes' when 'week' then interval '30 minutes'
    when 'month' then interval '2 hours' when 'year' then interval '1 day' end;
  v_since timestamptz := case p_range when 'day' then now() - interval '1 day' when 'week' then now() - interval '7 days'
    when 'month' then now() - interval '1 month' when 'year' then now() - interval '1 year' end;
  v_accounts uuid[] := array(select l.account_id from public.account_live l
    where l.user_id = (select auth.uid()) and l.currency = p_currency);
begin
  if v_step is null then
    select min(f.at), greatest((now() - min(f.at)) / 400, interval '1 hour') into v_since, v_step
    from unnest(v_accounts) a (id), lateral (
      select e.at from public.account_equity e where e.account_id = a.id order by e.at limit 1) f;
  end if;
  return jsonb_build_object('currency', p_currency, 'points', (
    select coalesce(jsonb_agg(jsonb_build_object('at', p.at, 'balance', p.balance, 'equity', p.equity, 'low', p.equity,
      'high', p.equity) order by p.at), '[]')
    from (
      select t.at, sum(s.balance) as balance, sum(s.equity) as equity
      from generate_series(date_bin(v_step, v_since, timestamptz '2000-01-01') + v_step, now(), v_step) t (at),
        unnest(v_accounts) a (id), lateral (
          select e.balance, e.equity from public.account_equity e where e.account_id = a.id and e.at <= t.at
          order by e.at desc limit 1) s
      group by t.at) p));
end $$;
grant execute on function public.find_accounts, public.find_copiers, public.equity_sum to authenticated;
-- Bodies that are parsed when they are created may name these, though people may not enter `private`.
grant execute on function private.has_words, private.page_of to authenticated;
