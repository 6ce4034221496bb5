-- Whether the master's side of a copy is a pending order that has filled nothing yet. A router that was away takes the position of a netting
-- account apart by what is known of it: an order that may have been deleted meanwhile weighs less than a leg that was seen.
alter table public.copies add column waits boolean not null default false;
