-- The operator tells how it stands with accounts for which no terminal speaks, and takes back nothing that a later pod said.
begin;
\ir helpers.psql
select plan(9);
select tests.people();
select tests.own_account(1, tests.alice(), 'master');

create function tests.as_operator(p_statement text) returns text language sql as $$
  select tests.outcome('lockstep_operator', null, p_statement) $$;
create function tests.told(p_epoch bigint, p_reason text, p_place int, p_length int) returns void language sql as $$
  update public.trading_accounts
  set state = 'queued', state_reason = p_reason, state_message = '', queue_place = p_place, queue_length = p_length,
      state_at = case when state_reason is distinct from p_reason then now() else state_at end
  where id = tests.account(1) and coalesce(state_epoch, 0) <= p_epoch
    and (state_reason, queue_place, queue_length) is distinct from (p_reason, p_place, p_length)
$$;
grant execute on all functions in schema tests to public;

select is(tests.as_operator(statement), outcome, statement) from (values
  ($$update public.trading_accounts set state = 'queued', state_reason = 'PodUnschedulable', queue_place = 2, queue_length = 4$$, '1'),
  ($$update public.trading_accounts set queue_place = 5, queue_length = 4$$, '23514'),
  ($$update public.trading_accounts set state_epoch = 7$$, '42501'),
  ($$update public.trading_accounts set operating_mode = 'suspended'$$, '42501'),
  ($$update public.trading_accounts set label = 'x'$$, '42501')) t (statement, outcome);

select tests.become('lockstep_operator', null);
select tests.told(100, 'PodUnschedulable', 2, 4), tests.told(100, 'PodUnschedulable', 1, 3);
select tests.become('postgres');
select results_eq('select state, state_reason, queue_place, queue_length from public.trading_accounts',
  $$ values ('queued', 'PodUnschedulable', 1, 3) $$, 'the newest place is told');
select results_eq('select state, reason from public.account_states order by id',
  $$ values ('queued', null), ('queued', 'PodUnschedulable') $$, 'the history has it once, however often places change');

update public.trading_accounts set state = 'ready', state_reason = 'Ready', state_epoch = 101;
select tests.become('lockstep_operator', null);
select tests.told(100, 'PodEvicted', null, null);
select tests.become('postgres');
select is((select state_reason from public.trading_accounts), 'Ready', 'a later pod has spoken');
select tests.become('lockstep_operator', null);
select tests.told(101, 'PodEvicted', null, null);
select tests.become('postgres');
select is((select state_reason from public.trading_accounts), 'PodEvicted', 'of the same pod the operator knows how it ended');
select * from finish();
rollback;
