-- A router that starts reads what is unfinished or was touched a short while ago, out of a history that only grows.
create index copies_recent_idx on public.copies (updated_at);
