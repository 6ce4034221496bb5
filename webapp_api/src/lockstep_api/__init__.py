"""Every write a person makes, over HTTP.

`models` says what may be sent, `routes` names the calls, `store` talks to Supabase with the caller's own token, so that
row level security decides; `refusals` turns its refusals into `errors`, and `problems` shows those to people.
"""
