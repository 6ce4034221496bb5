-- Trading accounts of people. Accounts come in through `register_account`. The triggers that keep their states, make alerts and
-- write activity are in the files of those subjects.

-- What a server's name looks like: lockstep_core.text_limits says it for all places, and a test compares them. It is written into
-- a terminal's start file, which takes one line without surrounding spaces, and a terminal reports 63 bytes of it.
create function private.is_server(p_server text) returns boolean
language sql immutable set search_path = '' as $$
  select char_length(p_server) between 1 and 63 and octet_length(p_server) <= 63 and p_server ~
    '^[^ \u0001-\u001f\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff](?:[^\u0001-\u001f\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]*[^ \u0001-\u001f\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff])?$'
$$;
-- Whoever changes a row has it checked.
grant execute on function private.is_server to authenticated, lockstep_router, lockstep_operator;

-- Whether this is a public address, to which a terminal may connect. The ranges are those of lockstep_core.addresses; a test compares them.
create function private.is_public_address(p_address text) returns boolean
language sql immutable set search_path = '' as $$
  select case when p_address ~ '^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])$'
    then not exists (
      select from unnest('{0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 168.63.129.16/32, 169.254.0.0/16,
        172.16.0.0/12, 192.0.0.0/24, 192.168.0.0/16, 198.18.0.0/15, 224.0.0.0/3}'::cidr[]) as r (range)
      where p_address::inet <<= r.range)
    else false end
$$;

-- Whether this is a proxy that a terminal can be given: lockstep_core.proxies says it for all places.
create function private.is_proxy(p_type text, p_address text, p_port int, p_login text) returns boolean
language sql immutable set search_path = '' as $$
  select coalesce(p_type in ('SOCKS5', 'HTTP') and private.is_public_address(p_address) and p_port between 1 and 65535
    and p_port not in (25, 465, 587, 2525) and (p_login is null or p_login ~ '^[!-9;-~]{1,128}$'), false)
$$;
grant execute on function private.is_public_address, private.is_proxy to authenticated, lockstep_router, lockstep_operator;

-- Whether these are words by which a person may group accounts. The limits are those of lockstep_core.text_limits; a test compares them.
create function private.are_tags(p_tags text[]) returns boolean
language sql immutable set search_path = '' as $$
  select cardinality(p_tags) <= 20 and coalesce(bool_and(
      char_length(t.tag) between 1 and 32 and t.tag !~ '[[:cntrl:]]' and t.tag = btrim(t.tag)), true)
    and count(distinct t.tag) = cardinality(p_tags)
  from unnest(p_tags) t (tag)
$$;
grant execute on function private.are_tags to authenticated, lockstep_router, lockstep_operator;

create table public.trading_accounts (
  -- The browser chooses the id, because it binds the sealed password to it.
  id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  label text not null check (char_length(label) between 1 and 64 and label !~ '[[:cntrl:]]'),
  platform text not null check (platform in ('MT4', 'MT5')),
  environment text not null check (environment in ('demo', 'live')),
  -- The shard whose router serves the account. `choose_shard` fills it.
  shard text not null,
  -- The shard that the account is on its way to, and the number of that move (docs/adr/042). Until the router of `shard` has
  -- let go of the account, nobody else serves it.
  moving_to text,
  move bigint,
  -- The lengths of texts and numbers are those of lockstep_core.text_limits; a test compares them.
  login bigint not null check (login between 1 and 999999999999999),
  server text not null check (private.is_server(server)),
  role text not null check (role in ('master', 'slave', 'both')),
  -- Whether the terminal runs.
  operating_mode text not null default 'running' check (operating_mode in ('running', 'suspended')),
  -- What may be copied from the account and to it. Of a copier and its two accounts the strictest mode counts.
  mode text not null default 'on' check (mode in ('on', 'close_only', 'off', 'dry_run')),
  state text not null default 'queued' check (state in (
    'queued', 'preparing', 'starting', 'authorizing', 'connected', 'ready', 'disconnected', 'failed', 'stopped')),
  state_reason text,
  state_message text,
  state_epoch bigint,
  state_at timestamptz,
  -- The place among the accounts that wait for room, and how many wait. It holds while `state_reason` says that there is none.
  queue_place int check (queue_place between 1 and queue_length),
  queue_length int,
  -- Whether programs may trade it, as its terminal said last: lockstep_core.accounts.Trading. A new pod's is not known yet.
  trading text not null default 'unknown' check (trading in ('unknown', 'allowed', 'trading_off_account',
    'trading_off_experts', 'trading_off_autotrading', 'trading_off_program')),
  -- The groups that the account is in.
  tags text[] not null default '{}' check (private.are_tags(tags)),
  credentials_version int not null default 1 check (credentials_version > 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- The proxy of the account; nulls for none. The terminal reaches its broker through it alone. Its password is in `private.credentials`.
  proxy_type text,
  proxy_address text,
  proxy_port int,
  proxy_login text,
  -- Instead of an own proxy: the name of one that the service offers.
  proxy_name text check (proxy_name ~ '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$'),
  constraint trading_accounts_one_proxy check (num_nonnulls(proxy_type, proxy_name) <= 1),
  constraint trading_accounts_proxy check (
    num_nonnulls(proxy_type, proxy_address, proxy_port, proxy_login) = 0
    or private.is_proxy(proxy_type, proxy_address, proxy_port, proxy_login)),
  constraint trading_accounts_one_per_login unique (user_id, platform, server, login),
  constraint trading_accounts_id_user_key unique (id, user_id),
  constraint trading_accounts_shard_fits_environment check (shard like environment || '-%'),
  constraint trading_accounts_moving check (
    (moving_to is null) = (move is null) and moving_to <> shard and moving_to like environment || '-%')
);
create index trading_accounts_shard_idx on public.trading_accounts (shard);
-- For `accounts_of`: a shard's accounts, with those that are moving to it.
create index trading_accounts_place_idx on public.trading_accounts ((coalesce(moving_to, shard)));
comment on table public.trading_accounts is 'A trading account of a person. state… is written by the router, and by the operator while no terminal runs.';

alter table public.trading_accounts enable row level security;
grant select, delete, update (label, role, operating_mode, mode, tags) on public.trading_accounts to authenticated;
grant select on public.trading_accounts to lockstep_operator, lockstep_router;
grant update (state, state_reason, state_message, state_epoch, state_at) on public.trading_accounts to lockstep_router;
grant update (state, state_reason, state_message, state_at, queue_place, queue_length) on public.trading_accounts to lockstep_operator;
create policy "own accounts are read" on public.trading_accounts for select to authenticated
  using ((select auth.uid()) = user_id);
create policy "own accounts are changed" on public.trading_accounts for update to authenticated
  using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
create policy "own accounts are deleted" on public.trading_accounts for delete to authenticated
  using ((select auth.uid()) = user_id);
create policy "second factor" on public.trading_accounts as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "second factor to change" on public.trading_accounts as restrictive for update to authenticated
  using ((select private.may_write()));
create policy "second factor to delete" on public.trading_accounts as restrictive for delete to authenticated
  using ((select private.may_write()));
create policy "the operator reads" on public.trading_accounts for select to lockstep_operator using (true);
create policy "the operator writes states" on public.trading_accounts for update to lockstep_operator using (true) with check (true);
create policy "a router reads its shard" on public.trading_accounts for select to lockstep_router
  using (shard = (select private.own_shard()));
create policy "a router writes states of its shard" on public.trading_accounts for update to lockstep_router
  using (shard = (select private.own_shard())) with check (shard = (select private.own_shard()));

-- A page of a person's accounts, oldest first; the cursor is the last account of the page before.
create function public.accounts_page(p_limit int, p_cursor_at timestamptz, p_cursor_id uuid) returns jsonb
language sql stable security invoker set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(p) order by p.created_at, p.id), '[]')
  from (
    select * from public.trading_accounts a
    where a.user_id = (select auth.uid())
      and (p_cursor_id is null or (a.created_at, a.id) > (p_cursor_at, p_cursor_id))
    order by a.created_at, a.id limit p_limit) p
$$;
grant execute on function public.accounts_page to authenticated;

-- The sealed password is bound to the id and the terminal to the login, so another login is another account. A broker may rename
-- its server: the seal names the server, so the name changes with the password alone (`move_account`).
create function private.keep_account_identity() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if (new.id, new.user_id, new.platform, new.environment, new.login)
     is distinct from (old.id, old.user_id, old.platform, old.environment, old.login)
     or (new.server <> old.server and new.credentials_version <= old.credentials_version) then
    perform private.refuse(409, 'account_identity_fixed');
  end if;
  return new;
end $$;
create trigger trading_accounts_identity before update on public.trading_accounts
for each row execute function private.keep_account_identity();
create trigger trading_accounts_touch before update of label, role, server, operating_mode, credentials_version, mode, tags
on public.trading_accounts for each row execute function private.touch_updated_at();
create trigger trading_accounts_notify_made after insert or delete on public.trading_accounts
for each row execute function private.notify_change('account_changes', 'id');
create trigger trading_accounts_notify_changed after update on public.trading_accounts
for each row when (old.* is distinct from new.*) execute function private.notify_change('account_changes', 'id');

-- Accounts that were removed, until the operator has deleted what the cluster has of them. A row that is gone without a record
-- here was not removed by anybody: the operator keeps such accounts where they are many.
create table private.removed_accounts (
  account_id uuid primary key,
  removed_at timestamptz not null default now()
);
alter table private.removed_accounts enable row level security;
grant select, delete on private.removed_accounts to lockstep_operator;
create policy "the operator reads" on private.removed_accounts for select to lockstep_operator using (true);
create policy "the operator forgets" on private.removed_accounts for delete to lockstep_operator using (true);

create function private.record_removal() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.removed_accounts (account_id) values (old.id)
  on conflict (account_id) do update set removed_at = now();
  return null;
end $$;
create trigger trading_accounts_removed after delete on public.trading_accounts
for each row execute function private.record_removal();

create function private.limit_accounts() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_most int := private.most(new.user_id, 'accounts');
begin
  -- Inserts of one person run one after the other: two at once must not both take the last place.
  perform pg_advisory_xact_lock(hashtextextended(new.user_id::text, 7));
  -- A repeated request (`on conflict do nothing`) adds no row and is not refused.
  if not exists (select from public.trading_accounts a where a.id = new.id)
    and (select count(*) from public.trading_accounts a where a.user_id = new.user_id) >= v_most then
    perform private.refuse(409, 'account_limit_reached', jsonb_build_object('most', v_most));
  end if;
  return new;
end $$;
create trigger trading_accounts_limit before insert on public.trading_accounts
for each row execute function private.limit_accounts();

-- How many accounts a shard has. Accounts that move to it count, accounts that leave it do not.
create function private.accounts_of(p_shard text) returns bigint
language sql stable set search_path = '' as $$
  select count(*) from public.trading_accounts a where coalesce(a.moving_to, a.shard) = p_shard
$$;

-- Whether a shard has room for so many more accounts. One without a known capacity always has.
create function private.has_room(p_shard text, p_more bigint) returns boolean
language sql stable set search_path = '' as $$
  select coalesce((
    select private.accounts_of(s.name) + p_more <= s.capacity from private.shards s where s.name = p_shard and s.capacity is not null),
    true)
$$;

-- The shard of an environment with room for so many more accounts and with the fewest. A router that was not seen for five minutes
-- is chosen only where no other has room.
create function private.roomy_shard(p_environment text, p_more bigint) returns text
language sql stable set search_path = '' as $$
  select s.name from private.shards s where s.environment = p_environment and private.has_room(s.name, p_more)
  order by s.seen_at > now() - interval '5 minutes' desc, private.accounts_of(s.name), s.name limit 1
$$;

-- Whoever chooses a shard of an environment does so alone: two at once must not take the last place.
create function private.lock_places(p_environment text) returns void
language sql set search_path = '' as $$ select pg_advisory_xact_lock(hashtextextended(p_environment, 8)) $$;

-- The shard of a new account: that of most of the person's accounts in the environment, so that a copier between them moves
-- nothing; else the one with the fewest accounts. Before any router has announced itself, it is the name that the chart gives to the
-- first one. Where every shard is full, the account is refused.
create function private.choose_shard() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  -- Inserts of one person run one after the other: two at once must not choose two shards.
  perform pg_advisory_xact_lock(hashtextextended(new.user_id::text, 7));
  if new.shard is not null then
    return new;
  end if;
  perform private.lock_places(new.environment);
  new.shard := coalesce(
    (select coalesce(a.moving_to, a.shard) from public.trading_accounts a
      where a.user_id = new.user_id and a.environment = new.environment and private.has_room(coalesce(a.moving_to, a.shard), 1)
      group by 1 order by count(*) desc, 1 limit 1),
    private.roomy_shard(new.environment, 1),
    case when not exists (select from private.shards s where s.environment = new.environment) then new.environment || '-1' end);
  -- A repeated request (`on conflict do nothing`) adds no row and is not refused.
  if new.shard is null then
    select a.shard into new.shard from public.trading_accounts a where a.id = new.id;
  end if;
  if new.shard is null then
    perform private.refuse(409, 'shards_full', jsonb_build_object('environment', new.environment));
  end if;
  return new;
end $$;
create trigger trading_accounts_shard before insert on public.trading_accounts
for each row execute function private.choose_shard();

-- The owner and the shard of each account. They stay when the account is removed, because a router may still write its last rows.
-- This table decides which router may read and write an account's history.
create table private.account_shards (
  account_id uuid primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  shard text not null
);
create index account_shards_user_idx on private.account_shards (user_id);
alter table private.account_shards enable row level security;
grant select on private.account_shards to lockstep_router;
create policy "a router reads its shard" on private.account_shards for select to lockstep_router
  using (shard = (select private.own_shard()));

create function private.keep_account_shard() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into private.account_shards as s (account_id, user_id, shard) values (new.id, new.user_id, new.shard)
  on conflict (account_id) do update set user_id = excluded.user_id, shard = excluded.shard;
  return null;
end $$;
create trigger trading_accounts_keep_shard after insert or update of shard on public.trading_accounts
for each row execute function private.keep_account_shard();

-- Suggestions of server names: those that terminals of several people have reached, and the caller's own. The API adds those of
-- the catalogue of brokers. A server that one person uses is nobody else's business: its name may tell who that person is.
create function public.known_servers(p_platform text, p_query text) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require(false, false);
  return (
    select coalesce(jsonb_agg(jsonb_build_object('server', s.server, 'platform', s.platform, 'environment', s.environment)
      order by s.server), '[]')
    from (
      select f.server, f.platform, f.environment from (
        select a.server, a.platform, a.environment from public.trading_accounts a
        group by a.server, a.platform, a.environment
        having bool_or(a.user_id = auth.uid())
          or count(distinct a.user_id) filter (where a.state in ('connected', 'ready')) >= 3) f
      where (p_platform is null or f.platform = p_platform)
        and position(lower(coalesce(p_query, '')) in lower(f.server)) > 0
      order by f.server limit 20) s);
end $$;
grant execute on function public.known_servers to authenticated;
