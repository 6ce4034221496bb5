// A connection whose JSON looks like PostgREST's.
import { createPostgresConnection } from '@supabase/lite/postgres';
import { sql } from 'kysely';

const iso = (text) => text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00');
const bigint = (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : text);
const type = (oid, parse) => ({
  to: oid,
  from: [oid],
  serialize: (value) => (value instanceof Date ? value.toISOString() : String(value)),
  parse,
});

// What a transaction is told of its request, in one statement: the library takes a round trip for each setting.
const tell = (transaction, settings) =>
  sql`select ${sql.join(settings.map(([name, value]) => sql`set_config(${name}, ${value}, true)`))}`.execute(transaction);

const tellCaller = async (transaction, { auth, storage }) => {
  const role = auth?.role || 'anon';
  const claims = auth?.jwt && typeof auth.jwt === 'object' ? [['request.jwt.claims', JSON.stringify(auth.jwt)]] : [];
  await tell(transaction, [
    ['role', role],
    ['request.jwt.claim.sub', String(auth?.uid ?? '')],
    ['request.jwt.claim.role', role],
    ['storage.operation', String(storage?.operation ?? '')],
    ...claims,
  ]);
};

const tellRequest = async (transaction, { method, path, requestHeaders }) => {
  await tell(transaction, [
    ['response.status', ''],
    ['response.headers', ''],
    ['request.method', method],
    ['request.path', path],
    ['request.headers', JSON.stringify(requestHeaders ?? {})],
  ]);
};

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
  connection.applyJwtSessionContext = tellCaller;
  connection.applyRpcRequestGucs = tellRequest;
  return connection;
};
