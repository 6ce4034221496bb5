import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import createClient from "openapi-fetch";
import { createElement } from "react";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Api } from "@/api/client";
import type { paths } from "@/api/schema";
import { AuthForm } from "@/features/auth/form";
import { askPermission } from "@/features/auth/permission";
import { changeEmail, changeEmailProblem } from "@/features/auth/schema";
import { isRecovering, RECOVERY_S, recoveryMark } from "@/lib/recovery";
import { whole } from "@/lib/whole";
import { drawn } from "./drawn";

const WAIT = { code: "too_many_wrong_codes", detail: "There were too many wrong codes. Try again in 5 minutes." };
const asked: { readonly body: unknown; readonly language: string | undefined }[] = [];
let status = 204;
let upstream: Server;
let api: Api;

beforeAll(async () => {
  upstream = createServer(async (request, response) => {
    // As the API does: a body whose length is not told is refused.
    if (!request.headers["content-length"]) return response.writeHead(411).end("{}");
    let body = "";
    for await (const part of request) body += part;
    asked.push({ body: JSON.parse(body), language: request.headers["accept-language"] });
    response.writeHead(status, { "content-type": "application/problem+json" });
    response.end(status === 204 ? undefined : JSON.stringify({ status, ...WAIT }));
  });
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  api = createClient<paths>({ baseUrl, fetch: async (call) => fetch(call.url, await whole(call)) });
});
afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
});
beforeEach(() => asked.splice(0));

const permission = (answered: number, code?: string) => {
  status = answered;
  return askPermission(api, "password", code, "ar");
};

describe("a new password", () => {
  it("is permitted by a code, in the reader's language", async () => {
    expect(await permission(204, "abcde-fghij")).toBeNull();
    expect(asked).toEqual([{ body: { what: "password", code: "abcde-fghij" }, language: "ar" }]);
  });

  it("is asked for without a code where there is no second factor", async () => {
    await permission(204, "");
    expect(asked[0]?.body).toEqual({ what: "password" });
  });

  it("is refused in the words of the API, which tell how long to wait", async () => {
    expect(await permission(429, "000000")).toEqual(WAIT);
  });

  it.each([
    [501, null],
    [503, { code: "unavailable", detail: null }],
    [401, { code: "session_expired", detail: null }],
  ])("what an answer of %i comes to", async (answered, outcome) => {
    expect(await permission(answered)).toEqual(outcome);
  });

  it("is refused where the API cannot be reached", async () => {
    const away = createClient<paths>({ baseUrl: "http://127.0.0.1:9" });
    expect(await askPermission(away, "password", undefined, "en")).toEqual({ code: "unavailable", detail: null });
  });
});

describe("a new e-mail address", () => {
  it("is permitted for itself alone, by a code", async () => {
    status = 204;
    expect(await askPermission(api, "email", "123456", "en")).toBeNull();
    expect(asked).toEqual([{ body: { what: "email", code: "123456" }, language: "en" }]);
  });

  const form = (factor: boolean) =>
    drawn(
      createElement(AuthForm, {
        action: async (state) => state,
        submit: "Send the links",
        email: "new",
        password: "current",
        factor,
      }),
    );

  it("is asked for together with the password, and with a code where there is a second factor", () => {
    expect(form(true)).toMatch(/<label for="([^"]+)"[^>]*>New e-mail<\/label><input id="\1"/);
    expect(form(true)).toContain('autoComplete="current-password"');
    expect(form(true)).toContain('autoComplete="one-time-code"');
    expect(form(false)).not.toContain("one-time-code");
  });

  it.each([
    [{ email: "no address", password: "x" }, "invalid_email"],
    [{ email: "new@example.test", password: "" }, "wrong_password"],
    [{ email: "new@example.test", password: "x", code: " 123456 " }, null],
    [{ email: "new@example.test", password: "x" }, null],
  ])("what is said of %o: %s", (typed, problem) => {
    const read = changeEmail.safeParse(typed);
    expect(read.success ? null : changeEmailProblem(read.error)).toBe(problem);
  });
});

describe("a link to choose another password", () => {
  const [key, other] = [Buffer.alloc(32, 1).toString("base64"), Buffer.alloc(32, 2).toString("base64")];
  const mark = recoveryMark(key, "alice", 1000);

  it("spares its person the old password, for a while", () => {
    expect(isRecovering(key, "alice", mark, 1000)).toBe(true);
    expect(isRecovering(key, "alice", mark, 1000 + RECOVERY_S - 1)).toBe(true);
    expect(isRecovering(key, "alice", mark, 1000 + RECOVERY_S)).toBe(false);
  });

  it("spares nobody else, and nobody makes one up", () => {
    expect(isRecovering(key, "bob", mark, 1000)).toBe(false);
    expect(isRecovering(other, "alice", mark, 1000)).toBe(false);
    expect(isRecovering(key, "alice", mark.replace(/^\d+/, "9999999999"), 1000)).toBe(false);
    for (const none of [undefined, "", "x", "9999999999", "9999999999 00"])
      expect(isRecovering(key, "alice", none, 1000)).toBe(false);
  });
});

describe("the form", () => {
  it("asks for the password up to now where nothing else shows who it is", () => {
    const form = (present: boolean) =>
      drawn(
        createElement(AuthForm, {
          action: async (state) => state,
          submit: "Save",
          email: false,
          password: "new",
          present,
        }),
      );
    expect(form(true)).toMatch(/<label for="([^"]+)"[^>]*>Current password<\/label><input id="\1"/);
    expect(form(false)).not.toContain("Current password");
  });

  const form = (factor: boolean) =>
    drawn(
      createElement(AuthForm, {
        action: async (state) => state,
        submit: "Save password",
        email: false,
        password: "new",
        factor,
      }),
    );

  it("asks for a code where there is a second factor, and nowhere else", () => {
    expect(form(true)).toMatch(/<label for="([^"]+)"[^>]*>Code<\/label><input id="\1"/);
    expect(form(true)).toContain('autoComplete="one-time-code"');
    expect(form(false)).not.toContain("one-time-code");
  });
});
