-- What is told by other channels than the website: who wants what where, and the outbox from which one worker process sends
-- (docs/adr/049). SQL decides what is sent to whom and not before when; how an attempt went, and when the next one is, the worker says.
do $$ begin
  if not exists (select from pg_roles where rolname = 'lockstep_notifier') then
    create role lockstep_notifier login noinherit;
  end if;
end $$;
grant usage on schema private to lockstep_notifier;

-- How a person wants to be told. Who has no row has the defaults.
create table private.notification_settings (
  user_id uuid primary key references auth.users (id) on delete cascade,
  language text not null default 'en' check (language in ('en', 'ar')),
  zone text not null default 'UTC' check (char_length(zone) between 1 and 64),
  -- In the person's zone. What is urgent is sent at any hour.
  quiet_from time,
  quiet_to time,
  -- What is not urgent waits so long for more of its kind, and goes as one mail.
  digest_minutes int not null default 0 check (digest_minutes between 0 and 1440),
  -- Whoever has it ends the person's mails: it stands in each of them.
  unsubscribe_token text not null unique default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
  check ((quiet_from is null) = (quiet_to is null)),
  check (quiet_from is distinct from quiet_to or quiet_from is null)
);
alter table private.notification_settings enable row level security;

-- Where a person differs from `private.wanted_by_default`.
create table private.notification_choices (
  user_id uuid not null references auth.users (id) on delete cascade,
  event text not null check (char_length(event) between 1 and 40),
  channel text not null check (channel in ('email', 'webhook')),
  wanted boolean not null,
  primary key (user_id, event, channel)
);
alter table private.notification_choices enable row level security;

-- Accounts of which a person is told on the website alone.
create table private.muted_accounts (
  user_id uuid not null references auth.users (id) on delete cascade,
  account_id uuid not null references public.trading_accounts (id) on delete cascade,
  primary key (user_id, account_id)
);
create index muted_accounts_account_idx on private.muted_accounts (account_id);
alter table private.muted_accounts enable row level security;

-- Addresses of a person's programs, by the rules of Standard Webhooks. A secret that was replaced signs beside the new one for a day.
create table private.webhooks (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  url text not null check (char_length(url) between 9 and 2000 and url ~ '^https?://[^[:space:][:cntrl:]]+$'),
  secret text not null check (secret ~ '^whsec_[A-Za-z0-9+/]{32,86}={0,2}$'),
  old_secret text,
  old_secret_until timestamptz,
  created_at timestamptz not null default now(),
  -- Its receiver has answered 410: it wants nothing any more.
  ended_at timestamptz
);
create index webhooks_user_idx on private.webhooks (user_id);
alter table private.webhooks enable row level security;

-- A row is one thing told by one channel. `due_at` is when it is attempted next; while an attempt runs, when its lease ends.
alter table private.outbox drop constraint outbox_alert_id_channel_key;
alter table private.outbox drop constraint outbox_channel_check;
alter table private.outbox alter column alert_id drop not null;
alter table private.outbox add column user_id uuid not null references auth.users (id) on delete cascade;
alter table private.outbox add column event text not null;
alter table private.outbox add column data jsonb not null default '{}';
alter table private.outbox add column account_id uuid;
alter table private.outbox add column urgent boolean not null default false;
-- Where it goes, if not to the person's own address: the address that a person had before.
alter table private.outbox add column address text;
alter table private.outbox add column webhook_id uuid references private.webhooks (id) on delete cascade;
-- The attempt that runs, or the one that sent it. Rows of one mail have one.
alter table private.outbox add column lease uuid;
-- Attempts of which nobody knows how they ended: their worker died.
alter table private.outbox add column unknown int not null default 0;
alter table private.outbox add column error text;
alter table private.outbox add column dead_at timestamptz;
alter table private.outbox add constraint outbox_channel_check check (channel in ('email', 'webhook'));
alter table private.outbox add constraint outbox_webhook_check check ((channel = 'webhook') = (webhook_id is not null));
create unique index outbox_alert_idx on private.outbox (alert_id, channel, webhook_id, address) nulls not distinct
  where alert_id is not null;
drop index private.outbox_due_idx;
create index outbox_due_idx on private.outbox (channel, urgent desc, due_at, id) where sent_at is null and dead_at is null;
create index outbox_webhook_due_idx on private.outbox (webhook_id, due_at, id) where sent_at is null and dead_at is null;
create index outbox_lease_idx on private.outbox (lease) where lease is not null;
create index outbox_user_idx on private.outbox (user_id, channel, sent_at);
create index outbox_webhook_idx on private.outbox (webhook_id, id desc) where webhook_id is not null;
create index outbox_dead_idx on private.outbox (dead_at) where dead_at is not null;

-- Mails are about what a person should look at; a program is told everything. What is about signing in cannot be switched off.
create function private.wanted_by_default(p_event text, p_channel text) returns boolean
language sql immutable set search_path = '' as $$
  select p_channel = 'webhook' or p_event not in ('held_up', 'guard_pause_over')
$$;
create function private.is_always_told(p_event text, p_channel text) returns boolean
language sql immutable set search_path = '' as $$
  select p_event = 'test' or (p_channel = 'email' and p_event in ('wrong_codes', 'password_changed', 'email_changed'))
$$;

-- The end of the quiet hours that hold at a moment, or that moment itself. Where clocks change, the hours are the clock's.
create function private.after_quiet_hours(p_zone text, p_from time, p_to time, p_at timestamptz) returns timestamptz
language sql stable set search_path = '' as $$
  select case
    when p_from is null then p_at
    when case when p_from < p_to then l.at::time >= p_from and l.at::time < p_to
      else l.at::time >= p_from or l.at::time < p_to end
    then (l.at::date + case when p_to <= l.at::time then 1 else 0 end + p_to) at time zone p_zone
    else p_at end
  from (select p_at at time zone p_zone as at) l
$$;

-- Not before when something is sent to a person by mail.
create function private.due_by_mail(p_user uuid, p_urgent boolean, p_at timestamptz) returns timestamptz
language sql stable set search_path = '' as $$
  select case when p_urgent or s.user_id is null then p_at
    else private.after_quiet_hours(s.zone, s.quiet_from, s.quiet_to, p_at + make_interval(mins => s.digest_minutes)) end
  from (select p_user as id) u left join private.notification_settings s on s.user_id = u.id
$$;

create function private.is_wanted(p_user uuid, p_event text, p_channel text, p_account uuid) returns boolean
language sql stable set search_path = '' as $$
  select private.is_always_told(p_event, p_channel) or (
    coalesce((select c.wanted from private.notification_choices c
      where c.user_id = p_user and c.event = p_event and c.channel = p_channel), private.wanted_by_default(p_event, p_channel))
    and not exists (select from private.muted_accounts m where m.user_id = p_user and m.account_id = p_account))
$$;

create function private.queue_alert() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_urgent boolean := new.severity = 'now';
begin
  if private.is_wanted(new.user_id, new.kind, 'email', new.account_id) then
    insert into private.outbox (user_id, alert_id, event, data, account_id, urgent, channel, address, due_at)
    select new.user_id, new.id, new.kind, new.data, new.account_id, v_urgent, 'email', a.address,
      private.due_by_mail(new.user_id, v_urgent, now())
    -- Whoever took the new address must not be the only one who hears of it.
    from (values (null), (case when new.kind = 'email_changed' then new.data ->> 'was' end)) a (address)
    where a.address is not null or exists (select from auth.users u where u.id = new.user_id and u.email is not null)
    on conflict do nothing;
  end if;
  if private.is_wanted(new.user_id, new.kind, 'webhook', new.account_id) then
    insert into private.outbox (user_id, alert_id, event, data, account_id, urgent, channel, webhook_id)
    select new.user_id, new.id, new.kind, new.data, new.account_id, v_urgent, 'webhook', w.id
    from private.webhooks w where w.user_id = new.user_id and w.ended_at is null;
  end if;
  return null;
end $$;
create trigger alerts_queue after insert on public.alerts for each row execute function private.queue_alert();

-- Wakes the worker. No payload: it looks for itself.
create function private.outbox_filled() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_notify('outbox', '');
  return null;
end $$;
create trigger outbox_filled after insert on private.outbox for each statement execute function private.outbox_filled();

-- What the worker does. It has no right to a table.

-- Of a person's mails, 30 in an hour; then what is urgent goes together every five minutes, and the rest once the hour has room.
-- Returns when the next mail may go; null: now.
create function private.next_mail_at(p_user uuid, p_urgent boolean) returns timestamptz
language sql stable set search_path = '' as $$
  select case when count(*) < 30 then null
    when p_urgent and max(m.at) <= now() - interval '5 minutes' then null
    when p_urgent then max(m.at) + interval '5 minutes'
    else (array_agg(m.at order by m.at desc))[30] + interval '1 hour' end
  from (select max(o.sent_at) as at from private.outbox o
    where o.user_id = p_user and o.channel = 'email' and o.sent_at > now() - interval '1 hour' group by o.lease) m
$$;

-- An attempt whose lease has ended had a worker that died: it may have sent or not. A mail is tried once more and no third time; a
-- webhook's receiver knows a repetition by its id, so only what kills every worker ends.
create function private.bury_unknown(p_channel text, p_now timestamptz) returns void
language sql set search_path = '' as $$
  update private.outbox o set dead_at = p_now, lease = null, error = 'outcome_unknown'
  where o.id in (select b.id from private.outbox b
    where b.channel = p_channel and b.sent_at is null and b.dead_at is null and b.due_at <= p_now and b.lease is not null
      and b.unknown >= case p_channel when 'email' then 1 else 6 end
    for update skip locked)
$$;

-- Due mails, locked. Of a person who has had too many lately they are put off; else everything due for the person goes along.
create function private.due_mails(p_now timestamptz, p_most int) returns bigint[]
language plpgsql set search_path = '' as $$
declare
  v_ids bigint[];
  v_person record;
  v_next timestamptz;
begin
  select coalesce(array_agg(f.id), '{}') into v_ids from (
    select o.id from private.outbox o
    where o.channel = 'email' and o.sent_at is null and o.dead_at is null and o.due_at <= p_now
    order by o.urgent desc, o.due_at, o.id limit p_most for update skip locked) f;
  for v_person in
    select o.user_id, bool_or(o.urgent) as urgent from private.outbox o
    where o.id = any (v_ids) and o.event <> 'test' group by o.user_id
  loop
    v_next := private.next_mail_at(v_person.user_id, v_person.urgent);
    if v_next is null then
      v_ids := v_ids || array(
        select m.id from (select o.id from private.outbox o
          where o.user_id = v_person.user_id and o.channel = 'email' and o.sent_at is null and o.dead_at is null
            and o.due_at <= p_now and o.id <> all (v_ids) order by o.id limit 200 for update skip locked) m);
    else
      update private.outbox o set due_at = v_next
      where o.id in (select p.id from private.outbox p
        where p.user_id = v_person.user_id and p.channel = 'email' and p.sent_at is null and p.dead_at is null
          and p.lease is null and p.due_at <= p_now and p.event <> 'test' for update skip locked);
      v_ids := array(select unnest(v_ids) except select o.id from private.outbox o where o.id = any (v_ids) and o.due_at > p_now);
    end if;
  end loop;
  return v_ids;
end $$;

-- Due rows of webhooks, locked: one of each webhook, so that a slow receiver keeps nobody else waiting and is told things in their order.
create function private.due_webhooks(p_now timestamptz, p_most int) returns bigint[]
language sql set search_path = '' as $$
  select coalesce(array_agg(f.id), '{}') from (
    select d.id from private.webhooks w
    cross join lateral (
      select o.id, o.urgent, o.due_at from private.outbox o
      where o.webhook_id = w.id and o.sent_at is null and o.dead_at is null and o.due_at <= p_now
      order by o.due_at, o.id limit 1 for update skip locked) d
    where w.ended_at is null and not exists (
      select from private.outbox b where b.webhook_id = w.id and b.sent_at is null and b.dead_at is null
        and b.lease is not null and b.due_at > p_now)
    order by d.urgent desc, d.due_at, d.id limit p_most) f
$$;

-- Takes due rows for one attempt each, which is over when the lease ends. Rows of one mail have one lease.
create function private.outbox_claim(p_channel text, p_most int, p_lease_s int) returns table (
  id bigint, lease uuid, user_id uuid, event text, data jsonb, account_id uuid, urgent boolean,
  created_at timestamptz, attempts int, address text, language text, zone text, unsubscribe_token text,
  webhook_id uuid, url text, secret text, old_secret text)
language plpgsql security definer set search_path = '' as $$
declare
  v_now timestamptz := clock_timestamp();
  v_until timestamptz := v_now + make_interval(secs => p_lease_s);
  v_ids bigint[];
begin
  perform private.bury_unknown(p_channel, v_now);
  v_ids := case p_channel when 'email' then private.due_mails(v_now, p_most) else private.due_webhooks(v_now, p_most) end;
  insert into private.notification_settings as s (user_id)
  select distinct o.user_id from private.outbox o where o.id = any (v_ids) on conflict do nothing;
  return query
    with alone as (
      select o.id, o.user_id, o.address, case when o.channel = 'webhook' or o.event = 'test' then o.id end as one
      from private.outbox o where o.id = any (v_ids)),
    leases as (
      select g.*, gen_random_uuid() as lease from (select distinct a.user_id, a.address, a.one from alone a) g),
    taken as (
      update private.outbox o set lease = l.lease, due_at = v_until, attempts = o.attempts + 1,
        unknown = o.unknown + case when o.lease is null then 0 else 1 end
      from alone a join leases l
        on l.user_id = a.user_id and l.address is not distinct from a.address and l.one is not distinct from a.one
      where o.id = a.id
      returning o.*)
    select t.id, t.lease, t.user_id, t.event, t.data, t.account_id, t.urgent, t.created_at, t.attempts,
      coalesce(t.address, u.email::text), s.language, s.zone, s.unsubscribe_token,
      w.id, w.url, w.secret, case when w.old_secret_until > v_now then w.old_secret end
    from taken t
    join auth.users u on u.id = t.user_id
    join private.notification_settings s on s.user_id = t.user_id
    left join private.webhooks w on w.id = t.webhook_id
    order by t.urgent desc, t.created_at, t.id;
end $$;

-- False: the lease had ended, and another attempt has begun.
create function private.outbox_sent(p_lease uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  update private.outbox o set sent_at = clock_timestamp(), error = null where o.lease = p_lease and o.sent_at is null;
  return found;
end $$;

-- How an attempt failed. `p_retry_s` is when the next one is; null: never, it is a dead letter.
create function private.outbox_failed(p_lease uuid, p_error text, p_retry_s float8, p_unknown boolean) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  update private.outbox o set lease = null, error = left(p_error, 200),
    unknown = o.unknown + case when p_unknown then 1 else 0 end,
    due_at = case when p_retry_s is null then o.due_at else clock_timestamp() + make_interval(secs => p_retry_s) end,
    dead_at = case when p_retry_s is null or (p_unknown and o.unknown >= 1 and o.channel = 'email') then clock_timestamp() end
  where o.lease = p_lease and o.sent_at is null;
  return found;
end $$;

-- The receiver wants nothing any more.
create function private.webhook_ended(p_webhook uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  update private.webhooks w set ended_at = clock_timestamp() where w.id = p_webhook and w.ended_at is null;
  update private.outbox o set dead_at = clock_timestamp(), lease = null, error = 'webhook_ended'
  where o.webhook_id = p_webhook and o.sent_at is null and o.dead_at is null;
end $$;

-- For metrics and for the worker's sleep: what waits, since when the first of it is due, when the next is, and dead letters.
create function private.outbox_figures() returns table (waiting bigint, late_s float8, next_s float8, dead bigint)
language sql stable security definer set search_path = '' as $$
  select w.waiting, greatest(0, extract(epoch from clock_timestamp() - w.due))::float8,
    extract(epoch from w.due - clock_timestamp())::float8,
    (select count(*) from private.outbox o where o.dead_at is not null)
  from (select count(*) as waiting, min(o.due_at) as due from private.outbox o
    where o.sent_at is null and o.dead_at is null) w
$$;

-- Rows that were sent, or that nobody took up, are kept for thirty days.
create function private.outbox_forget() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  v_rows bigint;
begin
  delete from private.outbox o where o.id in (
    select f.id from private.outbox f
    where f.sent_at < now() - interval '30 days' or f.dead_at < now() - interval '30 days' limit 5000);
  get diagnostics v_rows = row_count;
  return v_rows;
end $$;
grant execute on function private.outbox_claim, private.outbox_sent, private.outbox_failed, private.webhook_ended,
  private.outbox_figures, private.outbox_forget to lockstep_notifier;

-- What people do.

create function private.settings_of(p_user uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('language', coalesce(s.language, 'en'), 'zone', coalesce(s.zone, 'UTC'),
    'quiet_from', to_char(s.quiet_from, 'HH24:MI'), 'quiet_to', to_char(s.quiet_to, 'HH24:MI'),
    'digest_minutes', coalesce(s.digest_minutes, 0),
    'choices', (
      select jsonb_agg(jsonb_build_object('event', e.event, 'channel', c.channel,
        'wanted', private.is_wanted(p_user, e.event, c.channel, null),
        'fixed', private.is_always_told(e.event, c.channel)) order by e.place, c.place)
      from unnest(array['needs_you', 'rejected', 'out_of_sync', 'guard_fired', 'copier_refused', 'cannot_trade', 'quarantined',
          'disconnected', 'guard_warning', 'guard_paused', 'guard_pause_over', 'held_up', 'wrong_codes', 'password_changed',
          'email_changed']) with ordinality e (event, place),
        unnest(array['email', 'webhook']) with ordinality c (channel, place)),
    'muted_accounts', (select coalesce(jsonb_agg(m.account_id order by m.account_id), '[]') from private.muted_accounts m
      where m.user_id = p_user))
  from (select p_user as id) u left join private.notification_settings s on s.user_id = u.id
$$;

create function public.notification_settings() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  return private.settings_of(private.require(false, false));
end $$;

-- `p_changes` is JSON as text, with what changes of what `notification_settings` returns. Mails that wait keep their times.
create function public.change_notification_settings(p_changes text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_new jsonb := p_changes::jsonb;
begin
  if v_new ? 'zone' and not exists (select from pg_catalog.pg_timezone_names z where z.name = v_new ->> 'zone') then
    perform private.refuse(422, 'no_such_zone');
  end if;
  if v_new ? 'muted_accounts' then
    perform private.require_accounts(array(select jsonb_array_elements_text(v_new -> 'muted_accounts')::uuid));
    delete from private.muted_accounts m where m.user_id = v_user;
    insert into private.muted_accounts (user_id, account_id)
    select distinct v_user, a.id::uuid from jsonb_array_elements_text(v_new -> 'muted_accounts') a (id);
  end if;
  insert into private.notification_settings (user_id) values (v_user) on conflict do nothing;
  update private.notification_settings s set
    language = coalesce(v_new ->> 'language', s.language),
    zone = coalesce(v_new ->> 'zone', s.zone),
    quiet_from = case when v_new ? 'quiet_from' then (v_new ->> 'quiet_from')::time else s.quiet_from end,
    quiet_to = case when v_new ? 'quiet_to' then (v_new ->> 'quiet_to')::time else s.quiet_to end,
    digest_minutes = coalesce((v_new ->> 'digest_minutes')::int, s.digest_minutes)
  where s.user_id = v_user;
  insert into private.notification_choices as c (user_id, event, channel, wanted)
  select v_user, n.event, n.channel, n.wanted
  from jsonb_to_recordset(coalesce(v_new -> 'choices', '[]')) n (event text, channel text, wanted boolean)
  on conflict (user_id, event, channel) do update set wanted = excluded.wanted;
  return private.settings_of(v_user);
end $$;

create function private.shown_webhook(w private.webhooks) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('id', w.id, 'url', w.url, 'created_at', w.created_at, 'ended_at', w.ended_at)
$$;

create function public.my_webhooks() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := private.require(false, false);
begin
  return (select coalesce(jsonb_agg(private.shown_webhook(w) order by w.created_at, w.id), '[]')
    from private.webhooks w where w.user_id = v_user);
end $$;

create function public.add_webhook(p_url text, p_secret text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.require(true, true);
  v_row private.webhooks;
begin
  perform pg_advisory_xact_lock(hashtextextended(v_user::text, 46));
  if (select count(*) from private.webhooks w where w.user_id = v_user) >= 10 then
    perform private.refuse(409, 'webhook_limit_reached', '{"most": 10}');
  end if;
  insert into private.webhooks (user_id, url, secret) values (v_user, p_url, p_secret) returning * into v_row;
  perform private.note(v_user, 'webhook_added', 'security', v_row.id, null, '{}');
  return private.shown_webhook(v_row);
end $$;

-- The webhook's row; null where it is not the person's.
create function private.own_webhook(p_user uuid, p_id uuid) returns private.webhooks
language sql stable set search_path = '' as $$
  select w.* from private.webhooks w where w.id = p_id and w.user_id = p_user
$$;

-- The old secret signs too for a day. A webhook that had ended begins again. Null where it is not the caller's.
create function public.replace_webhook_secret(p_id uuid, p_secret text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.require(true, true);
  v_row private.webhooks;
begin
  update private.webhooks w set secret = p_secret, old_secret = w.secret, old_secret_until = now() + interval '1 day', ended_at = null
  where w.id = p_id and w.user_id = v_user returning * into v_row;
  if not found then
    return null;
  end if;
  perform private.note(v_user, 'webhook_secret_replaced', 'security', p_id, null, '{}');
  return private.shown_webhook(v_row);
end $$;

create function public.remove_webhook(p_id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.require(true, true);
begin
  delete from private.webhooks w where w.id = p_id and w.user_id = v_user;
  if found then
    perform private.note(v_user, 'webhook_removed', 'security', p_id, null, '{}');
  end if;
  return found;
end $$;

-- The last things told by a webhook, newest first. Null where it is not the caller's.
create function public.webhook_deliveries(p_id uuid, p_limit int) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_user uuid := private.require(false, false);
begin
  if (private.own_webhook(v_user, p_id)).id is null then
    return null;
  end if;
  return (select coalesce(jsonb_agg(jsonb_build_object('id', d.id::text, 'event', d.event, 'created_at', d.created_at,
      'attempts', d.attempts, 'sent_at', d.sent_at, 'dead_at', d.dead_at, 'error', d.error,
      'due_at', case when d.sent_at is null and d.dead_at is null then d.due_at end) order by d.id desc), '[]')
    from (select * from private.outbox o where o.webhook_id = p_id order by o.id desc limit least(p_limit, 200)) d);
end $$;

-- Sends what was sent, or was given up, once more. False where it is not the caller's, or is on its way.
create function public.send_again(p_webhook uuid, p_delivery text) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
begin
  update private.outbox o set sent_at = null, dead_at = null, lease = null, attempts = 0, unknown = 0, error = null, due_at = now()
  where o.id = case when p_delivery ~ '^[0-9]{1,18}$' then p_delivery::bigint end
    and o.user_id = v_user and o.webhook_id = p_webhook and (o.sent_at is not null or o.dead_at is not null);
  if found then
    perform pg_notify('outbox', '');
    return true;
  end if;
  return false;
end $$;

-- Sends a message that says so. Five in ten minutes. False where there is no such webhook.
create function public.test_notification(p_channel text, p_webhook uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
begin
  if p_channel = 'webhook' and (private.own_webhook(v_user, p_webhook)).id is null then
    return false;
  end if;
  perform pg_advisory_xact_lock(hashtextextended(v_user::text, 46));
  if (select count(*) from private.outbox o
      where o.user_id = v_user and o.event = 'test' and o.created_at > now() - interval '10 minutes') >= 5 then
    perform private.refuse(429, 'too_many_requests');
  end if;
  insert into private.outbox (user_id, event, urgent, channel, webhook_id)
  values (v_user, 'test', true, p_channel, case when p_channel = 'webhook' then p_webhook end);
  return true;
end $$;
grant execute on function public.notification_settings, public.change_notification_settings, public.my_webhooks, public.add_webhook,
  public.replace_webhook_secret, public.remove_webhook, public.webhook_deliveries, public.send_again, public.test_notification
  to authenticated;

-- For the API alone: whoever has the token of a mail ends all mails to that person but those about signing in.
create function private.unsubscribe(p_token text) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := (select s.user_id from private.notification_settings s where s.unsubscribe_token = p_token);
begin
  if v_user is null then
    return false;
  end if;
  insert into private.notification_choices as c (user_id, event, channel, wanted)
  select v_user, x ->> 'event', 'email', false from jsonb_array_elements(private.settings_of(v_user) -> 'choices') x
  where x ->> 'channel' = 'email' and not (x ->> 'fixed')::boolean
  on conflict (user_id, event, channel) do update set wanted = false;
  return true;
end $$;
grant execute on function private.unsubscribe to lockstep_api;

-- What could not be told to people, for support.
create function public.staff_dead_letters() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_staff();
  return (select coalesce(jsonb_agg(jsonb_build_object('id', d.id::text, 'user_id', d.user_id, 'email', u.email, 'channel', d.channel,
      'event', d.event, 'created_at', d.created_at, 'attempts', d.attempts, 'dead_at', d.dead_at, 'error', d.error)
      order by d.dead_at desc, d.id desc), '[]')
    from (select * from private.outbox o where o.dead_at is not null order by o.dead_at desc limit 200) d
    join auth.users u on u.id = d.user_id);
end $$;
grant execute on function public.staff_dead_letters to authenticated;
