// The environment of the embedded server, read once.
export const required = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`The environment variable ${name} is missing.`);
  return value;
};

const readSmtp = () => ({
  host: process.env.SMTP_HOST,
  port: Number(process.env.SMTP_PORT ?? 587),
  user: process.env.SMTP_USER,
  pass: process.env.SMTP_PASS,
  from: process.env.SMTP_FROM ?? 'Lockstep <no-reply@lockstep.example>',
  timeoutMs: 10_000,
});

export const readSettings = () => ({
  databaseUrl: required('DATABASE_URL'),
  jwtSecret: required('SUPABASE_JWT_SECRET'),
  publishableKey: required('SUPABASE_PUBLISHABLE_KEY'),
  secretKey: required('SUPABASE_SECRET_KEY'),
  siteUrl: process.env.SITE_URL ?? 'http://127.0.0.1:3000',
  // Needs SMTP_HOST: without a mail server nobody could ever confirm.
  confirmEmails: process.env.CONFIRM_EMAILS === 'true' && required('SMTP_HOST') !== '',
  smtp: readSmtp(),
  host: process.env.HOST ?? '127.0.0.1',
  port: Number(process.env.PORT ?? 54321),
  poolSize: Number(process.env.PG_POOL ?? 10),
});
