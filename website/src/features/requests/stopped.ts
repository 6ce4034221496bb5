import type { Copier, Schemas } from "@/api/client";

type Request = Schemas["ManualRequestResponse"];

/** The copiers that a stop concerns: all, or those with one of the accounts at either end. */
export const copiersOf = (copiers: readonly Copier[], accounts: ReadonlySet<string> | null): readonly Copier[] =>
  accounts === null ? copiers : copiers.filter((one) => accounts.has(one.master_id) || accounts.has(one.slave_id));

/** Whether a person has typed the word, in any case and with any spaces around it. */
export const isTyped = (typed: string, word: string): boolean =>
  typed.trim().toLocaleLowerCase() === word.trim().toLocaleLowerCase();

interface Progress {
  readonly pending: number;
  readonly done: number;
  readonly failed: number;
}

/** The progress of requests. Requests that the list no longer has keep the state of the response to the stop. */
export function progressOf(asked: readonly Request[], now: readonly Request[]): Progress {
  const states = new Map(now.map((request) => [request.id, request.state]));
  const count = { pending: 0, done: 0, failed: 0 };
  for (const request of asked) {
    const state = states.get(request.id) ?? request.state;
    count[state === "pending" || state === "done" ? state : "failed"] += 1;
  }
  return count;
}
