"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Account } from "@/api/client";
import * as queries from "@/api/queries";
import { useLiveAccount } from "@/features/live/use-live";
import { useSentences } from "@/i18n/sentences";
import { clockOf, STEPS, type StepTimes, stepOf, stepTimes, terminalTone } from "@/lib/account-state";
import { digitsOf, price } from "@/lib/numbers";
import { Instant, useNow } from "@/ui/age";
import { cx } from "@/ui/cx";

const TICK_MS = 100;
const BEFORE_THE_LOGIN: ReadonlySet<string> = new Set(["WaitingForTurn", "BrokerMaintenance"]);
const MINUTE_MS = 60_000;

/** The steps of an account from the queue to its first message from the broker, with the seconds that each took. */
export function Stepper({ account }: { readonly account: Account }) {
  const t = useTranslations("steps");
  if (account.state === "stopped") return <p className="text-sm text-muted">{t("stopped")}</p>;
  return <Steps account={account} />;
}

function Steps({ account }: { readonly account: Account }) {
  const t = useTranslations("steps");
  const { at, began } = useProgress(account);
  const rests = account.state === "ready" || account.state === "failed";
  const now = clockOf(account, useNow(rests ? MINUTE_MS : TICK_MS));
  const tone = terminalTone(account);
  const failed = tone === "now" || tone === "soon";
  const waiting = useWaiting();
  return (
    <ol className="grid" aria-label={t("label")}>
      {STEPS.map((step, index) => {
        const done = index < at || account.state === "ready";
        const here = index === at && !done;
        const end = began[index + 1] ?? (here ? now : undefined);
        const start = began[index];
        const seconds =
          start !== undefined && end !== undefined && index < STEPS.length - 1 ? (end - start) / 1000 : null;
        return (
          <li
            key={step}
            aria-current={here ? "step" : undefined}
            className="grid grid-cols-[1.25rem_1fr_auto] items-start gap-x-3"
          >
            <span aria-hidden="true" className="grid h-full grid-rows-[1.25rem_1fr] justify-items-center">
              <Mark done={done} here={here} failed={failed && here} />
              {index < STEPS.length - 1 ? (
                <span className={cx("min-h-5 w-px", done ? "bg-good-dot" : "bg-line")} />
              ) : null}
            </span>
            <span className={cx("pb-3 text-sm leading-5", here && "font-medium", !done && !here && "text-muted")}>
              {t(`${step}.name`)}
              {here ? (
                <span className="block font-normal text-muted">{waiting(account, now) ?? t(`${step}.now`)}</span>
              ) : null}
              {step === "ready" && done ? <FirstTick account={account} /> : null}
              <span className="sr-only">{done ? t("done") : ""}</span>
            </span>
            <span className="num text-sm leading-5 text-muted">
              {seconds === null ? "" : t("seconds", { value: seconds })}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

/** What a terminal that has not started waits for, if that is the broker: nothing else takes so long. */
function useWaiting() {
  const say = useSentences();
  return (account: Account, now: number): string | null => {
    if (account.state !== "starting" || !BEFORE_THE_LOGIN.has(account.state_reason ?? "")) return null;
    return [say.account(account.state_reason), say.turn(account, now)].filter((text) => text !== null).join(" ");
  };
}

/** The first price that the broker sent to this terminal, with the symbol's decimals. */
function FirstTick({ account }: { readonly account: Account }) {
  const t = useTranslations("steps");
  const tick = useLiveAccount(account.id)?.first_tick;
  if (!tick) return null;
  const digits = digitsOf([tick.bid, tick.ask], tick.symbol);
  return (
    <span className="num block text-muted">
      {t("firstTick")} <span dir="ltr">{`${tick.symbol} ${price(tick.bid, digits)} / ${price(tick.ask, digits)}`}</span>{" "}
      · <Instant at={tick.at} />
    </span>
  );
}

function Mark({ done, here, failed }: { readonly done: boolean; readonly here: boolean; readonly failed: boolean }) {
  if (failed) return <span className="mt-1 size-3 rounded-full bg-bad-fill" />;
  if (done) {
    return (
      <svg
        aria-hidden="true"
        viewBox="0 0 16 16"
        className="mt-0.5 size-4 text-good"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.2"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d="M3 8.5 6.5 12 13 4.5" />
      </svg>
    );
  }
  return (
    <span
      className={cx("mt-1 size-3 rounded-full border-2", here ? "breathe border-accent bg-accent" : "border-edge")}
    />
  );
}

interface Progress {
  readonly at: number;
  readonly began: StepTimes;
}

/** The account's present step, and when each step of this attempt began, as far as its terminal reported it. */
function useProgress(account: Account): Progress {
  const { data: history = [] } = useQuery(queries.accountHistory(account.id));
  const began = stepTimes(history, account);
  return { at: stepOf(account.state, began.length - 1), began };
}
