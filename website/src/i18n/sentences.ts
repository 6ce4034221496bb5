"use client";

import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import type { Problem } from "@/api/problem";
import { named } from "@/lib/named";

/** The values in the text of a code. */
export type Params = Readonly<Record<string, string | number>>;

interface Reasoned {
  readonly reason: string | null;
  readonly params: Params;
  readonly status?: string;
}

type Item = Pick<Schemas["PreviewResponse"]["items"][number], "parts" | "reason" | "params">;
type Alert = Pick<Schemas["Alert"], "kind" | "data">;
type Translate = ReturnType<typeof useTranslations>;

const GUARDS: Readonly<Record<string, string>> = {
  guard_warning: "warned",
  guard_fired: "tripped",
  guard_resumed: "resumed",
  guard_paused: "paused",
  guard_pause_over: "pause_over",
};

/** The key of a reason's text, as in `lockstep_texts.say.key_of`. */
export function keyOf(reason: string, status = ""): string {
  if (status === "closed") return `closed.${reason}`;
  return reason.startsWith("broker_") ? "reasons.broker" : `reasons.${reason}`;
}

/** The common catalogue's sentences for the engine's codes and params. */
export function useSentences() {
  const rules = useTranslations("rules");
  const words = (part: string) => rules.raw(part) as Readonly<Record<string, string>>;
  const labels = { ...words("sections"), ...words("labels") };
  return sentences(useTranslations("texts"), (text) => named(text, labels, words("options")));
}

/** What `useSentences` returns, with a translator of the catalogue. A code without a text is returned as it is. */
export function sentences(given: Translate, readable: (text: string) => string = (text) => text) {
  const t = readably(given, readable);
  const why = ({ reason, params, status }: Reasoned): string | null => {
    if (!reason) return null;
    const key = keyOf(reason, status);
    return t.has(key) ? t(key, params) : reason;
  };
  const guard = (kind: string, params: Params): string => t(`guards.${GUARDS[kind]}`, params);
  const account = (reason: string | null): string => {
    const key = `accounts.what.${reason}`;
    return t(t.has(key) ? key : "accounts.what.other");
  };
  const event = ({ kind, data }: Pick<Schemas["HistoryEventResponse"], "kind" | "data">): string | null => {
    const params = (data.params ?? {}) as Params;
    if (kind in GUARDS) return guard(kind, params);
    if (kind === "guard_reset") return t("guards.reset");
    return kind === "skipped" || kind === "waiting" ? why({ reason: String(data.code), params }) : null;
  };
  return {
    problem: problem(t),
    why,
    guard,
    event,
    account,
    advice: advice(t),
    queue: queue(t),
    said: said(t),
    turn: turn(t),
    notice: notice(t),
    linking: linking(t, why),
    preview: preview(t, why),
    alert: alert(t),
  };

  function alert(translate: Translate) {
    return ({ kind, data }: Alert): { readonly title: string; readonly body: string } => {
      const { reason, params, label, symbol, count, was } = data as Readonly<Record<string, unknown>>;
      const known = { reason: (reason ?? null) as string | null, params: (params ?? {}) as Params };
      const because = kind in GUARDS ? guard(kind, known.params) : (why(known) ?? "");
      const filled = { label: String(label ?? ""), symbol: String(symbol ?? ""), was: String(was ?? "") };
      return {
        title: translate(`alerts.${kind}.title`, filled),
        body: translate(`alerts.${kind}.body`, {
          ...filled,
          count: Number(count ?? 0),
          what: account(known.reason),
          why: because,
        }),
      };
    };
  }
}

/** A translator whose texts name settings by their labels. */
function readably(t: Translate, readable: (text: string) => string): Translate {
  const told = (...call: Parameters<Translate>) => readable(t(...call));
  return Object.assign(told, t, { has: t.has.bind(t) }) as Translate;
}

/** What somebody can do about an account. */
const advice = (t: Translate) => (reason: string | null) => {
  const key = `accounts.do.${reason}`;
  return t(t.has(key) ? key : "accounts.do.other");
};

/** Reasons whose message is what the broker itself said. */
const OF_THE_BROKER: ReadonlySet<string> = new Set([
  "BrokerMaintenance",
  "CertificateRequired",
  "DemoExpired",
  "InvalidCredentials",
  "OtpRequired",
  "PasswordChangeForced",
]);

/** What the broker itself said, as a quotation; nothing if it said nothing. */
const said =
  (t: Translate) =>
  ({
    state_reason: reason,
    state_message: words,
  }: Pick<Schemas["AccountResponse"], "state_reason" | "state_message">) =>
    words && OF_THE_BROKER.has(reason ?? "") ? t("accounts.said", { words }) : null;

const SECONDS_TOLD = 90;

/**
 * How long an account waits for its turn at the broker's server; nothing if it does not wait, or if its turn is now.
 */
const turn =
  (t: Translate) =>
  (
    { state_reason: reason, state_message: at }: Pick<Schemas["AccountResponse"], "state_reason" | "state_message">,
    now: number,
  ): string | null => {
    const left = reason === "WaitingForTurn" ? Math.ceil((Date.parse(at ?? "") - now) / 1000) : Number.NaN;
    if (!(left > 0)) return null;
    return left < SECONDS_TOLD
      ? t("accounts.turn", { count: left, unit: "seconds" })
      : t("accounts.turn", { count: Math.ceil(left / 60), unit: "minutes" });
  };

/** The place of an account in the queue for room; nothing if it does not wait. */
const queue =
  (t: Translate) =>
  (account: Pick<Schemas["AccountResponse"], "queue_place" | "queue_length">): string | null => {
    const { queue_place: place, queue_length: waiting } = account;
    return place == null || waiting == null ? null : t("accounts.queue", { place, waiting });
  };

/** A notice about a copier's settings, or an assumption of a preview. */
const notice = (t: Translate) => (code: string, params: Params) => t(`notices.${code}`, params);

/** A difference between two accounts: a reason for which trades would be skipped, or a notice. */
const linking =
  (t: Translate, why: (of: Reasoned) => string | null) =>
  (found: Schemas["LinkFinding"]): string =>
    found.is_skipped
      ? (why({ reason: found.code, params: found.params }) ?? "")
      : t(`linking.${found.code}`, found.params);

/** Why a call failed: the API's words, or those of the catalogue if it gave none. */
const problem = (t: Translate) => (failed: Pick<Problem, "status" | "code" | "detail">) => {
  const key = `problems.${failed.code}`;
  if (failed.detail !== null) return failed.detail;
  return t(t.has(key) ? key : "problems.unexpected", { status: String(failed.status) });
};

/** What a copier would do with a trade and why. */
const preview =
  (t: Translate, why: (of: Reasoned) => string | null) =>
  (item: Item): string => {
    const [what = "", ...reasons] = item.parts.map((part) => t(`preview.${part.code}`, part.params));
    if (item.reason !== null) return `${what} ${why(item) ?? ""}`;
    return t("preview.because", { what, why: reasons.join(t("preview.separator")) });
  };
