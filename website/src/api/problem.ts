interface FieldProblem {
  readonly field: string;
  readonly problem: string;
}

/**
 * A refusal of the API. `detail` is its text for people; null without a response of the API: then the catalogue has a
 * text for `code`, which is stable. `retry` says whether the same call may work later.
 */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string | null,
    readonly requestId: string | null,
    readonly problems: readonly FieldProblem[],
  ) {
    super(detail ?? code);
    this.name = "Problem";
  }

  get retry(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The problem in a body of problem+json, or our own if there is none. */
export function problemOf(status: number, body: unknown): Problem {
  const read = isRecord(body) ? body : {};
  const code = typeof read.code === "string" ? read.code : status === 0 ? "offline" : "unexpected";
  const detail = typeof read.detail === "string" ? read.detail : null;
  const requestId = typeof read.request_id === "string" ? read.request_id : null;
  const problems = Array.isArray(read.problems) ? read.problems.filter(isFieldProblem) : [];
  return new Problem(status, code, detail, requestId, problems);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const isFieldProblem = (value: unknown): value is FieldProblem =>
  isRecord(value) && typeof value.field === "string" && typeof value.problem === "string";
