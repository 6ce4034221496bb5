-- Notifications by mail and webhook: who gets which, when, and how often; and what the notifier's role may do.
begin;
\ir helpers.psql
select tests.story();
select plan(55);
delete from public.alerts;
delete from private.outbox;

create function tests.tell(p_kind text, p_severity text, p_account int default null, p_user uuid default tests.alice(),
  p_data jsonb default '{"label": "account"}') returns void language sql as $$
  insert into public.alerts (user_id, kind, severity, account_id, data)
  values (p_user, p_kind, p_severity, tests.account(p_account), p_data) $$;
create function tests.queued() returns bigint language sql as $$
  select count(*) from private.outbox where sent_at is null and dead_at is null $$;
create function tests.settle() returns void language sql as $$ delete from private.outbox $$;
create function tests.change(p_user uuid, p_changes jsonb) returns jsonb language plpgsql as $$
declare v_said jsonb;
begin
  perform tests.become('authenticated', p_user);
  v_said := public.change_notification_settings(p_changes::text);
  reset role;
  return v_said;
end $$;

-- Defaults.
select tests.tell('needs_you', 'now', 1);
select results_eq($$select channel, urgent, event from private.outbox$$, $$values ('email', true, 'needs_you')$$,
  'an alert goes to its person by mail');
select tests.settle();
select tests.tell('held_up', 'soon', 1);
select is(tests.queued(), 0::bigint, 'what nobody can do anything about does not, unless somebody wants it');
select tests.change(tests.alice(), '{"choices": [{"event": "held_up", "channel": "email", "wanted": true},
  {"event": "disconnected", "channel": "email", "wanted": false}]}');
select tests.tell('held_up', 'soon', 2), tests.tell('disconnected', 'soon', 2);
select results_eq($$select event from private.outbox$$, $$values ('held_up')$$, 'a person chooses');
select tests.settle();
select tests.tell('disconnected', 'soon', 3, tests.bob());
select is(tests.queued(), 1::bigint, 'for nobody else');
select tests.settle();

-- Muted accounts.
select tests.change(tests.alice(), jsonb_build_object('muted_accounts', array[tests.account(1)]));
select tests.tell('needs_you', 'now', 1), tests.tell('needs_you', 'now', 2);
select results_eq($$select account_id from private.outbox$$, $$values (tests.account(2))$$, 'of a muted account nothing is told');
select tests.settle();
select tests.change(tests.alice(), '{"muted_accounts": []}');

-- What is about signing in.
select tests.change(tests.alice(), '{"choices": [{"event": "password_changed", "channel": "email", "wanted": false}]}');
select tests.tell('password_changed', 'now', null);
select is(tests.queued(), 1::bigint, 'what is about signing in cannot be switched off');
select tests.settle();
select tests.tell('email_changed', 'now', null, tests.alice(), '{"was": "old@example.test"}');
select bag_eq($$select address from private.outbox$$, $$values (null::text), ('old@example.test')$$,
  'a new address is told to the old one too');
select tests.settle();

-- Quiet hours: of the person's zone, over midnight, over a change of clocks; urgent things at any hour.
create function tests.quiet(p_zone text, p_from time, p_to time, p_at timestamptz) returns timestamptz language sql as $$
  select private.after_quiet_hours(p_zone, p_from, p_to, p_at) $$;
select is(tests.quiet('UTC', null, null, '2026-12-01 03:00Z'), '2026-12-01 03:00Z'::timestamptz, 'without quiet hours all are loud');
select is(tests.quiet('UTC', '22:00', '07:00', '2026-12-01 21:59Z'), '2026-12-01 21:59Z'::timestamptz, 'a minute before they begin');
select is(tests.quiet('UTC', '22:00', '07:00', '2026-12-01 22:00Z'), '2026-12-02 07:00Z'::timestamptz, 'when they begin');
select is(tests.quiet('UTC', '22:00', '07:00', '2026-12-02 06:59Z'), '2026-12-02 07:00Z'::timestamptz, 'after midnight');
select is(tests.quiet('UTC', '22:00', '07:00', '2026-12-02 07:00Z'), '2026-12-02 07:00Z'::timestamptz, 'their end is loud');
select is(tests.quiet('UTC', '12:00', '14:00', '2026-12-01 13:00Z'), '2026-12-01 14:00Z'::timestamptz, 'within one day');
select is(tests.quiet('UTC', '12:00', '14:00', '2026-12-01 11:00Z'), '2026-12-01 11:00Z'::timestamptz, 'and before them');
select is(tests.quiet('Asia/Dubai', '22:00', '07:00', '2026-12-01 18:30Z'), '2026-12-02 03:00Z'::timestamptz, 'in the person''s zone');
select is(tests.quiet('Asia/Kathmandu', '22:00', '07:00', '2026-12-01 16:14Z'), '2026-12-01 16:14Z'::timestamptz, 'to the minute');
select is(tests.quiet('Europe/Berlin', '22:00', '07:00', '2026-10-24 21:00Z'), '2026-10-25 06:00Z'::timestamptz, 'a night with an hour more');
select is(tests.quiet('Europe/Berlin', '22:00', '07:00', '2027-03-27 22:00Z'), '2027-03-28 05:00Z'::timestamptz, 'a night with an hour less');
select is(tests.quiet('Europe/Berlin', '23:00', '02:30', '2027-03-27 23:00Z') > '2027-03-27 23:00Z'::timestamptz, true,
  'an end that no clock shows is an end');

select tests.change(tests.bob(), jsonb_build_object('zone', 'UTC', 'quiet_from', to_char(now() at time zone 'UTC' - interval '1 hour', 'HH24:MI'),
  'quiet_to', to_char(now() at time zone 'UTC' + interval '1 hour', 'HH24:MI')));
select tests.tell('disconnected', 'soon', 3, tests.bob()), tests.tell('needs_you', 'now', 3, tests.bob());
select results_eq($$select event, due_at > now() + interval '30 minutes' from private.outbox order by event$$,
  $$values ('disconnected', true), ('needs_you', false)$$, 'quiet hours hold back what is not urgent');
select tests.settle();
select tests.change(tests.bob(), '{"quiet_from": null, "quiet_to": null, "digest_minutes": 15}');
select tests.tell('disconnected', 'soon', 3, tests.bob()), tests.tell('needs_you', 'now', 3, tests.bob());
select results_eq($$select event, due_at = now() + interval '15 minutes' from private.outbox order by event$$,
  $$values ('disconnected', true), ('needs_you', false)$$, 'so does a digest');
select tests.settle();

-- The settings that people see and change.
select is((select count(*)::int from jsonb_array_elements(tests.change(tests.bob(), '{}') -> 'choices')), 30, 'each kind by each channel');
select is(tests.outcome('authenticated', tests.bob(), $$select public.change_notification_settings('{"zone": "Mars/Base"}')$$), 'PT422',
  'a zone that there is none of is refused');
select is(tests.outcome('authenticated', tests.bob(), $$select public.change_notification_settings('{"quiet_from": "22:00"}')$$), '23514',
  'quiet hours have two ends');
select is(tests.outcome('authenticated', tests.bob(), $$select public.change_notification_settings('{"language": "tlh"}')$$), '23514',
  'there are two languages');
select bag_eq($$select r.kind from (select unnest(regexp_matches(pg_get_constraintdef(oid), '''(\w+)''', 'g')) as kind
    from pg_constraint where conname = 'alerts_kind_check') r$$,
  $$select distinct x ->> 'event' from jsonb_array_elements(private.settings_of(tests.bob()) -> 'choices') x$$,
  'all kinds of alerts can be chosen');

-- Webhooks.
create function tests.secret() returns text language sql immutable as $$ select 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=' $$;
select is(tests.outcome('authenticated', tests.alice(), $$select public.add_webhook('ftp://x', 'whsec_' || repeat('a', 32))$$), '23514',
  'a webhook is called by HTTP');
select is(tests.outcome('authenticated', tests.alice(), $$select public.add_webhook('https://x', 'guessable')$$), '23514',
  'its secret is long');
insert into private.webhooks (id, user_id, url, secret) values
  ('3eb00000-0000-4000-8000-000000000001', tests.alice(), 'https://a.example.test/', tests.secret()),
  ('3eb00000-0000-4000-8000-000000000002', tests.alice(), 'https://b.example.test/', tests.secret());
select tests.tell('guard_pause_over', 'info', 1);
select results_eq($$select channel, count(*) from private.outbox group by 1$$, $$values ('webhook', 2::bigint)$$, 'a program is told everything');

-- The worker, as its role.
create function tests.claim(p_channel text, p_most int default 100) returns setof text language sql security definer as $$
  select c.lease::text from private.outbox_claim(p_channel, p_most, 60) c $$;
select is(tests.outcome('lockstep_notifier', null, 'select from private.outbox'), '42501', 'the worker reads no table');
select is(tests.outcome('lockstep_notifier', null, $$select from private.outbox_claim('webhook', 10, 60)$$), '2', 'it takes what is due');
select is(tests.outcome('lockstep_api', null, $$select from private.outbox_claim('webhook', 10, 60)$$), '42501', 'nobody else does');
select is((select count(*)::int from tests.claim('webhook', 1)), 1, 'so many as it asks for');
select is((select count(*)::int from tests.claim('webhook')), 1, 'and the rest');
select is((select count(*)::int from tests.claim('webhook')), 0, 'nothing is taken twice while its lease lasts');
select tests.tell('guard_paused', 'soon', 2);
select is((select count(*)::int from tests.claim('webhook')), 0, 'a webhook has one attempt at a time');
select is((select private.outbox_sent(lease) from private.outbox where lease is not null and channel = 'webhook' order by id limit 1), true,
  'what was sent');
select is((select count(*)::int from tests.claim('webhook')), 1, 'makes room for the next');
select private.webhook_ended('3eb00000-0000-4000-8000-000000000002');
select is((select count(*)::int from private.outbox where webhook_id = '3eb00000-0000-4000-8000-000000000002' and dead_at is null and sent_at is null),
  0, 'what has ended is told nothing');
select tests.settle();

-- One mail for all that is due.
select tests.tell('needs_you', 'now', 1), tests.tell('needs_you', 'now', 2), tests.tell('needs_you', 'now', 3, tests.bob());
delete from private.outbox where channel = 'webhook';
select is((select count(distinct l)::int from tests.claim('email', 1) l), 1, 'all that is due for a person');
select is((select count(*)::int from private.outbox where lease is not null), 2, 'is one mail');
select is((select count(distinct l)::int from tests.claim('email') l), 1, 'another person has another');

-- A worker that died.
update private.outbox set due_at = now() - interval '1 second' where lease is not null;
select is((select count(*)::int from tests.claim('email')), 3, 'a lease that has ended lets others try');
select is((select distinct unknown from private.outbox), 1, 'of the first attempt nobody knows how it ended');
update private.outbox set due_at = now() - interval '1 second' where lease is not null;
select is((select count(*)::int from tests.claim('email')), 0, 'a mail is repeated once and no more');
select is((select distinct error from private.outbox where dead_at is not null), 'outcome_unknown', 'it is a dead letter');
insert into private.staff (user_id) values (tests.bob());
select tests.become('authenticated', tests.bob());
select is(jsonb_array_length(public.staff_dead_letters()), 3, 'which support sees');
reset role;
select tests.settle();

-- Failures.
select tests.tell('needs_you', 'now', 3, tests.bob());
select lives_ok($$select private.outbox_failed((select tests.claim('email')::uuid), 'refused', 30, false)$$, 'a failed attempt');
select is((select due_at > clock_timestamp() + interval '29 seconds' and lease is null and attempts = 1 from private.outbox), true,
  'is made again when it is time');
update private.outbox set due_at = now();
select private.outbox_failed((select tests.claim('email')::uuid), 'no_such_person', null, false);
select is((select dead_at is not null from private.outbox), true, 'or never');
select tests.settle();

-- Rate.
insert into private.outbox (user_id, event, channel, sent_at, lease)
select tests.bob(), 'rejected', 'email', clock_timestamp() - make_interval(mins => 40 - n), gen_random_uuid() from generate_series(1, 30) n;
select tests.tell('disconnected', 'soon', 3, tests.bob());
update private.outbox set due_at = now() - interval '1 second' where sent_at is null;
select is((select count(*)::int from tests.claim('email')), 0, 'who has had thirty mails in an hour waits');
select is((select due_at between now() + interval '20 minutes' and now() + interval '22 minutes' from private.outbox where sent_at is null), true,
  'until the hour has room');
select tests.tell('needs_you', 'now', 3, tests.bob());
select is((select count(*)::int from tests.claim('email')), 1, 'what is urgent goes after five minutes without a mail');

-- Who has had enough.
select is(private.unsubscribe('nobody has this one'), false, 'a token that is none ends nothing');
select private.unsubscribe((select unsubscribe_token from private.notification_settings where user_id = tests.bob()));
select tests.settle();
select tests.tell('needs_you', 'now', 3, tests.bob()), tests.tell('password_changed', 'now', null, tests.bob());
select results_eq($$select event from private.outbox$$, $$values ('password_changed')$$, 'who wants no mails gets those about signing in');

select * from finish();
rollback;
