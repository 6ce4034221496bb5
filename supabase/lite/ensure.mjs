// Makes the auth schema in a bare Postgres, as the hosted service has it before the first migration, and ends.
import { App } from '@supabase/lite';
import { createPostgresConnection } from '@supabase/lite/postgres';
import { required } from './settings.mjs';

const connection = createPostgresConnection({ url: required('DATABASE_URL'), postgresOptions: { onnotice: () => {} } });
await new App({ connection, auth: { enabled: true, jwt_secret: required('SUPABASE_JWT_SECRET') } }).ensureSystemSchema();
await connection.close();
