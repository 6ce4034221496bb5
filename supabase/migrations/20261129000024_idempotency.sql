-- The answers to requests with an idempotency key, so that a repeated request gets the same answer. For the API alone.
create table private.idempotency (
  user_id uuid not null references auth.users (id) on delete cascade,
  key text not null check (char_length(key) between 8 and 128),
  fingerprint bytea not null,
  status int,
  body text,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
create index idempotency_age_idx on private.idempotency (created_at);
alter table private.idempotency enable row level security;

-- Returns no row when the key is free; it is then taken for this request. `status` is null while the first request runs.
create function private.idempotency_begin(p_user uuid, p_key text, p_fingerprint bytea)
returns table (same boolean, status int, body text)
language plpgsql security definer set search_path = '' as $$
begin
  delete from private.idempotency i where i.created_at < now() - interval '24 hours'
    or (i.status is null and i.created_at < now() - interval '1 minute');
  insert into private.idempotency (user_id, key, fingerprint) values (p_user, p_key, p_fingerprint) on conflict do nothing;
  if found then
    return;
  end if;
  return query select i.fingerprint = p_fingerprint, i.status, i.body from private.idempotency i
    where i.user_id = p_user and i.key = p_key;
end $$;

-- Stores the answer. A null status frees the key, because the request failed in a way that may be tried again.
create function private.idempotency_end(p_user uuid, p_key text, p_status int, p_body text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if p_status is null then
    delete from private.idempotency i where i.user_id = p_user and i.key = p_key;
  else
    update private.idempotency i set status = p_status, body = p_body where i.user_id = p_user and i.key = p_key;
  end if;
end $$;
grant execute on function private.idempotency_begin, private.idempotency_end to lockstep_api;
