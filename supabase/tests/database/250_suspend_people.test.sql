-- Support suspends people: with a reason, written down, and nobody of its own.
begin;
\ir helpers.psql
select plan(11);
select tests.story();
\set a 'tests.alice()'
\set b 'tests.bob()'

create function tests.acting(p_user uuid, p_action text, p_reason text) returns text language plpgsql as $$
declare v_code text; v_state text;
begin
  perform tests.become('authenticated', tests.bob());
  perform public.staff_act_on_user(p_user, p_action, p_reason);
  reset role;
  return 'done';
exception when others then
  get stacked diagnostics v_code = message_text, v_state = returned_sqlstate;
  reset role;
  return v_state || ' ' || v_code;
end $$;

select is(tests.acting(:a, 'suspend', 'chargeback'), 'PT403 staff_only', 'suspending is not for everybody');
insert into private.staff (user_id) values (:b);
select is(tests.acting(:a, 'suspend', ' '), 'PT422 reason_missing', 'support says why');
select is(tests.acting(:a, 'delete', 'because'), 'PT422 no_such_action', 'and does nothing else');
select is(tests.acting(:b, 'suspend', 'because'), 'PT409 is_staff', 'nobody of support is shut out');
select is(tests.acting(gen_random_uuid(), 'suspend', 'because'), 'PT404 user_not_found', 'nor somebody who is not there');
select is(tests.acting(:a, 'suspend', 'chargeback'), 'done', 'a person is suspended');
select is(tests.acting(:a, 'suspend', 'chargeback'), 'done', 'twice is once');
select is(
  (select array_agg(array[actor, action, reason]) from public.activity where user_id = :a and subject_kind = 'user'),
  array[array['support', 'person_suspended', 'chargeback']], 'and it is written down once');
select ok(exists (select from private.suspended_users where user_id = :a), 'from then on they are shut out');
select is(tests.acting(:a, 'resume', 'settled'), 'done', 'until support lets them in');
select ok(not exists (select from private.suspended_users where user_id = :a), 'again');

select * from finish();
rollback;
