-- The economic news around which copiers with a news filter do not trade. There is one calendar for everybody. Everybody signed
-- in reads it; support and the operators of the service upload it.
create table public.calendar_events (
  source text not null check (char_length(source) between 1 and 64 and source !~ '[[:cntrl:]]'),
  source_id text not null check (char_length(source_id) between 1 and 200 and source_id !~ '[[:cntrl:]]'),
  at timestamptz not null check (isfinite(at)),
  currencies text[] not null check (
    cardinality(currencies) between 1 and 20 and array_to_string(currencies, ' ', '?') ~ '^[A-Z]{3}( [A-Z]{3})*$'),
  importance text not null check (importance in ('election', 'high', 'medium', 'low')),
  title text not null check (char_length(title) between 1 and 200 and title !~ '[[:cntrl:]]'),
  updated_at timestamptz not null default now(),
  -- The source and its own id of the entry, so that a repeated upload adds no second entry.
  primary key (source, source_id)
);
create index calendar_events_at_idx on public.calendar_events (at);
comment on table public.calendar_events is 'News of currencies, from which copiers with a news filter keep away.';
alter table public.calendar_events enable row level security;
grant select on public.calendar_events to authenticated, lockstep_router;
create policy "everybody signed in reads" on public.calendar_events for select to authenticated using (true);
create policy "second factor" on public.calendar_events as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "the router reads" on public.calendar_events for select to lockstep_router using (true);

-- Who uploaded what. `actor_id` is null for an upload by the command line of the service.
create table private.calendar_uploads (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor_id uuid,
  source text not null,
  reason text not null check (char_length(reason) between 3 and 500),
  added int not null,
  changed int not null,
  removed int not null,
  unchanged int not null,
  refused int not null check (refused >= 0),
  digest text not null check (digest ~ '^[0-9a-f]{64}$')
);
alter table private.calendar_uploads enable row level security;

-- Notifies once per statement: the router reads the calendar as a whole.
create function private.notify_calendar() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_notify('calendar_changes', jsonb_build_object('op', tg_op)::text);
  return null;
end $$;
create trigger calendar_events_notify after insert or update or delete on public.calendar_events
for each statement execute function private.notify_calendar();

-- Stores the valid entries of a calendar file: [{"id", "at", "currencies", "importance", "title", "cancelled"}], each id once.
-- `p_refused` is the number of invalid lines, `p_digest` the SHA-256 of the file.
create function private.take_calendar(
  p_actor uuid, p_source text, p_events jsonb, p_refused int, p_reason text, p_digest text
) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_removed int;
  v_added int;
  v_changed int;
  v_unchanged int;
begin
  -- Uploads run one after the other, so that each counts its own changes.
  perform pg_advisory_xact_lock(hashtextextended('calendar', 7));
  with given as (
    select e ->> 'id' as id from jsonb_array_elements(p_events) e where (e ->> 'cancelled')::boolean
  ), gone as (
    delete from public.calendar_events c using given g where c.source = p_source and c.source_id = g.id returning 1
  )
  select count(*) into v_removed from gone;
  with given as (
    select e ->> 'id' as id, (e ->> 'at')::timestamptz as at, e ->> 'importance' as importance, e ->> 'title' as title,
      array(select jsonb_array_elements_text(e -> 'currencies') order by 1) as currencies
    from jsonb_array_elements(p_events) e where not coalesce((e ->> 'cancelled')::boolean, false)
  ), put as (
    insert into public.calendar_events as c (source, source_id, at, currencies, importance, title)
    select p_source, g.id, g.at, g.currencies, g.importance, g.title from given g
    on conflict (source, source_id) do update set at = excluded.at, currencies = excluded.currencies,
      importance = excluded.importance, title = excluded.title, updated_at = now()
    where (c.at, c.currencies, c.importance, c.title)
      is distinct from (excluded.at, excluded.currencies, excluded.importance, excluded.title)
    returning (xmax = 0) as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new),
    (select count(*) from given) - count(*) into v_added, v_changed, v_unchanged from put;
  insert into private.calendar_uploads (actor_id, source, reason, added, changed, removed, unchanged, refused, digest)
  values (p_actor, p_source, btrim(p_reason), v_added, v_changed, v_removed, v_unchanged, p_refused, p_digest);
  return jsonb_build_object('added', v_added, 'changed', v_changed, 'removed', v_removed, 'unchanged', v_unchanged,
    'covered_until', public.calendar_covered_until());
end $$;

-- The same for the command line of the service.
create function private.put_calendar(p_source text, p_events jsonb, p_refused int, p_reason text, p_digest text) returns jsonb
language sql security definer set search_path = '' as $$
  select private.take_calendar(null, p_source, p_events, p_refused, p_reason, p_digest)
$$;
grant execute on function private.put_calendar to lockstep_api;

-- `p_events` is JSON as text, because the embedded server turns a JSON array into an array of Postgres.
create function public.staff_put_calendar(p_source text, p_events text, p_refused int, p_reason text, p_digest text)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_staff uuid := private.require_staff();
begin
  if char_length(btrim(coalesce(p_reason, ''))) < 3 or char_length(p_reason) > 500 then
    perform private.refuse(422, 'reason_missing');
  end if;
  return private.take_calendar(v_staff, p_source, p_events::jsonb, p_refused, p_reason, p_digest);
end $$;

create function public.staff_calendar_uploads() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_staff();
  return (
    select coalesce(jsonb_agg(to_jsonb(x) || jsonb_build_object('id', x.id::text,
      'email', (select u.email from auth.users u where u.id = x.actor_id)) order by x.id desc), '[]')
    from (select * from private.calendar_uploads v order by v.id desc limit 50) x);
end $$;

-- How far the calendar reaches: its last entry before a gap of more than ten days, so that a single election far ahead does not
-- count. Null when the calendar is empty. When it lies in the past, news filters have nothing to act on.
create function public.calendar_covered_until() returns timestamptz
language sql stable set search_path = '' as $$
  with steps as (
    select c.at, c.at - lag(c.at, 1, now()) over (order by c.at) > interval '10 days' as is_far
    from public.calendar_events c where c.at > now() - interval '10 days'
  ), runs as (
    select s.at, bool_or(s.is_far) over (order by s.at) as is_beyond from steps s
  )
  select coalesce((select max(r.at) from runs r where not r.is_beyond),
    (select max(c.at) from public.calendar_events c where c.at <= now()))
$$;

-- The entries that are at most `p_minutes` away from one of the given times (a JSON list).
create function public.calendar_around(p_times text, p_minutes int) returns setof public.calendar_events
language sql stable set search_path = '' as $$
  select c.* from public.calendar_events c where exists (
    select from jsonb_array_elements_text(p_times::jsonb) t
    where c.at between t::timestamptz - make_interval(mins => p_minutes) and t::timestamptz + make_interval(mins => p_minutes))
  order by c.at limit 5000
$$;
grant execute on function public.staff_put_calendar, public.staff_calendar_uploads, public.calendar_covered_until,
  public.calendar_around to authenticated;
