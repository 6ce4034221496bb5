-- Row level security makes a person's rows look few to the planner, which would then sort all of them to take the last. The
-- index has them in order. What is left to sort is a handful of rows, whose forbidden sorting looks dear enough to compile.
alter function public.copy_quality(timestamptz, timestamptz, uuid, uuid, int) set enable_sort = off;
alter function public.copy_quality(timestamptz, timestamptz, uuid, uuid, int) set jit = off;
