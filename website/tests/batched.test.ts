import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { batched } from "@/live/batched";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function reading() {
  const read: string[] = [];
  const { call } = batched((key: string) => read.push(key), Date.now);
  return { read, call };
}

it("the first call is run at once, and a burst after it is one more", () => {
  const { read, call } = reading();
  for (let n = 0; n < 5; n++) call("live", 250);
  expect(read).toEqual(["live"]);
  vi.advanceTimersByTime(249);
  expect(read).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(read).toEqual(["live", "live"]);
  vi.advanceTimersByTime(1_000);
  expect(read).toHaveLength(2);
});

it("what may wait less brings a waiting call forward", () => {
  const { read, call } = reading();
  call("live", 250);
  call("live", 250);
  call("live", 120);
  vi.advanceTimersByTime(120);
  expect(read).toHaveLength(2);
  vi.advanceTimersByTime(1_000);
  expect(read).toHaveLength(2);
});

it("keys do not wait for each other", () => {
  const { read, call } = reading();
  call("live", 250);
  call("copy", 120);
  expect(read).toEqual(["live", "copy"]);
});
