-- The news calendar: read by everybody signed in, supplied by support and by whoever runs the service, written down.
begin;
\ir helpers.psql
select plan(32);
select tests.story();
\set a 'tests.alice()'
\set b 'tests.bob()'
insert into private.staff (user_id) values (:b);

create function tests.event(p_id text, p_at text, p_more jsonb default '{}') returns jsonb language sql as $$
  select jsonb_build_object('id', p_id, 'at', p_at, 'currencies', '["USD", "EUR"]'::jsonb, 'importance', 'high',
    'title', 'Payrolls', 'cancelled', false) || p_more $$;
create function tests.put(p_user uuid, p_events jsonb, p_reason text default 'this week') returns text language plpgsql as $$
declare v_code text; v_state text; v_done jsonb;
begin
  perform tests.become('authenticated', p_user);
  v_done := public.staff_put_calendar('bank', p_events::text, 2, p_reason, repeat('0', 64));
  reset role;
  return concat_ws(' ', v_done ->> 'added', v_done ->> 'changed', v_done ->> 'removed', v_done ->> 'unchanged');
exception when others then
  get stacked diagnostics v_code = message_text, v_state = returned_sqlstate;
  reset role;
  return case when v_state like 'PT%' then v_state || ' ' || v_code else v_state end;
end $$;
create function tests.covered() returns timestamptz language sql as $$ select public.calendar_covered_until() $$;

grant execute on all functions in schema tests to public;

select is(tests.put(:a, '[]'), 'PT403 staff_only', 'supplying the calendar is not for everybody');
select is(tests.put(:b, '[]', ' x '), 'PT422 reason_missing', 'support says why');
select is(tests.covered(), null, 'an empty calendar covers nothing');
select is(tests.put(:b, jsonb_build_array(tests.event('1', '2026-12-04T13:30:00Z'), tests.event('2', '2026-12-05T13:30:00Z'))),
  '2 0 0 0', 'new entries are added');
select is(tests.put(:b, jsonb_build_array(tests.event('1', '2026-12-04T13:30:00Z'), tests.event('2', '2026-12-05T14:30:00+01:00'))),
  '0 0 0 2', 'the same again changes nothing');
select is(tests.put(:b, jsonb_build_array(tests.event('1', '2026-12-04T13:30:00Z', '{"title": "Jobs"}'), tests.event('3', '2026-12-06T00:00:00Z'))),
  '1 1 0 0', 'an entry that says something else is changed');
select is(tests.put(:b, jsonb_build_array(tests.event('2', '2026-12-05T13:30:00Z', '{"cancelled": true}'),
  tests.event('7', '2026-12-05T13:30:00Z', '{"cancelled": true}'))), '0 0 1 0', 'a cancelled one is removed, if it is there');
select results_eq($$ select source, source_id, at, currencies, importance, title from public.calendar_events order by at $$,
  $$ values ('bank', '1', '2026-12-04T13:30:00Z'::timestamptz, array['EUR', 'USD'], 'high', 'Jobs'),
    ('bank', '3', '2026-12-06T00:00:00Z', array['EUR', 'USD'], 'high', 'Payrolls') $$, 'and so is the calendar');
select is(tests.put(:b, jsonb_build_array(tests.event('4', '2026-12-04T13:30:00Z', wrong))), '23514', why)
from (values ('{"importance": "urgent"}'::jsonb, 'there are four importances'), ('{"currencies": []}', 'somebody is concerned'),
  ('{"currencies": ["usd"]}', 'currencies are three capitals'), ('{"title": ""}', 'news have a title'),
  ('{"title": "a\nb"}', 'of one line'), ('{"at": "infinity"}', 'and a moment')) w (wrong, why);
select is((select count(*)::int from private.calendar_uploads), 4, 'what was taken is written down, each time');
select results_eq($$ select actor_id, source, reason, added, changed, removed, unchanged, refused from private.calendar_uploads order by id limit 1 $$,
  $$ values (tests.bob(), 'bank', 'this week', 2, 0, 0, 0, 2) $$, 'with who, why and what');

-- Those who run the service.
select tests.become('lockstep_api');
select is(private.put_calendar('bank', jsonb_build_array(tests.event('1', '2026-12-04T13:30:00Z')), 0, 'by command',
  repeat('f', 64)) ->> 'changed', '1', 'the command supplies it as well');
reset role;
select is((select actor_id from private.calendar_uploads order by id desc limit 1), null, 'and is nobody of support');

-- Who reads and writes.
select is(tests.outcome('anon', null, 'select from public.calendar_events'), '42501', 'strangers read nothing');
select is(tests.outcome('authenticated', :a, 'select from public.calendar_events'), '2', 'everybody signed in reads all of it');
select is(tests.outcome('lockstep_router_demo-1', null, 'select from public.calendar_events'), '2', 'and so does the router');
select is(tests.outcome('authenticated', :a, $$select public.staff_calendar_uploads()$$), 'PT403', 'uploads are for support');
select is(tests.outcome(role, who, statement), '42501', role || ' may not: ' || left(statement, 50))
from (values ('authenticated', :b), ('lockstep_router_demo-1', null), ('lockstep_api', null)) r (role, who),
  (values ($$delete from public.calendar_events$$),
    ($$insert into public.calendar_events (source, source_id, at, currencies, importance, title) values ('x', 'x', now(), '{USD}', 'low', 'x')$$)) s (statement);
insert into private.suspended_users (user_id, reason) values (:a, 'x');
select is(tests.outcome('authenticated', :a, 'select from public.calendar_events'), '0', 'who is suspended reads nothing');

-- How far it reaches.
delete from public.calendar_events;
insert into public.calendar_events (source, source_id, at, currencies, importance, title)
select 'x', n::text, now() + make_interval(days => n), '{USD}', 'high', 'x' from unnest(array[-20, -3, 1, 9, 300]) n;
select is(tests.covered(), now() + interval '9 days', 'one far entry is no calendar until then');
delete from public.calendar_events where at > now();
select is(tests.covered(), now() - interval '3 days', 'one that has ended says when');
delete from public.calendar_events where at > now() - interval '4 days';
select is(tests.covered(), now() - interval '20 days', 'however long ago');

select * from finish();
rollback;
