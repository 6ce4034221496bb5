// Mails of the auth server: the words of ../templates, through the mail server that the environment names.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InMemoryEmailDriver, SmtpEmailDriver } from '@supabase/lite';

const template = (name) => fileURLToPath(new URL(`../templates/${name}.html`, import.meta.url));

// A confirmation that is asked for again goes out as a magic link (see withResends): the same words, another type.
const confirmationAgain = () => {
  const path = join(mkdtempSync(join(tmpdir(), 'mail-')), 'confirmation-again.html');
  writeFileSync(path, readFileSync(template('confirmation'), 'utf8').replace('type=signup', 'type=magiclink'));
  return path;
};

export const templates = () => ({
  confirmation: { subject: 'Confirm your e-mail', content_path: template('confirmation') },
  magic_link: { subject: 'Confirm your e-mail', content_path: confirmationAgain() },
  email_change: { subject: 'Confirm your new e-mail address', content_path: template('email_change') },
  recovery: { subject: 'Choose a new password', content_path: template('recovery') },
});

export const driver = ({ smtp }) => {
  if (!smtp.host) return new InMemoryEmailDriver();
  const server = new SmtpEmailDriver(smtp);
  // The library's plain text leads to paths that the website does not have; the hosted service sends HTML alone too.
  return { send: ({ to, subject, html }) => server.send({ to, subject, html }) };
};

const isResend = (request) => request.method === 'POST' && new URL(request.url).pathname === '/auth/v1/resend';

// The library refuses whoever asks for a confirmation again; the hosted service sends it. Only who has not confirmed yet is
// refused that way, and for them a magic link does what a confirmation does.
export const withResends = (ask) => async (request) => {
  if (!isResend(request)) return ask(request);
  const asked = request.clone();
  const response = await ask(request);
  const { email, type } = response.status === 429 ? await asked.json() : {};
  if (type !== 'signup') return response;
  const headers = new Headers(asked.headers);
  headers.delete('content-length');
  const body = JSON.stringify({ email, create_user: false });
  return ask(new Request(new URL('/auth/v1/otp', asked.url), { method: 'POST', headers, body }));
};
