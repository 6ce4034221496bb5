"""The public status page: a process of its own, which lives when the website and the API do not.

It imports nothing else of this room, needs no Supabase, and answers with what it saw last while Postgres is away.
"""
