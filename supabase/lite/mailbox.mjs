// The mail server of development: takes every message, keeps it in a Maildir and sends nothing on. Who is in the cluster
// reads them over HTTP: GET /messages?to=ADDRESS, newest first.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

const KEPT = 1000;
const SHOWN = 20;
const LARGEST = 1 << 20;   // bytes of a message

const maildir = process.env.MAILDIR ?? '/var/mail/lockstep';
const [arriving, arrived] = [join(maildir, 'tmp'), join(maildir, 'new')];
let count = 0;

// The recipient is part of the name, so that finding their mails opens no others.
const mark = (address) => createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 16);
const nameFor = (address) =>
  `${Date.now()}.P${process.pid}Q${String(++count).padStart(6, '0')}R${mark(address)}.${hostname()}`;
const newestFirst = async () => (await readdir(arrived)).sort().reverse();

const keep = async (address, content) => {
  const name = nameFor(address);
  await writeFile(join(arriving, name), content);
  await rename(join(arriving, name), join(arrived, name));
  for (const old of (await newestFirst()).slice(KEPT)) await rm(join(arrived, old), { force: true });
};

const receive = async (stream, session) => {
  const content = await buffer(stream);
  if (stream.sizeExceeded) throw Object.assign(new Error('The message is too large.'), { responseCode: 552 });
  for (const { address } of session.envelope.rcptTo) await keep(address, content);
};

const show = async (name) => {
  const { to, from, subject, date, html, text } = await PostalMime.parse(await readFile(join(arrived, name)));
  return { id: name, to: to?.map(({ address }) => address), from: from?.address, subject, date, html, text };
};

const messages = async (to) => {
  const names = (await newestFirst()).filter((name) => !to || name.includes(`R${mark(to)}.`));
  return Promise.all(names.slice(0, SHOWN).map(show));
};

const answer = async (request, response) => {
  const url = new URL(request.url, 'http://mailbox');
  if (url.pathname === '/readyz') return response.end('ready');
  if (request.method !== 'GET' || url.pathname !== '/messages') return response.writeHead(404).end();
  const body = JSON.stringify(await messages(url.searchParams.get('to')));
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
};

await mkdir(arriving, { recursive: true });
await mkdir(arrived, { recursive: true });
const smtp = new SMTPServer({
  disabledCommands: ['AUTH', 'STARTTLS'],   // nothing leaves the cluster, and there is no certificate
  disableReverseLookup: true,
  size: LARGEST,
  onData: (stream, session, done) => { receive(stream, session).then(() => done(), done); },
});
smtp.on('error', (error) => console.error(`mail refused: ${error.message}`));
const http = createServer((request, response) => {
  answer(request, response).catch(() => response.writeHead(500).end());
});
const [host, smtpPort, httpPort] = [process.env.HOST ?? '127.0.0.1', process.env.SMTP_PORT ?? 1025, process.env.PORT ?? 8025];
smtp.listen(Number(smtpPort), host);
http.listen(Number(httpPort), host, () => console.log(`mails at ${host}:${smtpPort}, to be read at ${host}:${httpPort}`));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
