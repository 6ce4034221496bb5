-- Asking for a missed trade to be copied, and for copies to be closed.
begin;
\ir helpers.psql
select tests.story();
insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, symbol, side,
  master_lots, status, reason)
select link, tests.alice(), tests.copier(1), tests.account(1), tests.account(2), link, 'EURUSD', 'buy', 1, status, 'out_of_sync'
from (values (5, 'skipped'), (6, 'closed'), (7, 'rejected')) t (link, status);
insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position, symbol, side,
  master_lots, status) values (8, tests.alice(), tests.copier(9), tests.account(1), tests.account(2), 8, 'EURUSD', 'buy', 1, 'skipped');
create function tests.refusal(p_statement text) returns text language plpgsql as $$
declare v_code text; v_state text;
begin
  execute p_statement;
  return 'accepted';
exception when others then
  get stacked diagnostics v_code = message_text, v_state = returned_sqlstate;
  return case when v_state like 'PT%' then v_code else v_state end;
end $$;
grant execute on all functions in schema tests to public;
select plan(26);

select tests.become('authenticated', tests.bob());
select is(tests.refusal($$select public.ask_copy('5', 'copy_now')$$), 'copy_not_found', 'bob asks nothing of hers');
select is(tests.refusal($$select public.ask_flatten(tests.copier(1))$$), 'copier_not_found', 'nor of her copier');
select is(tests.refusal($$select public.ask_flatten_account(tests.account(2))$$), 'account_not_found', 'nor of her account');
select tests.become('authenticated', tests.alice());
select is(tests.refusal($$select public.ask_copy('6', 'copy_now')$$), 'copy_over', 'a trade is copied once');
select is(tests.refusal($$select public.ask_copy('9223372036854775807', 'copy_now')$$), 'copied_already', 'what is open is not opened');
select is(tests.refusal($$select public.ask_copy('5', 'flatten')$$), 'nothing_open', 'what is not open is not closed');
select is(tests.refusal($$select public.ask_copy('8', 'copy_now')$$), 'copier_gone', 'nobody would do it without a copier');
select is(tests.refusal($$select public.ask_copy('5', 'double')$$), '23514', 'there are two kinds');
select is((select array[kind, state, link_id::text] from public.ask_copy('5', 'copy_now')), array['copy_now', 'pending', '5'], 'she asks');
select is((select count(distinct r.id)::int from generate_series(1, 3), lateral public.ask_copy('5', 'copy_now') r), 1, 'asking again is the same');
select is((select state from public.ask_copy('7', 'copy_now')), 'pending', 'what was refused may be tried again');
select is((select state from public.ask_copy('9223372036854775807', 'flatten')), 'pending', 'what is open may be closed');
select is((select link_id from public.ask_flatten(tests.copier(1))), null, 'or all of a copier');
select is((select count(*)::int from public.ask_flatten_account(tests.account(2))), 1, 'or of an account');
select is((select count(*)::int from public.manual_requests), 4, 'one each');
select is((select count(*)::int from public.activity where action in ('copy_now_asked', 'flatten_asked')), 4, 'and written down');
select is(tests.outcome('authenticated', tests.bob(), 'select from public.manual_requests'), '0', 'bob sees none');
select tests.become('authenticated', tests.alice());
select is(tests.refusal($$update public.manual_requests set state = 'done'$$), '42501', 'the answer is not hers to give');
select is(tests.refusal($$insert into public.manual_requests (user_id, copier_id, kind, expires_at) values (tests.alice(), tests.copier(1), 'flatten', now())$$),
  '42501', 'nor is there another way to ask');
select is(tests.outcome('lockstep_router_demo-1', null, $$update public.manual_requests set state = 'done', done_at = now()$$), '4', 'the router answers');
select is(tests.outcome('lockstep_router_demo-1', null, $$update public.manual_requests set expires_at = now()$$), '42501', 'and changes nothing else');
select is(tests.outcome('lockstep_router_demo-1', null, $$delete from public.manual_requests$$), '42501', 'and takes nothing away');
reset role;
update public.manual_requests set expires_at = now() - interval '1 second' where link_id = 5;
select tests.become('authenticated', tests.alice());
select is((select state from public.ask_copy('5', 'copy_now')), 'pending', 'what came to nothing is asked anew');
select is((select count(*)::int from public.manual_requests where link_id = 5), 2, 'beside the old request');
select is((select count(*)::int from public.manual_requests where state = 'expired'), 1, 'which is over');
delete from public.copiers;
reset role;
select is_empty('select from public.manual_requests', 'requests go with their copier');
select * from finish();
rollback;
