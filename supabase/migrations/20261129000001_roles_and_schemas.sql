-- The roles that the services log in with. The deployment sets their passwords (`alter role … password`), so that no
-- password stands in a migration. Nobody logs in as `lockstep_router`: it holds what all routers may do, and each router logs in
-- as the role of its own shard (`private.add_router`).
do $$
declare
  v_role text;
begin
  foreach v_role in array array['lockstep_api', 'lockstep_keyring', 'lockstep_operator', 'lockstep_router'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      execute format('create role %I %s noinherit', v_role, case v_role when 'lockstep_router' then 'nologin' else 'login' end);
    end if;
  end loop;
  -- Roles outlive databases. One that was made before shards had roles could log in.
  alter role lockstep_router nologin;
end $$;

-- The API acts for the owner of an API token as the role `authenticated`, under the same policies as a session (see
-- `act_for_api_token`). The role is not inherited: without `set role` it gives nothing.
grant authenticated to lockstep_api with inherit false, set true;

-- The REST API exposes the schema `public` alone; what it must never show is in `private`.
create schema private;
revoke all on schema private from public;
grant usage on schema private to lockstep_api, lockstep_keyring, lockstep_operator, lockstep_router;
grant usage on schema public to lockstep_api, lockstep_operator, lockstep_router;
-- Functions that run with the caller's own rights call auth.uid(). A hosted project has this grant from the start.
grant usage on schema auth to authenticated;

-- Supabase grants every new table and function to the roles of the REST API. Here nothing is granted by default: what a role
-- may do is granted by name, next to the table or function.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;

-- The one way in which functions and triggers refuse. The REST API turns the SQLSTATE PTnnn into the HTTP status nnn. MESSAGE
-- is a stable code and DETAIL its params as JSON: the API makes the sentence of them, in the reader's language (`texts`).
create function private.refuse(p_status int, p_code text, p_params jsonb default '{}') returns void
language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'PT' || p_status::text, message = p_code, detail = p_params::text;
end $$;

-- How long to wait until a time, as params of a refusal: `count` of `unit`, never too short.
create function private.wait_until(p_until timestamptz) returns jsonb
language sql volatile set search_path = '' as $$
  select case when s.left <= 90 then jsonb_build_object('count', s.left, 'unit', 'seconds')
    when s.left <= 5400 then jsonb_build_object('count', ceil(s.left / 60.0)::int, 'unit', 'minutes')
    else jsonb_build_object('count', ceil(s.left / 3600.0)::int, 'unit', 'hours') end
  from (select greatest(1, ceil(extract(epoch from p_until - clock_timestamp()))::int) as left) s
$$;

-- For `before update` triggers.
create function private.touch_updated_at() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;

-- Tells listeners that a row changed. The payload holds ids alone, because anyone may listen: a listener reads the row under
-- its own rights. Arguments: the channel and the name of the id column.
create function private.notify_change() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_row jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
  perform pg_notify(tg_argv[0], jsonb_build_object(
    'op', tg_op, 'id', v_row ->> tg_argv[1], 'user_id', v_row ->> 'user_id')::text);
  return null;
end $$;
