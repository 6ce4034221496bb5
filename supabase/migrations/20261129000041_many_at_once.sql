-- Calls that change many accounts or copiers of one person at once: all of them, or none.

-- A call that comes beside the API must not keep the database busy for long, either.
create function private.at_most_many(p_items uuid[]) returns void
language plpgsql immutable set search_path = '' as $$
begin
  if cardinality(p_items) > 1000 then
    raise exception using errcode = 'invalid_parameter_value', message = 'at most 1000 at once';
  end if;
end $$;

-- Settings are JSON as text, because the embedded server turns an object into a text in a JSON value.

-- Links a master to many slaves. Each is an item: the copier, or why there is none. A refusal of one leaves the others.
create function public.link_slaves(p_master uuid, p_slaves uuid[], p_mode text, p_settings text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_slave uuid;
  v_copier public.copiers;
  v_items jsonb := '[]'::jsonb;
  v_state text;
  v_code text;
  v_details text;
begin
  perform private.at_most_many(p_slaves);
  foreach v_slave in array p_slaves loop
    begin
      insert into public.copiers (user_id, master_id, slave_id, mode, settings)
      values (v_user, p_master, v_slave, p_mode, p_settings::jsonb) returning * into v_copier;
      v_items := v_items || jsonb_build_object('slave_id', v_slave, 'copier', to_jsonb(v_copier));
    exception when others then
      get stacked diagnostics v_state = returned_sqlstate, v_code = message_text, v_details = pg_exception_detail;
      v_items := v_items || jsonb_build_object('slave_id', v_slave, 'state', v_state, 'message', v_code, 'details', v_details);
    end;
  end loop;
  return v_items;
end $$;

-- Changes copiers: their mode, or all of their settings. A null leaves what it is.
create function public.change_copiers(p_copiers uuid[], p_mode text, p_settings text) returns setof public.copiers
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_found uuid[];
begin
  perform private.at_most_many(p_copiers);
  -- Always locked in one order: two calls at once must not wait for each other.
  select coalesce(array_agg(l.id), '{}') into v_found from (
    select c.id from public.copiers c where c.id = any (p_copiers) and c.user_id = v_user order by c.id for update) l;
  if not v_found @> p_copiers then
    perform private.refuse(404, 'copier_not_found');
  end if;
  return query update public.copiers c set mode = coalesce(p_mode, c.mode), settings = coalesce(p_settings::jsonb, c.settings)
    where c.id = any (v_found) returning c.*;
end $$;

-- Changes accounts: whether their terminals run, what may be copied, their tags. A null leaves what it is.
create function public.change_accounts(
  p_accounts uuid[], p_operating_mode text, p_mode text, p_add_tags text[], p_remove_tags text[]
) returns setof public.trading_accounts
language plpgsql security definer set search_path = '' as $$
declare
  v_user uuid := private.caller();
  v_found uuid[];
begin
  perform private.at_most_many(p_accounts);
  select coalesce(array_agg(l.id), '{}') into v_found from (
    select a.id from public.trading_accounts a where a.id = any (p_accounts) and a.user_id = v_user
    order by a.id for update) l;
  if not v_found @> p_accounts then
    perform private.refuse(404, 'account_not_found');
  end if;
  return query update public.trading_accounts a
    set operating_mode = coalesce(p_operating_mode, a.operating_mode), mode = coalesce(p_mode, a.mode),
      tags = (select coalesce(array_agg(distinct t.tag order by t.tag), '{}')
        from unnest(a.tags || coalesce(p_add_tags, '{}')) t (tag)
        where t.tag <> all (coalesce(p_remove_tags, '{}')))
    where a.id = any (v_found) returning a.*;
end $$;
grant execute on function public.link_slaves, public.change_copiers, public.change_accounts to authenticated;
