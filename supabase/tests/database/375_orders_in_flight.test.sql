-- Which accounts have an order on its way, as the operator asks before it replaces their terminals for a new image.
begin;
\ir helpers.psql
select plan(7);
select tests.story();

create function tests.busy() returns setof uuid language sql as $$
  select * from private.with_orders_in_flight(array[tests.account(1), tests.account(2), tests.account(3)]) $$;
create function tests.copy_is(p_status text, p_target bigint, p_open bigint, p_age interval) returns void language sql as $$
  update public.copies set status = p_status, target_lots = p_target, open_lots = p_open, updated_at = now() - p_age $$;

select tests.copy_is('open', 10, 10, '0');
select is_empty('select tests.busy()', 'a copy that is as it should be');
select tests.copy_is('sent', 10, 0, '1 second');
select results_eq('select tests.busy()', 'select tests.account(2)', 'an opening whose answer is awaited: its slave');
select tests.copy_is('open', 0, 10, '1 second');
select results_eq('select tests.busy()', 'select tests.account(2)', 'a closing whose answer is awaited');
-- Otherwise a trigger would say that it was changed just now.
set local session_replication_role = replica;
select tests.copy_is('sent', 10, 0, '2 minutes');
select is_empty('select tests.busy()', 'an order of which nothing was heard for long');
set local session_replication_role = origin;
select tests.copy_is('rejected', 10, 0, '0');
select is_empty('select tests.busy()', 'an order that the broker refused');
select tests.copy_is('waiting', 10, 0, '0');
select is_empty('select tests.busy()', 'a copy that waits and has sent nothing');
select is(tests.outcome('lockstep_router', null, $$select private.with_orders_in_flight(array[tests.account(2)])$$), '42501',
  'it is the operator''s alone');
select * from finish();
rollback;
