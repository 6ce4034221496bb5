import { describe, expect, it } from "vitest";
import { filledBy, hasLimits, isFilledBy, profileOf } from "@/features/copiers/prop-firms";
import profiles from "@/generated/prop-firms.json";
import ar from "../messages/ar.json";
import en from "../messages/en.json";

describe("programmes of prop firms", () => {
  const ftmo = profileOf("ftmo_2_step_v1");

  it("fill the guards, and leave what they say nothing of", () => {
    if (!ftmo) throw new Error("there is no such programme");
    const own = { sizing: { mode: "none" }, guards: { initial_balance: "200000", time_zone: "UTC" } };
    const filled = filledBy(ftmo, own) as { guards: Record<string, unknown>; limits: unknown; sizing: unknown };
    expect(filled.guards).toMatchObject({ initial_balance: "200000", time_zone: "Europe/Prague", day_starts: "00:00" });
    expect(filled.guards.risk_limits).toMatchObject([
      { max_relative_risk: "0.05", share_of: "initial", reset: "locked" },
    ]);
    expect(filled.limits).toEqual({ max_trade_volume: "50" });
    expect(filled.sizing).toEqual(own.sizing);
    expect([isFilledBy(ftmo, own), isFilledBy(ftmo, filled as never)]).toEqual([false, true]);
  });

  it("have limits only where they are known", () => {
    expect(profiles.filter((profile) => !hasLimits(profile)).map((profile) => profile.firm)).toEqual([
      "Alpha Capital",
      "Funded Trading Plus",
      "FundedNext",
    ]);
    expect(profileOf("none") ?? profileOf(undefined)).toBeUndefined();
  });

  it("have their policy in words, in every language", () => {
    for (const { propFirms } of [en, ar]) {
      for (const { policy } of profiles) expect(Object.keys(propFirms.policies)).toContain(policy);
    }
  });
});
