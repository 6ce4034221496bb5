// A connection whose JSON looks like PostgREST's.
import { createPostgresConnection } from '@supabase/lite/postgres';

const iso = (text) => text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
const bigint = (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
const type = (oid, parse) => ({
  to: oid,
  from: [oid],
  serialize: (value) => (value instanceof Date ? value.toISOString() : String(value)),
  parse,
});

export const connect = ({ databaseUrl, poolSize }) => {
  const connection = createPostgresConnection({
    url: databaseUrl,
    postgresOptions: {
      max: poolSize,
      connect_timeout: 3,   // s; a database that is away shall be told soon
      onnotice: () => {},
      types: {
        timestamptz: type(1184, iso),   // Python's client refuses a space in place of the T
        timestamp: type(1114, iso),
        numeric: type(1700, Number),
        bigint: type(20, bigint),       // beyond 2^53 as text: a JSON number would be rounded by the reader
      },
    },
  });
  // The library would GRANT ALL to the request roles once per process, undoing what the migrations revoke.
  connection.rlsState = 'active';
  return connection;
};
