"""The HTTP API, through which people read and change their own data.

`routes` defines the calls; `models` and the modules beside it define the bodies of requests and responses. `store` calls
Supabase with the caller's own token, so that row level security decides. `store_errors` turns Supabase's errors into
`errors`, and `problems` into responses.
"""
