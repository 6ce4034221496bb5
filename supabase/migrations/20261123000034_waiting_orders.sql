-- What a router that was away cannot see: whether the master's side of a copy began as a pending order, which some copiers leave alone, and
-- whether that has filled nothing yet, so that it may have been deleted meanwhile and weighs less than a leg of a position that was seen.
alter table public.copies
  add column from_order boolean not null default false,
  add column waits boolean not null default false;
