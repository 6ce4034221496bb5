-- What becomes of open copies when their copier is removed.
begin;
\ir helpers.psql
select tests.story();
select plan(19);

create function tests.remove(p_copies text) returns text language plpgsql as $$
declare
  v_left text;
begin
  perform tests.become('authenticated', tests.alice());
  v_left := coalesce((select r.removing || ' ' || r.mode from public.remove_copier(tests.copier(1), p_copies) r), 'gone');
  reset role;
  return v_left;
end $$;
create function tests.copy_is(p_status text) returns void language sql as $$
  update public.copies set status = p_status where link_id = 9223372036854775807 $$;
create function tests.copiers() returns int language sql as $$ select count(*)::int from public.copiers $$;

select is(tests.outcome('authenticated', tests.alice(), $$update public.copiers set removing = 'close'$$), '42501', 'the column is no one''s to write');
select is(tests.outcome('authenticated', tests.alice(), $$select public.remove_copier(tests.copier(1), 'sell')$$), '23514', 'there are three choices');

-- When the master closes.
select is(tests.remove('follow'), 'follow close_only', 'a copier with open copies stays, and opens nothing more');
select tests.become('authenticated', tests.alice());
select is(public.readiness() -> 'copiers' -> 0 ->> 'status', 'starting', 'what keeps its copies from being closed comes first');
reset role;
update public.trading_accounts set state = 'ready';
select tests.become('authenticated', tests.alice());
select is(public.readiness() -> 'copiers' -> 0 ->> 'status', 'removing', 'else it is being removed');
update public.copiers set mode = 'on';
reset role;
select is((select removing from public.copiers), null, 'who switches it on again keeps it');
select tests.copy_is('unresolved');
select is(tests.remove('follow'), 'follow close_only', 'what is not known to be closed is open');
select tests.copy_is('open');
select is(tests.copiers(), 1, 'nothing changes while it is');
select tests.copy_is('closed');
select is(tests.copiers(), 0, 'and with the last copy the copier goes');
select is((select status from public.copies where link_id = 9223372036854775807), 'closed', 'whose history stays');

-- At once.
select tests.own_copier(1, tests.alice(), 1, 2);
select is(tests.remove('close'), 'gone', 'without open copies it goes at once');
select tests.own_copier(1, tests.alice(), 1, 2);
select tests.copy_is('open');
select is(tests.remove('close'), 'close close_only', 'open ones are closed first');
select is((select count(*)::int from public.manual_requests where kind = 'flatten' and state = 'pending' and expires_at > now() + interval '6 days'), 1,
  'by a request that outlives a weekend');
select is(tests.remove('close'), 'close close_only', 'removing it again asks nothing new');
select tests.copy_is('closed');
select is(tests.copiers(), 1, 'it waits for the answer: an order may be on its way');
update public.manual_requests set state = 'done', done_at = now() where state = 'pending';
select is(tests.copiers(), 0, 'and goes with it');

-- Never.
select tests.own_copier(1, tests.alice(), 1, 2);
select tests.copy_is('open');
select is(tests.remove('leave'), 'gone', 'copies may be left');
select is((select status || ' ' || reason from public.copies where link_id = 9223372036854775807), 'released copier_removed', 'and are followed no more');
select is(tests.copiers(), 0, 'nothing is left of it');

select * from finish();
rollback;
