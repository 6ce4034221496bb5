"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Problem } from "@/api/problem";
import { useSentences } from "@/i18n/sentences";
import { Button } from "./button";
import { CopyButton } from "./copy";
import { cx } from "./cx";

/** A grey placeholder of the size that the content will have. */
export function Skeleton({ className }: { readonly className?: string }) {
  return <div aria-hidden="true" className={cx("breathe rounded bg-sunken", className)} />;
}

/** Placeholders for rows that are loading, as high as the rows. */
export function SkeletonRows({ rows = 6 }: { readonly rows?: number }) {
  const t = useTranslations("common");
  return (
    <div
      role="status"
      aria-label={t("loading")}
      className="late divide-y divide-line rounded-lg border border-line bg-surface"
    >
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have nothing else
        <div key={row} className="flex h-11 items-center gap-4 px-4">
          <Skeleton className="h-3 w-1/4" />
          <Skeleton className="h-3 w-1/6" />
          <Skeleton className="ms-auto h-3 w-1/5" />
        </div>
      ))}
    </div>
  );
}

/** The place of a detail's page while it is read: its head, two panels side by side, and a table. */
export function SkeletonDetail() {
  return (
    <div className="late">
      <div className="mb-5 grid gap-2">
        <Skeleton className="h-4 w-20" />
        <Skeleton className="h-7 w-64 max-w-full" />
        <Skeleton className="h-4 w-96 max-w-full" />
      </div>
      <div className="grid gap-4">
        <div className="grid gap-4 lg:grid-cols-2">
          <SkeletonPanel />
          <SkeletonPanel />
        </div>
        <SkeletonRows rows={6} />
      </div>
    </div>
  );
}

function SkeletonPanel() {
  return (
    <div aria-hidden="true" className="rounded-lg border border-line bg-surface">
      <div className="flex h-11 items-center border-b border-line px-4">
        <Skeleton className="h-3.5 w-32" />
      </div>
      <div className="grid gap-3 p-4">
        {["w-3/4", "w-1/2", "w-2/3", "w-2/5", "w-3/5"].map((width) => (
          <Skeleton key={width} className={cx("h-3.5", width)} />
        ))}
      </div>
    </div>
  );
}

interface EmptyProps {
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** An empty list: what it would show, and how to fill it. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className="grid justify-items-center gap-2 rounded-lg border border-dashed border-edge bg-surface px-6 py-14 text-center">
      <p className="font-medium">{title}</p>
      {children ? <div className="max-w-md text-sm text-muted">{children}</div> : null}
      {action ? <div className="mt-3">{action}</div> : null}
    </div>
  );
}

/** What went wrong, in the API's words, and what can be done. */
export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const t = useTranslations("common");
  const say = useSentences();
  const problem = error instanceof Problem ? error : null;
  return (
    <div role="alert" className="grid gap-1 rounded-lg border border-bad bg-bad-soft px-4 py-3 text-sm">
      <p className="font-medium">{problem ? say.problem(problem) : t("unexpected")}</p>
      {problem?.requestId ? (
        <p className="text-muted">
          {t("requestId", { id: problem.requestId })} <CopyButton text={problem.requestId} what={problem.requestId} />
        </p>
      ) : null}
      {onRetry && (!problem || problem.retry) ? (
        <Button size="small" className="mt-1 w-fit" onClick={onRetry}>
          {t("retry")}
        </Button>
      ) : null}
    </div>
  );
}

const NOTES = {
  plain: "border-line bg-sunken",
  soon: "border-soon-dot bg-soon-soft",
  now: "border-bad bg-bad-soft",
} as const;

export function Note({
  tone = "plain",
  children,
}: {
  readonly tone?: keyof typeof NOTES;
  readonly children: ReactNode;
}) {
  return <div className={cx("rounded-lg border px-4 py-3 text-sm", NOTES[tone])}>{children}</div>;
}
