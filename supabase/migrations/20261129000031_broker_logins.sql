-- Nobody can use our terminals to guess the password of somebody's broker account, or to have the broker lock it. Every start of
-- a terminal whose password the broker has not accepted yet is a guess. Guesses are counted for each server and login, whoever
-- makes them; refusals lengthen the pause until the next one.

-- Logins that a broker has refused. They outlive accounts and people, so that deleting an account forgets nothing.
create table private.broker_logins (
  server text not null check (server = lower(server)),
  login bigint not null,
  refusals int not null,
  refused_at timestamptz not null,
  paused_until timestamptz not null,
  primary key (server, login)
);

-- The starts of a day. `guess` is false where the broker accepted the password, before or after the start.
create table private.terminal_starts (
  id bigint generated always as identity primary key,
  account_id uuid not null,
  user_id uuid not null,
  server text not null,
  login bigint not null,
  guess boolean not null,
  at timestamptz not null default clock_timestamp()
);
create index terminal_starts_user_idx on private.terminal_starts (user_id, at);
create index terminal_starts_login_idx on private.terminal_starts (server, login, at) where guess;
create index terminal_starts_account_idx on private.terminal_starts (account_id) where guess;
create index terminal_starts_at_idx on private.terminal_starts (at);

-- What the broker said of the password that an account has now.
create table private.password_outcomes (
  account_id uuid primary key references public.trading_accounts (id) on delete cascade,
  accepted boolean not null,
  -- The version whose refusal was counted. A terminal that tries again by itself is counted once.
  refused_version int
);
alter table private.broker_logins enable row level security;
alter table private.terminal_starts enable row level security;
alter table private.password_outcomes enable row level security;

-- The pause after so many refusals. Two are typing errors; brokers lock an account after five to ten in a row.
create function private.login_pause(p_refusals int) returns interval
language sql immutable set search_path = '' as $$
  select case when p_refusals < 3 then interval '0' when p_refusals = 3 then interval '5 minutes'
    when p_refusals = 4 then interval '15 minutes' when p_refusals = 5 then interval '1 hour' else interval '6 hours' end
$$;

-- Until when no guess at this login is started: the pause after refusals, and six guesses without an answer in an hour.
create function private.login_paused_until(p_server text, p_login bigint) returns timestamptz
language sql volatile security definer set search_path = '' as $$
  select greatest(
    (select b.paused_until from private.broker_logins b where b.server = p_server and b.login = p_login),
    (select s.at + interval '1 hour' from private.terminal_starts s where s.server = p_server and s.login = p_login and s.guess
      order by s.at desc offset 5 limit 1))
$$;

create function private.limit_starts() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_server text := lower(new.server);
  v_guess boolean := not exists (select from private.password_outcomes o where o.account_id = new.id and o.accepted);
  v_most int := private.most(new.user_id, 'starts');
  v_until timestamptz;
begin
  -- A repeated request (`on conflict do nothing`) starts nothing.
  if tg_op = 'INSERT' and exists (select from public.trading_accounts a where a.id = new.id) then
    return new;
  end if;
  -- Starts of one person, and of one login, run one after the other: many at once must not all take the last place.
  perform pg_advisory_xact_lock(hashtextextended(new.user_id::text, 7));
  perform pg_advisory_xact_lock(hashtextextended(v_server || ' ' || new.login, 10));
  delete from private.terminal_starts s where s.at < clock_timestamp() - interval '1 day';
  select s.at + interval '1 hour' into v_until from private.terminal_starts s where s.user_id = new.user_id
  order by s.at desc offset greatest(v_most - 1, 0) limit 1;
  -- Without a limit for starts, as without one for accounts, there is none.
  if v_most is not null and v_until > clock_timestamp() then
    perform private.refuse(429, 'too_many_starts', private.wait_until(v_until));
  end if;
  v_until := private.login_paused_until(v_server, new.login);
  if v_guess and v_until > clock_timestamp() then
    perform private.refuse(429, 'login_paused', private.wait_until(v_until));
  end if;
  insert into private.terminal_starts (account_id, user_id, server, login, guess)
  values (new.id, new.user_id, v_server, new.login, v_guess);
  return new;
end $$;
create trigger trading_accounts_start_made before insert on public.trading_accounts
for each row when (new.operating_mode = 'running') execute function private.limit_starts();
-- A new password, a restart and a resume; by the person and by support.
create trigger trading_accounts_start_again before update of operating_mode, credentials_version on public.trading_accounts
for each row when (new.operating_mode = 'running'
  and (old.operating_mode <> 'running' or new.credentials_version > old.credentials_version))
execute function private.limit_starts();

-- Another password is a guess again. The same one, sealed to another key, keeps its version.
create function private.forget_outcome() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update private.password_outcomes o set accepted = false where o.account_id = new.account_id;
  return null;
end $$;
create trigger credentials_forget_outcome after update of sealed on private.credentials
for each row when (new.sealed is distinct from old.sealed and new.version > old.version)
execute function private.forget_outcome();

create function private.keep_outcome() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_now timestamptz := clock_timestamp();
begin
  if new.state in ('connected', 'ready') then
    insert into private.password_outcomes as o (account_id, accepted) values (new.id, true)
    on conflict (account_id) do update set accepted = true where not o.accepted;
    update private.terminal_starts s set guess = false where s.account_id = new.id and s.guess;
    return null;
  elsif new.state_reason is distinct from private.reason_login_refused() then
    return null;
  end if;
  insert into private.password_outcomes as o (account_id, accepted, refused_version)
  values (new.id, false, new.credentials_version)
  on conflict (account_id) do update set accepted = false, refused_version = excluded.refused_version
  where o.refused_version is distinct from excluded.refused_version;
  if found then
    insert into private.broker_logins as b (server, login, refusals, refused_at, paused_until)
    values (lower(new.server), new.login, 1, v_now, v_now + private.login_pause(1))
    on conflict (server, login) do update set refused_at = v_now,
      refusals = case when b.refused_at < v_now - interval '1 day' then 1 else b.refusals + 1 end,
      paused_until = v_now + private.login_pause(
        case when b.refused_at < v_now - interval '1 day' then 1 else b.refusals + 1 end);
  end if;
  return null;
end $$;
create trigger trading_accounts_outcome after update of state, state_reason on public.trading_accounts
for each row when ((old.state, old.state_reason) is distinct from (new.state, new.state_reason))
execute function private.keep_outcome();
