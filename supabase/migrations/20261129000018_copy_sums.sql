-- Sums over the copies of each half hour, so that the statistics of a month do not read every copy. Half an hour, because the
-- days of nearly all time zones begin on one. Triggers keep the sums in the transaction that changes a copy.
-- A trade that is copied in parts has a row for each, and is one copy: its first part says what became of it, since parts are
-- opened together and the first one is usually closed last. Of further parts the lots are added, and they are counted in `parts`.
create table public.copy_sums (
  user_id uuid not null,
  -- The begin of the half hour.
  at timestamptz not null,
  copier_id uuid not null,
  master_account_id uuid not null,
  slave_account_id uuid not null,
  symbol text not null,
  copied int not null,
  skipped int not null,
  rejected int not null,
  unresolved int not null,
  wins int not null,
  losses int not null,
  even int not null,
  slips int not null,
  parts int not null,
  -- In 1e-8 lot.
  lots bigint not null,
  -- In 1e-6 basis points. Whole numbers, because subtracting what was added must leave exactly nothing.
  won bigint not null,
  lost bigint not null,
  slip bigint not null,
  primary key (user_id, at, copier_id, master_account_id, slave_account_id, symbol)
);
alter table public.copy_sums enable row level security;
grant select on public.copy_sums to authenticated;
create policy "own sums are read" on public.copy_sums for select to authenticated using ((select auth.uid()) = user_id);
create policy "second factor" on public.copy_sums as restrictive for select to authenticated using ((select private.caller_ok()));

-- Basis points as whole millionths, bounded so that no wrong price overflows a sum and makes a trade unwritable. Null needs its
-- own case: LEAST and GREATEST skip nulls and would return the bound.
create function private.millionths(p_bp float8) returns bigint
language sql immutable set search_path = '' as $$
  select case when p_bp is null then 0 else round(greatest(least(p_bp, 1e8), -1e8) * 1e6)::bigint end
$$;

-- What one copy contributes to its half hour.
create function private.share_of(c public.copies) returns public.copy_sums
language plpgsql immutable set search_path = '' as $$
declare
  v public.copy_sums;
  v_result float8 := case when c.part = 0 then c.result_bp end;
  v_slippage float8 := case when c.part = 0 then c.slippage_bp end;
begin
  v.user_id := c.user_id; v.at := date_bin('30 minutes', c.updated_at, 'epoch'); v.copier_id := c.copier_id;
  v.master_account_id := c.master_account_id; v.slave_account_id := c.slave_account_id; v.symbol := c.symbol;
  v.copied := (c.part = 0 and c.status in ('open', 'closed', 'released', 'sent'))::int;
  v.skipped := (c.part = 0 and c.status in ('waiting', 'skipped'))::int;
  v.rejected := (c.part = 0 and c.status = 'rejected')::int;
  v.unresolved := (c.part = 0 and c.status = 'unresolved')::int;
  v.wins := coalesce((v_result > 0)::int, 0);
  v.losses := coalesce((v_result < 0)::int, 0);
  v.even := coalesce((v_result = 0)::int, 0);
  v.slips := (v_slippage is not null)::int;
  v.parts := (c.part > 0)::int;
  v.lots := case when c.status in ('open', 'closed', 'released') then least(c.target_lots, 1000000000000000) else 0 end;
  v.won := private.millionths(greatest(v_result, 0));
  v.lost := private.millionths(least(v_result, 0));
  v.slip := private.millionths(v_slippage);
  return v;
end $$;

create function private.add_share(v public.copy_sums) returns void
language plpgsql set search_path = '' as $$
begin
  insert into public.copy_sums as s select v.*
  on conflict (user_id, at, copier_id, master_account_id, slave_account_id, symbol) do update set
    copied = s.copied + v.copied, skipped = s.skipped + v.skipped, rejected = s.rejected + v.rejected,
    unresolved = s.unresolved + v.unresolved, wins = s.wins + v.wins, losses = s.losses + v.losses, even = s.even + v.even,
    slips = s.slips + v.slips, parts = s.parts + v.parts, lots = s.lots + v.lots, won = s.won + v.won, lost = s.lost + v.lost, slip = s.slip + v.slip;
end $$;

create function private.take_share(v public.copy_sums) returns void
language plpgsql set search_path = '' as $$
begin
  update public.copy_sums s set
    copied = s.copied - v.copied, skipped = s.skipped - v.skipped, rejected = s.rejected - v.rejected,
    unresolved = s.unresolved - v.unresolved, wins = s.wins - v.wins, losses = s.losses - v.losses, even = s.even - v.even,
    slips = s.slips - v.slips, parts = s.parts - v.parts, lots = s.lots - v.lots, won = s.won - v.won, lost = s.lost - v.lost, slip = s.slip - v.slip
  where (s.user_id, s.at, s.copier_id, s.master_account_id, s.slave_account_id, s.symbol)
    = (v.user_id, v.at, v.copier_id, v.master_account_id, v.slave_account_id, v.symbol);
end $$;

create function private.sum_copy() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op <> 'INSERT' then
    perform private.take_share(private.share_of(old));
  end if;
  if tg_op <> 'DELETE' then
    perform private.add_share(private.share_of(new));
  end if;
  return null;
end $$;
create trigger copies_sum after insert or delete on public.copies
for each row execute function private.sum_copy();
create trigger copies_sum_changed after update on public.copies
for each row when (
  (date_bin('30 minutes', old.updated_at, 'epoch'), old.user_id, old.copier_id, old.master_account_id, old.slave_account_id,
    old.symbol, old.status, old.target_lots, old.result_bp, old.slippage_bp)
  is distinct from
  (date_bin('30 minutes', new.updated_at, 'epoch'), new.user_id, new.copier_id, new.master_account_id, new.slave_account_id,
    new.symbol, new.status, new.target_lots, new.result_bp, new.slippage_bp))
execute function private.sum_copy();

-- Sums again over all copies, for restored or corrected data.
create function private.sum_all_copies(p_user uuid default null) returns void
language sql set search_path = '' as $$
  delete from public.copy_sums s where p_user is null or s.user_id = p_user;
  insert into public.copy_sums
  select s.user_id, s.at, s.copier_id, s.master_account_id, s.slave_account_id, s.symbol, sum(s.copied), sum(s.skipped),
    sum(s.rejected), sum(s.unresolved), sum(s.wins), sum(s.losses), sum(s.even), sum(s.slips), sum(s.parts), sum(s.lots),
    sum(s.won), sum(s.lost), sum(s.slip)
  from public.copies c cross join lateral private.share_of(c) s
  where p_user is null or c.user_id = p_user group by 1, 2, 3, 4, 5, 6;
$$;
