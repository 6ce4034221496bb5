import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { NextRequest } from "next/server";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { stayEnded } from "@/live/ended";

/** What arrived at the server that stands where the API does. */
interface Arrived {
  readonly request: IncomingMessage;
  readonly body: string;
}

const KEY = Buffer.alloc(32, "k").toString("base64");
const arrived: Arrived[] = [];
let streams = 0;
let upstream: Server;
let port: number;

beforeAll(async () => {
  upstream = createServer(async (request, response) => {
    if (request.url === "/v1/stream") {
      streams += 1;
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end('retry: 50\nevent: ended\ndata: {"reason":"too_many_streams"}\n\n');
      return;
    }
    let body = "";
    for await (const part of request) body += part;
    arrived.push({ request, body });
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  port = (upstream.address() as AddressInfo).port;
  process.env.LOCKSTEP_API_URL = `http://127.0.0.1:${port}`;
  process.env.LOCKSTEP_SUPABASE_URL = "http://127.0.0.1:9";
  process.env.LOCKSTEP_SUPABASE_PUBLISHABLE_KEY = "k";
  process.env.LOCKSTEP_VISITOR_KEY = KEY;
});
afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
});
beforeEach(() => arrived.splice(0));

async function sent(path: string, init: { headers?: Record<string, string>; body?: BodyInit | null } = {}) {
  const { POST } = await import("@/app/api/v1/[...path]/route");
  const headers = { authorization: `Bearer ls_${"x".repeat(43)}`, ...init.headers };
  const request = { method: "POST", headers, body: init.body ?? null, duplex: "half" as const };
  return POST(new NextRequest(`http://site${path}`, request));
}

/** A body that comes in parts, and never ends unless it is read to its end; counts what is read of it. */
function parts(texts: readonly string[]): { readonly body: ReadableStream<Uint8Array>; readonly read: () => number } {
  let at = 0;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const text = texts[at];
    if (text === undefined) controller.close();
    else controller.enqueue(new TextEncoder().encode(text));
    at += 1;
  };
  return { body: new ReadableStream({ pull }, { highWaterMark: 0 }), read: () => at };
}

it("a body goes on as it comes, with its length", async () => {
  const { body } = parts(['{"a":', "1}"]);
  const answer = await sent("/api/v1/accounts", { headers: { "content-length": "7" }, body });
  expect(answer.status).toBe(200);
  expect(arrived.map(({ request, body: text }) => [request.url, request.headers["content-length"], text])).toEqual([
    ["/v1/accounts", "7", '{"a":1}'],
  ]);
  expect(arrived[0]?.request.headers["transfer-encoding"]).toBeUndefined();
});

it("a call without a body stays one", async () => {
  expect((await sent("/api/v1/accounts/1/restart")).status).toBe(200);
  expect(arrived[0]?.body).toBe("");
});

it.each([
  ["/api/v1/accounts", "65537", 413],
  ["/api/v1/staff/calendar", "4000001", 413],
])("%s with %s bytes is refused before any of it is read", async (path, length, status) => {
  const { body, read } = parts(["x".repeat(1000)]);
  const answer = await sent(path, { headers: { "content-length": length }, body });
  const { code, detail } = await answer.json();
  expect([answer.status, code, read(), arrived.length]).toEqual([status, "too_large", 0, 0]);
  expect(detail).toMatch(/^A request may have [\d,]+ bytes at most\.$/);
});

it("the calendar may be longer than other bodies", async () => {
  const text = "x".repeat(100_000);
  const headers = { "content-length": String(text.length) };
  expect((await sent("/api/v1/staff/calendar", { headers, body: parts([text]).body })).status).toBe(200);
  expect(arrived[0]?.body.length).toBe(text.length);
});

it("a body of unknown length is refused before any of it is read", async () => {
  const { body, read } = parts(["x"]);
  const answer = await sent("/api/v1/accounts", { headers: { "transfer-encoding": "chunked" }, body });
  expect([answer.status, read(), arrived.length]).toEqual([411, 0, 0]);
});

it("the API is told for whom, and nothing that the visitor claims", async () => {
  const claimed = { "x-forwarded-for": "1.1.1.1, 203.0.113.9", "x-lockstep-visitor": "0 1.1.1.1 00" };
  await sent("/api/v1/accounts/1/restart", { headers: claimed });
  const headers = arrived[0]?.request.headers;
  expect(headers?.["x-lockstep-visitor"]).toMatch(/^\d{10} 203\.0\.113\.9 [0-9a-f]{64}$/);
  expect(headers?.["x-forwarded-for"]).toBeUndefined();
});

it("a stream that the API has ended is not opened again", async () => {
  const source = new EventSource(`http://127.0.0.1:${port}/v1/stream`);
  await new Promise<void>((told) => stayEnded(source, told));
  expect(source.readyState).toBe(EventSource.CLOSED);
  await new Promise((later) => setTimeout(later, 300));
  expect(streams).toBe(1);
});
