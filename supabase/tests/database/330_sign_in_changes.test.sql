-- What a second factor guards beside the rows: the password and the e-mail address, which Supabase's auth service changes.
begin;
\ir helpers.psql
select tests.people();
\set a 'tests.alice()'
\set b 'tests.bob()'
create function tests.session(p_n int) returns uuid language sql immutable as $$
  select ('eeeeeeee-0000-4000-8000-' || lpad(p_n::text, 12, '0'))::uuid $$;
insert into auth.sessions (id, user_id) values (tests.session(1), :a), (tests.session(2), :a), (tests.session(3), :b),
  (tests.session(4), :b), (tests.session(5), :b);
update auth.users set encrypted_password = 'first', email_confirmed_at = now();

-- What a change by the auth service comes to; undone unless it is done.
create function tests.change(p_user uuid, p_set text) returns text language plpgsql as $$
begin
  execute format('update auth.users set %s where id = %L', p_set, p_user);
  return 'done';
exception when others then
  return sqlstate || ' ' || sqlerrm;
end $$;
create function tests.left_sessions(p_user uuid) returns uuid[] language sql as $$
  select array_agg(id order by id) from auth.sessions where user_id = p_user $$;
\set password '$$encrypted_password = ''next''$$'
\set refused '''PT403 second_factor_required'''

select plan(30);
select private.factor_begin(:a, 'secret');
select is(tests.left_sessions(:a), null, 'a new password that no session was permitted to set ends them all');
insert into auth.sessions (id, user_id) values (tests.session(1), :a), (tests.session(2), :a), (tests.session(3), :b),
  (tests.session(4), :b), (tests.session(5), :b);
select is(tests.change(:a, $$encrypted_password = 'second'$$), 'done', 'a factor that is not confirmed guards nothing');
insert into auth.sessions (id, user_id) values (tests.session(1), :a), (tests.session(2), :a);
select private.factor_accept(:a, tests.session(1), 100);

select is(tests.change(:a, :password), :refused, 'a link in a mail alone sets no password');
select private.permit_change(:a, tests.session(3), 'password');
select is(tests.change(:a, :password), :refused, 'nothing is permitted to a session of somebody else');
select private.permit_change(:a, tests.session(2), 'email');
select is(tests.change(:a, :password), :refused, 'a code for one purpose is none for another');
select private.permit_change(:a, tests.session(2), 'password');
update private.permitted_changes set until = clock_timestamp() - interval '1 second' where what = 'password';
select is(tests.change(:a, :password), :refused, 'a permission ends after some minutes');
select private.permit_change(:a, tests.session(2), 'password');
select is(tests.change(:a, 'last_sign_in_at = now(), recovery_token = null'), 'done', 'what is no change needs no permission');
select is(tests.change(:a, :password), 'done', 'a code permits a new password');
select is(tests.left_sessions(:a), array[tests.session(2)], 'which ends every session but the one that set it');
select is(tests.change(:a, $$encrypted_password = 'third'$$), :refused, 'once');
select is(tests.change(:a, $$encrypted_password = null$$), :refused, 'taking the password away is a change too');
select is((select array_agg(kind || ' ' || severity) from public.alerts where user_id = :a), array['password_changed now'],
  'the person is told');
select is((select action from public.activity where user_id = :a order by id desc limit 1), 'password_changed', 'and it is written down');

-- The address.
delete from private.permitted_changes;
select is(tests.change(:a, $$email_change = 'thief@example.test'$$), :refused, 'another address is not even asked for');
select is(tests.change(:a, $$email = 'thief@example.test'$$), :refused, 'nor set');
select private.permit_change(:a, tests.session(2), 'email');
select is(tests.change(:a, $$email_change = 'New@example.test'$$), 'done', 'a code permits to ask for one');
select is(tests.change(:a, $$email = 'other@example.test', email_change = null$$), :refused, 'and no other is set then');
select is(tests.change(:a, $$email = 'new@example.test', email_change = ''$$), 'done', 'its link sets it');
select is((select details from public.activity where user_id = :a order by id desc limit 1), '{"was": "alice@example.test"}'::jsonb,
  'the old address is written down');
select is((select count(*)::int from public.alerts where user_id = :a and kind = 'email_changed'), 1, 'and the person told');

-- Without a second factor.
select is(tests.change(:b, $$email_change = 'thief@example.test'$$), 'done', 'without a factor nothing is asked');
select private.factor_begin(:b, 'secret');
select private.factor_accept(:b, tests.session(3), 100);
select is(tests.change(:b, $$email = 'thief@example.test', email_change = null$$), :refused,
  'an address that was asked for before there was a factor is not set after it');
select private.factor_remove(:b);
select private.permit_change(:b, tests.session(4), 'password');
select is(tests.change(:b, :password), 'done', 'without a factor a link sets a password');
select is(tests.left_sessions(:b), array[tests.session(4)], 'and ends the other sessions');

-- The end.
create function tests.leaving(p_user uuid, p_email text) returns text language plpgsql as $$
begin
  perform set_config('request.jwt.claims', jsonb_build_object('sub', p_user, 'role', 'authenticated', 'session_id',
    case p_user when tests.alice() then tests.session(2) else tests.session(4) end)::text, true);
  perform set_config('request.jwt.claim.sub', p_user::text, true);
  set local role authenticated;
  perform public.delete_me(p_email);
  reset role;
  return 'gone';
exception when others then
  reset role;
  return sqlstate || ' ' || sqlerrm;
end $$;
select private.factor_accept(:a, tests.session(2), 200);
select is(tests.leaving(:a, 'new@example.test'), :refused, 'a session that was left open deletes nobody');
select private.permit_change(:a, tests.session(2), 'password');
select is(tests.leaving(:a, 'new@example.test'), :refused, 'nor does a code for something else');
select is(tests.leaving(:b, 'bob@example.test'), 'gone', 'without a factor nothing is asked here');
select private.permit_change(:a, tests.session(2), 'deletion');
select is(tests.leaving(:a, 'new@example.test'), 'gone', 'a code for it does');
select is_empty('select from private.permitted_changes where user_id = tests.alice()', 'all goes with the person');
select is(tests.outcome('lockstep_api', null, $$select private.use_permission(tests.bob(), 'password')$$), '42501',
  'the API uses no permission up');
select * from finish();
rollback;
