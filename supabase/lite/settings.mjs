// The environment of the embedded server, read once.
export const required = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is missing.`);
  return value;
};

export const readSettings = () => ({
  databaseUrl: required('DATABASE_URL'),
  jwtSecret: required('SUPABASE_JWT_SECRET'),
  publishableKey: required('SUPABASE_PUBLISHABLE_KEY'),
  secretKey: required('SUPABASE_SECRET_KEY'),
  siteUrl: process.env.SITE_URL ?? 'http://127.0.0.1:3000',
  host: process.env.HOST ?? '127.0.0.1',
  port: Number(process.env.PORT ?? 54321),
  poolSize: Number(process.env.PG_POOL ?? 10),
});
