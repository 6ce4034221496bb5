-- What is not known of a copy adds nothing to the sums.
begin;
\ir helpers.psql
select plan(4);

select is(private.millionths(null), 0::bigint, 'nothing known is nothing added');
select is(private.millionths(-1.5), -1500000::bigint, 'what is known is exact');
select is(private.millionths(1e300), 100000000000000::bigint, 'and bounded');

select tests.story();
select is(
  (select coalesce(sum(s.slip), 0) from public.copy_sums s where s.slips = 0), 0::numeric,
  'copies without a slippage have none in their sums');

select * from finish();
rollback;
