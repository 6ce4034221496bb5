// The embedded Supabase of development and tests: auth and REST over an existing Postgres, and nothing else.
import { serve } from '@hono/node-server';
import { App } from '@supabase/lite';
import { connect } from './database.mjs';
import { driver, templates, withResends } from './mail.mjs';
import { readSettings } from './settings.mjs';

const SERVED = /^\/(rest|auth)\/v1(\/|$)/;   // the library's other paths show the database's URL to anyone
const CHECK_VIOLATION = /violates check constraint/;

const makeApp = (settings, connection) => new App({
  connection,
  api: { schemas: ['public'], max_rows: 1000 },
  auth: {
    enabled: true,
    enable_signup: true,
    jwt_expiry: 3600,
    site_url: settings.siteUrl,
    jwt_secret: settings.jwtSecret,
    publishable_key: settings.publishableKey,
    secret_key: settings.secretKey,
    // For a change of the address the library sends one mail: with a double confirmation to the old address, whose link it then
    // takes alone. The hosted service sends two. That the new address is its owner's is what development must not do without.
    email: { enable_confirmations: settings.confirmEmails, double_confirm_changes: false, template: templates() },
  },
  studio: { enabled: false },
  options: { server: { admin: false }, drivers: { email: driver(settings) } },
});

// A broken check constraint is the caller's mistake, as with PostgREST, not the server's.
const withCheckViolations = async (response) => {
  if (response.status !== 500) return response;
  const body = await response.clone().json().catch(() => null);
  if (body?.code !== 'SUP' || !CHECK_VIOLATION.test(body.message ?? '')) return response;
  const message = body.message.replace(/^PostgresError: /, '');
  return Response.json(
    { code: '23514', message, details: null, hint: null },
    { status: 400, headers: { 'access-control-allow-origin': '*' } },
  );
};

const readiness = async (connection) => {
  try {
    await connection.driver`select 1`;
    return new Response('ready');
  } catch {
    return new Response('The database does not answer.', { status: 503 });
  }
};

const answer = (app, connection) => async (request, env) => {
  const path = new URL(request.url).pathname;
  if (path === '/readyz') return readiness(connection);
  if (!SERVED.test(path)) return new Response('Not found', { status: 404 });
  const peerAddress = env.incoming.socket.remoteAddress ?? null;
  const ask = withResends((what) => app.fetch(what, { peerAddress }));
  return withCheckViolations(await ask(request));
};

const settings = readSettings();
const connection = connect(settings);
const app = makeApp(settings, connection);
await app.init?.();
// As with PostgREST: NOTIFY pgrst, 'reload schema' after a migration.
await connection.driver.listen('pgrst', () => connection.clearSchemaCache());
const server = serve(
  { hostname: settings.host, port: settings.port, fetch: answer(app, connection) },
  ({ address, port }) => console.log(`listening on ${address}:${port}`),
);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => server.close(() => connection.close().then(() => process.exit(0))));
}
