import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { everyStep } from "@/ui/clock";

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

it("forty who count in the same step hold one timer", () => {
  const told: number[] = [];
  const stops = Array.from({ length: 40 }, (_, who) => everyStep(10_000, () => told.push(who)));
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(10_000);
  expect(told).toHaveLength(40);
  for (const stop of stops) stop();
});

it("each is told the time of the step, and nothing once it has stopped", () => {
  const told: number[] = [];
  const stop = everyStep(1_000, (nowMs) => told.push(nowMs));
  vi.advanceTimersByTime(2_000);
  stop();
  vi.advanceTimersByTime(5_000);
  expect(told).toEqual([1_001_000, 1_002_000]);
});

it("a timer that nobody listens to ends, and begins anew for the next", () => {
  everyStep(1_000, () => {})();
  vi.advanceTimersByTime(1_000);
  expect(vi.getTimerCount()).toBe(0);
  const tell = vi.fn();
  const stop = everyStep(1_000, tell);
  vi.advanceTimersByTime(1_000);
  expect(tell).toHaveBeenCalledOnce();
  stop();
});
