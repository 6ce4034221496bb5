-- LEAST and GREATEST pass over nulls: a copy without a known slippage had counted as the biggest there can be.
create or replace function private.millionths(p_bp float8) returns bigint
language sql immutable set search_path = '' as $$
  select case when p_bp is null then 0 else round(greatest(least(p_bp, 1e8), -1e8) * 1e6)::bigint end
$$;
select private.sum_all_copies();
