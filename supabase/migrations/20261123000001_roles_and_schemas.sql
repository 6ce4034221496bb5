-- Roles of the services. They log in with passwords that the deployment sets (`alter role … password`), never a migration.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['lockstep_api', 'lockstep_operator', 'lockstep_router'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      execute format('create role %I login noinherit', v_role);
    end if;
  end loop;
end $$;

-- What the REST API never shows.
create schema private;
revoke all on schema private from public;
grant usage on schema private to lockstep_operator, lockstep_router;
grant usage on schema public to lockstep_api, lockstep_operator, lockstep_router;

-- Nothing is granted by default: each migration names who may do what.
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;
alter default privileges revoke execute on functions from public;

-- One way to say no. PTnnn is the HTTP status the REST API answers with, DETAIL the stable code, MESSAGE what a person can do.
create function private.refuse(p_status int, p_code text, p_message text) returns void
language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'PT' || p_status::text, message = p_message, detail = p_code;
end $$;

create function private.touch_updated_at() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;

-- Tells listeners that a row changed: ids only, so that they read it again under their own rights.
-- Arguments: the channel, the name of the id column.
create function private.notify_change() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_row jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
  perform pg_notify(tg_argv[0], jsonb_build_object(
    'op', tg_op, 'id', v_row ->> tg_argv[1], 'user_id', v_row ->> 'user_id')::text);
  return null;
end $$;
