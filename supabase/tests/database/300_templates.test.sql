-- A person's own sets of rules.
begin;
\ir helpers.psql
select plan(17);
select tests.people();

create function tests.save(p_name text, p_settings text default '{"sizing": {"mode": "fixed", "lots": "0.10"}}') returns text
language plpgsql as $$
declare v_code text; v_state text;
begin
  insert into public.templates (name, settings) values (p_name, p_settings::jsonb);
  return 'saved';
exception when others then
  get stacked diagnostics v_code = message_text, v_state = returned_sqlstate;
  return case when v_state like 'PT%' then v_code else v_state end;
end $$;
grant execute on all functions in schema tests to public;

select tests.become('authenticated', tests.alice());
select is(tests.save('careful'), 'saved', 'a set of rules under a name');
select is(tests.save('careful'), '23505', 'a name once');
select is(tests.save(''), '23514', 'not without a name');
select is(tests.save(repeat('x', 65)), '23514', 'nor with a long one');
select is(tests.save(E'two\nlines'), '23514', 'nor with one of two lines');
select is(tests.save(' careful'), '23514', 'nor with one that looks like another');
select is(tests.save('list', '[]'), '23514', 'rules are an object');
select is(tests.save('bare', '{"sizing": {}}'), '23514', 'with a way of sizing');
select is(tests.save('huge', format('{"sizing": {"mode": "fixed"}, "x": "%s"}', repeat('x', 16384))), '23514', 'of a size that a copier takes');
select is(tests.save('deep', '{"sizing": {"mode": "none"}, "x": ' || repeat('[', 9) || repeat(']', 9) || '}'), '23514', 'and no deeper');
select is((select user_id from public.templates), tests.alice(), 'it belongs to whoever saved it');
select is(public.export_me() -> 'templates' -> 0 ->> 'name', 'careful', 'and leaves with them');

select tests.become('authenticated', tests.bob());
select is(tests.save('careful'), 'saved', 'another person''s names are free');
select is(jsonb_array_length(public.export_me() -> 'templates'), 1, 'each takes away what is their own');

select tests.become('postgres');
insert into private.limits_of_people (user_id, what, most) values (tests.alice(), 'templates', 2);
select tests.become('authenticated', tests.alice());
select is(tests.save('second') || ' ' || tests.save('third'), 'saved template_limit_reached', 'as many as one may have, and no more');

select tests.become('postgres');
alter table public.templates disable trigger templates_touch;
update public.templates set updated_at = now() - interval '1 hour';
alter table public.templates enable trigger templates_touch;
update public.templates set name = 'renamed' where name = 'second';
select is((select updated_at from public.templates where name = 'renamed'), now(), 'when it was changed is known');
delete from auth.users where id = tests.alice();
select is((select count(*) from public.templates where user_id = tests.alice()), 0::bigint, 'all goes with the person');
select * from finish();
rollback;
