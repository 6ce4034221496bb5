-- How many copies there are in all is known from their sums; what is asked more closely is counted.
create or replace function public.copies_page(
  p_filter text, p_limit int, p_cursor_at timestamptz, p_cursor_id text, p_count boolean
) returns jsonb
language plpgsql stable security invoker set search_path = '' set plan_cache_mode = 'force_custom_plan' as $$
declare
  v_filter jsonb := p_filter::jsonb;
  v_status text[] := (select array_agg(s) from jsonb_array_elements_text(coalesce(v_filter -> 'status', '[]')) s);
  v_copier uuid := (v_filter ->> 'copier_id')::uuid;
  v_account uuid := (v_filter ->> 'account_id')::uuid;
  v_symbol text := v_filter ->> 'symbol';
  v_reason text := v_filter ->> 'reason';
  v_since timestamptz := (v_filter ->> 'since')::timestamptz;
  v_until timestamptz := (v_filter ->> 'until')::timestamptz;
  v_at timestamptz := coalesce(p_cursor_at, 'infinity');
  v_id bigint := coalesce(p_cursor_id::bigint, 9223372036854775807);
  v_user uuid := auth.uid();
  v_items jsonb;
  v_total bigint;
begin
  select coalesce(jsonb_agg(p.item order by p.updated_at desc, p.link_id desc), '[]') into v_items
  from (
    select to_jsonb(c) || jsonb_build_object('link_id', c.link_id::text) as item, c.updated_at, c.link_id from public.copies c
    where c.user_id = v_user
      and (c.updated_at, c.link_id) < (v_at, v_id)
      and (v_status is null or c.status = any (v_status)) and (v_copier is null or c.copier_id = v_copier)
      and (v_account is null or v_account in (c.master_account_id, c.slave_account_id))
      and (v_symbol is null or v_symbol in (c.symbol, c.slave_symbol)) and (v_reason is null or c.reason = v_reason)
      and (v_since is null or c.updated_at >= v_since) and (v_until is null or c.updated_at < v_until)
    order by c.updated_at desc, c.link_id desc limit p_limit) p;
  if p_count and v_status is null and v_symbol is null and v_reason is null and v_since is null and v_until is null then
    select coalesce(sum(s.copied + s.skipped + s.rejected + s.unresolved), 0) into v_total from public.copy_sums s
    where s.user_id = v_user and (v_copier is null or s.copier_id = v_copier)
      and (v_account is null or v_account in (s.master_account_id, s.slave_account_id));
  elsif p_count then
    select count(*) into v_total from public.copies c
    where c.user_id = v_user
      and (v_status is null or c.status = any (v_status)) and (v_copier is null or c.copier_id = v_copier)
      and (v_account is null or v_account in (c.master_account_id, c.slave_account_id))
      and (v_symbol is null or v_symbol in (c.symbol, c.slave_symbol)) and (v_reason is null or c.reason = v_reason)
      and (v_since is null or c.updated_at >= v_since) and (v_until is null or c.updated_at < v_until);
  end if;
  return jsonb_build_object('items', v_items, 'total', v_total);
end $$;
