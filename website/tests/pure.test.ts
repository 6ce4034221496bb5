import { describe, expect, it } from "vitest";
import type { Account } from "@/api/client";
import { problemOf } from "@/api/problem";
import { newAccount } from "@/features/accounts/schema";
import { hrefOf } from "@/features/alerts/groups";
import { safeNext, secondFactorHref } from "@/features/auth/schema";
import { bar } from "@/features/charts/slippage";
import { problemsByPath } from "@/features/copiers/detail";
import { slavesFor } from "@/features/copiers/linkable";
import { daysAgo, percent } from "@/features/statistics/periods";
import { chooseLocale } from "@/i18n/locales";
import { clockOf, isUnseen, mustAct, stepTimes, terminalTone } from "@/lib/account-state";
import { apiToken } from "@/lib/bearer";
import { eventLine } from "@/lib/event-line";
import { duration, lots, span } from "@/lib/numbers";
import { isForeign } from "@/lib/origin";
import { segments } from "@/lib/spans";
import { staleKinds } from "@/live/changes";
import { recent } from "@/live/recent";
import { endEverywhere, whenEnded } from "@/live/session-end";
import { contentSecurityPolicy } from "@/server/csp";

const account = { operating_mode: "running" as const, state_reason: null };

describe("the state of a terminal", () => {
  it("is red only where the person must act", () => {
    expect(terminalTone({ ...account, state: "failed", state_reason: "InvalidCredentials" })).toBe("now");
    expect(terminalTone({ ...account, state: "failed", state_reason: "TerminalCrashed" })).toBe("soon");
    expect(terminalTone({ ...account, state: "failed", state_reason: "TerminalMissing" })).toBe("soon");
    expect(terminalTone({ ...account, state: "failed", state_reason: "FromTomorrow" })).toBe("soon");
    expect(mustAct({ state: "ready", state_reason: "InvalidCredentials" })).toBe(false);
  });
  it("says what the service must mend instead of waiting without a word", () => {
    for (const reason of ["PodUnschedulable", "RouterMissing", "TerminalMissing"])
      expect(terminalTone({ ...account, state: "queued", state_reason: reason })).toBe("soon");
    expect(terminalTone({ ...account, state: "preparing", state_reason: "PodStuck" })).toBe("soon");
    expect(terminalTone({ ...account, state: "queued", state_reason: "CredentialsMissing" })).toBe("busy");
    expect(terminalTone({ ...account, state: "queued" })).toBe("busy");
  });
  it("is quiet while the account is paused", () => {
    expect(terminalTone({ operating_mode: "suspended", state: "disconnected", state_reason: null })).toBe("idle");
  });
  it("says that what it holds is not known unless it is connected", () => {
    const states = [
      { state: "ready" as const, operating_mode: "running" as const },
      { state: "ready" as const, operating_mode: "suspended" as const },
      { state: "disconnected" as const, operating_mode: "running" as const },
      { state: "connected" as const, operating_mode: "running" as const },
    ];
    expect(states.map(isUnseen)).toEqual([false, true, true, true]);
  });
  it("counts the step that was refused until it was refused", () => {
    const state_at = "2026-01-01T00:00:05Z";
    const later = Date.parse("2026-01-01T01:00:00Z");
    expect(clockOf({ state: "failed", state_at }, later)).toBe(Date.parse(state_at));
    expect(clockOf({ state: "authorizing", state_at }, later)).toBe(later);
  });
  it("tells when each step of the newest attempt began", () => {
    const at = (second: number) => new Date(second * 1_000).toISOString();
    const told = [
      { state: "preparing", at: at(2) },
      { state: "ready", at: at(5) },
      { state: "preparing", at: at(20) },
      { state: "starting", at: at(21) },
    ];
    const began = stepTimes(told, { created_at: at(0), state: "starting", state_at: at(21) });
    expect(began).toEqual([20_000, 20_000, 21_000]);
  });
});

describe("numbers", () => {
  it("show lots with two decimals at least and no digit lost", () => {
    expect(["0.5", "1", "0.12345678", "10.10"].map(lots)).toEqual(["0.50", "1.00", "0.12345678", "10.10"]);
  });
  it("show durations in the unit that fits", () => {
    expect([253, 1_260, 250_000, 2_500_000].map(duration)).toEqual(["253 µs", "1.26 ms", "250 ms", "2.50 s"]);
  });
  it("round ages down to one unit", () => {
    expect([span(59.9), span(3_599), span(90_000)].map(({ value, unit }) => `${value} ${unit}`)).toEqual([
      "59 second",
      "59 minute",
      "1 day",
    ]);
  });
  it("show a dash for a share of nothing", () => {
    expect([percent(null), percent(0.6254)]).toEqual(["–", "62.5 %"]);
  });
  it("begin periods on a full hour", () => {
    expect(daysAgo(1, Date.UTC(2026, 0, 2, 10, 30))).toBe("2026-01-01T10:00:00.000Z");
  });
});

describe("the spans of a copy", () => {
  it("add up to the whole way", () => {
    const spans = segments({ event_to_order_us: 1_000, router_us: 250, slave_terminal_us: 50, broker_us: 9_000 });
    expect(spans.map(({ key, us }) => [key, us])).toEqual([
      ["between", 700],
      ["router", 250],
      ["slave_terminal", 50],
      ["broker", 9_000],
    ]);
  });
  it("add up without the pause that a rule asked for", () => {
    const spans = segments({ event_to_order_us: 300, terminal_to_router_us: 50, pause_us: 500_000, router_us: 250 });
    expect(spans.map(({ key, us }) => [key, us])).toEqual([
      ["terminal_to_router", 50],
      ["pause", 500_000],
      ["router", 250],
    ]);
  });
  it("are none where nothing was measured", () => {
    expect(segments({ router_us: "x" })).toEqual([]);
  });
});

describe("a changing request", () => {
  const from = (entries: Record<string, string>) => new Headers(entries);
  it("of another site is refused", () => {
    expect(isForeign("POST", from({ "sec-fetch-site": "cross-site" }))).toBe(true);
    expect(isForeign("DELETE", from({ origin: "https://elsewhere.example", host: "lockstep.example" }))).toBe(true);
    expect(isForeign("POST", from({ host: "lockstep.example" }))).toBe(true);
  });
  it("of this site is taken", () => {
    expect(isForeign("POST", from({ "sec-fetch-site": "same-origin" }))).toBe(false);
    expect(isForeign("PUT", from({ origin: "https://lockstep.example", host: "lockstep.example" }))).toBe(false);
  });
});

describe("a program's token", () => {
  const sent = (authorization: string) => apiToken(new Headers({ authorization }));
  it("stands for its owner", () => {
    expect(sent("Bearer ls_aB3-_9")).toBe("ls_aB3-_9");
  });
  it("is no session's, nor anything else", () => {
    expect(["Bearer eyJhbGciOi.J9.x", "Basic ls_aB3", "ls_aB3", "Bearer ls_a b", ""].map(sent)).toEqual(
      Array.from({ length: 5 }, () => null),
    );
  });
});

describe("after signing in", () => {
  it("only pages of this site are gone to", () => {
    expect(
      ["/app/trades?ticket=1", "https://evil.example", "//evil.example", "/app//evil.example", undefined].map(safeNext),
    ).toEqual(["/app/trades?ticket=1", "/app", "/app", "/app", "/app"]);
  });
});

describe("a page that was asked for before the second factor", () => {
  it("is where one comes to after the code", () => {
    expect(secondFactorHref("/app/trades?ticket=1")).toBe("/second-factor?next=%2Fapp%2Ftrades%3Fticket%3D1");
    expect([null, "/app", "//evil.example"].map(secondFactorHref)).toEqual(Array(3).fill("/second-factor"));
  });
});

describe("the slaves that a form offers for a master", () => {
  it("are not linked to it yet, and of its kind", () => {
    const one = (id: string, role: string, environment = "demo") => ({ id, role, environment }) as Account;
    const accounts = [one("m", "master"), one("a", "slave"), one("b", "both"), one("c", "slave", "live")];
    const ids = (copiers: { master_id: string; slave_id: string }[]) =>
      slavesFor(accounts, accounts[0], copiers).map(({ id }) => id);
    expect(ids([])).toEqual(["a", "b"]);
    expect(ids([{ master_id: "m", slave_id: "a" }])).toEqual(["b"]);
    expect(ids([{ master_id: "x", slave_id: "a" }])).toEqual(["a", "b"]);
  });
});

describe("the bars of slippage", () => {
  it("have no signs that a font draws as an arrow", () => {
    const labels = [
      { from_bp: null, to_bp: -5, n: 1 },
      { from_bp: -5, to_bp: 0, n: 1 },
      { from_bp: 5, to_bp: null, n: 1 },
    ].map((bin) => bar(bin).label);
    expect(labels).toEqual(["< \u22125", "\u22125", "≥ 5"]);
  });
});

describe("signing out in one tab", () => {
  it("is heard in the others, and not in the one that signs out", async () => {
    let heard = 0;
    const left = new Promise<void>((resolve) => {
      const stop = whenEnded(() => {
        heard += 1;
        stop();
        resolve();
      });
    });
    endEverywhere();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard).toBe(0);
    endEverywhere("another tab");
    await left;
    expect(heard).toBe(1);
  });
});

describe("news", () => {
  it("that this version does not know are left alone", () => {
    const unknown = ["no json", "7", "null", '{"kind":"weather","op":"INSERT","id":"1"}'];
    expect(unknown.flatMap(staleKinds)).toEqual([]);
  });
  it("of a copy make lists and the overview old", () => {
    expect(staleKinds('{"kind":"copy","op":"UPDATE","id":7}')).toEqual(["copy", "dashboard", "sync", "live"]);
  });
});

describe("a page that came filled", () => {
  it("may have missed all that was before the stream, and news that came before it was shown", () => {
    const news = recent();
    expect(news.mayHaveMissed("account", 0), "the stream's beginning will make all of it old").toBe(false);
    news.began(1_000);
    expect(news.mayHaveMissed("account", 1_500)).toBe(true);
    expect(news.mayHaveMissed("account", 60_000)).toBe(false);
    news.heard("account", 59_000);
    expect(news.mayHaveMissed("account", 60_000)).toBe(true);
    expect(news.mayHaveMissed("copier", 60_000)).toBe(false);
  });
});

describe("problems", () => {
  it("are told in the API's words, at the rule they are about", () => {
    const problem = problemOf(422, {
      code: "invalid_settings",
      detail: "No.",
      problems: [{ field: "settings.sizing.multiplier.factor", problem: "Too big." }],
    });
    expect([problem.message, problem.retry, problemsByPath(problem).get("sizing.factor")]).toEqual([
      "No.",
      false,
      "Too big.",
    ]);
  });
  it("without a body may be tried again, and have no words of the API", () => {
    expect([problemOf(0, null).retry, problemOf(0, null).detail]).toEqual([true, null]);
  });
});

it("an account's form takes a login of digits only", () => {
  const typed = {
    platform: "MT5",
    environment: "demo",
    role: "master",
    server: "A-Demo",
    login: "12a",
    password: "x",
    label: "",
  };
  expect(newAccount.safeParse(typed).success).toBe(false);
  expect(newAccount.safeParse({ ...typed, login: "12" }).success).toBe(true);
});

it("an alert leads to where something can be done", () => {
  expect(hrefOf({ kind: "needs_you", link_id: null, account_id: "a", copier_id: "c" })).toBe("/app/accounts/a");
  expect(hrefOf({ kind: "wrong_codes", link_id: null, account_id: null, copier_id: null })).toBe("/app/settings");
});

it("the locale is the chosen one, else the browser's first known one", () => {
  expect([chooseLocale("ar", "en"), chooseLocale(undefined, "fr-FR,ar;q=0.8,en"), chooseLocale("xx", null)]).toEqual([
    "ar",
    "ar",
    "en",
  ]);
});

it("scripts of a page need its nonce, and nothing may frame it", () => {
  const policy = contentSecurityPolicy("abc", false);
  expect(policy).toContain("script-src 'self' 'nonce-abc' 'strict-dynamic'");
  expect(policy).not.toContain("unsafe-eval");
  expect(policy).toContain("frame-ancestors 'none'");
});

it("what a terminal told is one line, in lots as people write them", () => {
  expect(eventLine({ lots: 50_000_000, deal: 0, stage: "done", error: -1, more: {} })).toBe("lots=0.50 stage=done");
});
