import type { ReactNode } from "react";
import { cx } from "./cx";
import { Link } from "./link";

interface FigureProps {
  readonly name: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  /** How urgent the note is; null if it is not. */
  readonly tone?: "now" | "soon" | null | undefined;
  readonly href?: string;
}

const TONES = { now: "font-medium text-bad", soon: "font-medium text-soon" } as const;

/** One figure of a strip: its name, the number, and a note. */
export function Figure({ name, value, note, tone, href }: FigureProps) {
  return (
    <div className="relative bg-surface px-4 py-3 has-[a:hover]:bg-sunken">
      <dt className="text-xs text-muted">
        {href ? (
          <Link href={href} className="after:absolute after:inset-0">
            {name}
          </Link>
        ) : (
          name
        )}
      </dt>
      <dd className="num text-xl font-semibold tracking-tight">{value}</dd>
      {note ? <dd className={cx("text-xs", tone ? TONES[tone] : "text-muted")}>{note}</dd> : null}
    </div>
  );
}
