-- The second factor also guards the password, the e-mail address and the deletion of the person. Supabase's auth service changes
-- passwords and addresses for whoever opened a link in a mail, so the rule is a trigger on its table (docs/adr/019).

-- What a session may change within the next minutes, because a code was entered for it (or no second factor is set up). `address`
-- is the e-mail address that was asked for: its links are opened later.
create table private.permitted_changes (
  user_id uuid not null references auth.users (id) on delete cascade,
  what text not null check (what in ('password', 'email', 'address', 'deletion')),
  session_id uuid,
  address text,
  until timestamptz not null,
  primary key (user_id, what)
);
alter table private.permitted_changes enable row level security;

-- For the API alone, after it has checked a code, or found that the person has no second factor.
create function private.permit_change(p_user uuid, p_session uuid, p_what text) returns void
language sql security definer set search_path = '' as $$
  insert into private.permitted_changes as c (user_id, what, session_id, until)
  select p_user, p_what, s.id, clock_timestamp() + interval '5 minutes' from auth.sessions s
  where s.id = p_session and s.user_id = p_user and p_what in ('password', 'email', 'deletion')
  on conflict (user_id, what) do update set session_id = excluded.session_id, until = excluded.until
$$;
grant execute on function private.permit_change to lockstep_api;

-- Uses a permission up and returns its session. Without one, a person with a second factor is refused.
create function private.use_permission(p_user uuid, p_what text, p_address text default null) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  v_session uuid;
begin
  delete from private.permitted_changes c
  where c.user_id = p_user and c.what = p_what and c.until > clock_timestamp() and c.address is not distinct from p_address
  returning c.session_id into v_session;
  if not found and exists (select from private.totp_factors f where f.user_id = p_user and f.confirmed_at is not null) then
    perform private.refuse(403, 'second_factor_required');
  end if;
  return v_session;
end $$;

-- A new password ends every session but the one that was permitted to set it: somebody else may have known the old one.
create function private.password_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_session uuid := private.use_permission(new.id, 'password');
begin
  delete from auth.sessions s where s.user_id = new.id and s.id is distinct from v_session;
  perform private.note(new.id, 'password_changed', 'security', null, null, '{}');
  perform private.alert(new.id, 'password_changed', 'now', null, null, null, '{}');
  return null;
end $$;
create trigger password_changed after update of encrypted_password on auth.users
for each row when (new.encrypted_password is distinct from old.encrypted_password) execute function private.password_changed();

-- A new address is asked for first; links to it, and to the old one, then confirm it.
create function private.email_asked() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  v_session uuid := private.use_permission(new.id, 'email');
begin
  insert into private.permitted_changes as c (user_id, what, session_id, address, until)
  values (new.id, 'address', v_session, lower(new.email_change), clock_timestamp() + interval '1 day')
  on conflict (user_id, what) do update
  set session_id = excluded.session_id, address = excluded.address, until = excluded.until;
  return null;
end $$;
create trigger email_asked after update of email_change on auth.users
for each row when (coalesce(new.email_change, '') not in ('', coalesce(old.email_change, '')))
execute function private.email_asked();

create function private.email_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform private.use_permission(new.id, 'address', lower(new.email));
  perform private.note(new.id, 'email_changed', 'security', null, null, jsonb_build_object('was', old.email));
  perform private.alert(new.id, 'email_changed', 'now', null, null, null, jsonb_build_object('was', old.email));
  return null;
end $$;
create trigger email_changed after update of email on auth.users
for each row when (lower(new.email) is distinct from lower(old.email)) execute function private.email_changed();

-- An address that was asked for before there was a second factor counts no longer once there is one.
create function private.forget_permitted_changes() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from private.permitted_changes c where c.user_id = new.user_id;
  return null;
end $$;
create trigger totp_factors_forget_permitted after update of confirmed_at on private.totp_factors
for each row when (new.confirmed_at is not null and old.confirmed_at is null)
execute function private.forget_permitted_changes();
