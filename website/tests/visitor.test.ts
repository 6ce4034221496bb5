import { expect, it } from "vitest";
import { signVisitor, visitorAddress } from "@/lib/visitor";

it("only what our own proxies added to X-Forwarded-For counts", () => {
  expect(visitorAddress("1.1.1.1, 2.2.2.2, 203.0.113.9", 0)).toBe("203.0.113.9");
  expect(visitorAddress("1.1.1.1, 203.0.113.9, 10.0.0.7", 1)).toBe("203.0.113.9");
  expect(visitorAddress("10.0.0.7", 1)).toBe("10.0.0.7");
  expect(visitorAddress(null, 0)).toBeNull();
});

it("the API knows the signature: its tests have the same one", () => {
  const key = Buffer.alloc(32, "k").toString("base64");
  expect(signVisitor(key, "2001:db8::1", 1_800_000_000)).toBe(
    "1800000000 2001:db8::1 fac383dba338dd2b8f75fdd56aac08c43490bc001e6be5d977df9812ef9282ca",
  );
});
