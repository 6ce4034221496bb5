-- Accounts that copiers join are on one shard, and how a group of them gets from one shard to another (docs/adr/042):
--
--   state     shard  moving_to  who commands                         ends when
--   served    A      null       the router of A                      somebody begins a move: leaving
--   leaving   A      B          A's, what is in flight and no more   A's router has let go (`release_account`): served by B;
--                                                                    or the group is to stay after all: served by A
--
-- Only the router of `shard` reads an account and its rows, so no two routers serve one. That of B reads it after A's has written
-- down all it had, in the order of its journal.
create sequence private.moves;

-- The accounts that copiers join with this one, whatever their modes and directions, itself included.
create function private.group_of(p_account uuid) returns setof uuid
language sql stable set search_path = '' as $$
  with recursive joined (id) as (
    select p_account
    union
    select next.id from joined j, lateral (
      select c.slave_id from public.copiers c where c.master_id = j.id
      union all
      select c.master_id from public.copiers c where c.slave_id = j.id) next (id)
  )
  select id from joined
$$;

-- Begins the move of these accounts to a shard, or cancels one to another shard. Accounts that are there, or move there, stay as they are.
create function private.begin_move(p_accounts uuid[], p_shard text) returns void
language sql set search_path = '' as $$
  update public.trading_accounts a
  set moving_to = nullif(p_shard, a.shard), move = case when a.shard <> p_shard then nextval('private.moves') end
  where a.id = any (p_accounts) and coalesce(a.moving_to, a.shard) <> p_shard
$$;

-- Moves an account, with all that copiers join with it, to another shard of its environment. For whoever runs the service.
create function private.move_group(p_account uuid, p_shard text) returns void
language plpgsql set search_path = '' as $$
begin
  perform private.begin_move(array(select private.group_of(p_account)), p_shard);
end $$;

-- The router of an account's shard has released it: it sends no more commands, and all that it knew is written. `p_move` is the move
-- that it knows. If the account is to stay by now, or has a later move, nothing happens.
create function private.release_account(p_account uuid, p_move bigint) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_shard text := private.shard_of_role(session_user::text);
begin
  update public.trading_accounts a set shard = a.moving_to, moving_to = null, move = null
  where a.id = p_account and a.move = p_move and (v_shard is null or a.shard = v_shard);
end $$;
grant execute on function private.release_account to lockstep_router;

-- The shard on which a group that is spread over several comes together. The first that has room for all of it: the shard with most of
-- its accounts, so that few move; another shard with some of them; any other shard.
create function private.common_shard(p_group uuid[], p_environment text) returns text
language sql stable set search_path = '' as $$
  select coalesce(
    (select p.shard from (
      select coalesce(a.moving_to, a.shard) as shard, count(*) as there
      from public.trading_accounts a where a.id = any (p_group) group by 1) p
    where private.has_room(p.shard, cardinality(p_group) - p.there)
    order by p.there desc, p.shard limit 1),
    private.roomy_shard(p_environment, cardinality(p_group)))
$$;

-- A copier joins two groups of accounts. It copies once both are on one shard. If no shard has room for both, the copier is refused and
-- both groups stay as they are.
create function private.join_shards() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_group uuid[];
  v_environment text;
  v_shard text;
  v_most int;
begin
  if (select count(distinct coalesce(a.moving_to, a.shard)) from public.trading_accounts a
      where a.id in (new.master_id, new.slave_id)) < 2 then
    return null;
  end if;
  v_group := array(select private.group_of(new.slave_id));
  select a.environment into v_environment from public.trading_accounts a where a.id = new.slave_id;
  perform private.lock_places(v_environment);
  v_shard := private.common_shard(v_group, v_environment);
  if v_shard is null then
    select max(s.capacity) into v_most from private.shards s where s.environment = v_environment;
    if cardinality(v_group) > v_most then
      perform private.refuse(409, 'group_too_large', jsonb_build_object('accounts', cardinality(v_group), 'most', v_most));
    end if;
    perform private.refuse(409, 'shards_full', jsonb_build_object('environment', v_environment));
  end if;
  perform private.begin_move(v_group, v_shard);
  return null;
end $$;
create trigger copiers_join_shards after insert on public.copiers
for each row execute function private.join_shards();
