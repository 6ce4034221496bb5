-- What a hosted project has before its first migration, for a bare Postgres. Repeatable; changes nothing on a hosted project.
do $$
declare
  v_role text;
begin
  foreach v_role in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (select from pg_roles where rolname = v_role) then
      execute format('create role %I nologin noinherit', v_role);
      if v_role = 'service_role' then
        execute format('alter role %I bypassrls', v_role);
      end if;
    end if;
    -- Roles belong to all databases, privileges to one. The first migration, which makes the schema `private`, takes these away.
    if to_regnamespace('private') is null then
      execute format('grant usage on schema public to %I', v_role);
      execute format('alter default privileges in schema public grant all on tables to %I', v_role);
      execute format('alter default privileges in schema public grant all on sequences to %I', v_role);
      execute format('alter default privileges in schema public grant execute on functions to %I', v_role);
    end if;
  end loop;
end $$;
create schema if not exists extensions;
