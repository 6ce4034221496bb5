import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isEmailChange, isRecovery, mailLink } from "@/features/auth/link";

const ROUTES = readdirSync("src/app", { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith("route.ts"),
);

it("no GET signs anybody in: scanners of mail open every link", () => {
  expect(existsSync("src/app/(auth)/confirm/page.tsx")).toBe(true);
  for (const name of [...ROUTES.map((route) => join("src/app", route)), "src/app/(auth)/confirm/page.tsx"]) {
    expect(readFileSync(name, "utf8"), name).not.toMatch(/verifyOtp|exchangeCodeForSession|server\/supabase/);
  }
});

it("a link in a mail is read from its address and from the form alike", () => {
  const signup = { token_hash: "abc", type: "signup" };
  expect(mailLink({ ...signup, utm: "x" })).toEqual(signup);
  expect(mailLink({ code: "abc", next: "/app" })).toEqual({ code: "abc", next: "/app" });
  for (const other of [
    {},
    { token_hash: "abc" },
    { token_hash: "abc", type: "x" },
    { token_hash: ["a", "b"], type: "signup" },
  ])
    expect(mailLink(other)).toBeNull();
});

it.each([
  [{ token_hash: "abc", type: "recovery" }, true],
  [{ code: "abc", next: "/reset" }, true],
  [{ token_hash: "abc", type: "signup" }, false],
  [{ token_hash: "abc", type: "email_change" }, false],
])("%o leads to a new password: %s", (parameters, leads) => {
  const link = mailLink(parameters);
  expect(link && isRecovery(link)).toBe(leads);
});

it("a link that changes an address is told from one that signs up", () => {
  const changes = (type: string) => {
    const link = mailLink({ token_hash: "abc", type });
    return link && isEmailChange(link);
  };
  expect([changes("email_change"), changes("signup")]).toEqual([true, false]);
});
