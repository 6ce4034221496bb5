import type { ReactNode } from "react";

const PATHS = {
  overview: "M3 12.5 12 4l9 8.5M5.5 10.5V20h13v-9.5",
  accounts: "M4 6h16v12H4zM4 10h16M7.5 14.5h4",
  copiers: "M4 8h11l-3-3M20 16H9l3 3",
  flow: "M4 6h4c5 0 5 6 12 6M4 18h4c5 0 5-6 12-6m-3-3 3 3-3 3",
  positions: "M4 6h16M4 6v4h6v8h10M10 14h10",
  trades: "M4 19V9m5 10V5m5 14v-7m5 7V8",
  skipped: "M5 5l14 14M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18",
  statistics: "M4 20h16M6 16l4-5 4 3 5-8",
  alerts: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4",
  settings:
    "M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6M12 3v3m0 12v3M3 12h3m12 0h3M5.6 5.6l2.2 2.2m8.4 8.4 2.2 2.2m0-12.8-2.2 2.2m-8.4 8.4-2.2 2.2",
  staff: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c0-4 3.6-6.5 8-6.5s8 2.5 8 6.5",
  sync: "M4 12a8 8 0 0 1 14-5.3L20 9m0-5v5h-5M20 12a8 8 0 0 1-14 5.3L4 15m0 5v-5h5",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14m5.2 12.2L21 21",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  activity: "M3 12h4l3-8 4 16 3-8h4",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  done: "M4 12.5 9.5 18 20 6.5",
} as const;

export type IconName = keyof typeof PATHS;

/** A line icon, beside a word or with one for screen readers. */
export function Icon({
  name,
  className = "size-[18px]",
}: {
  readonly name: IconName;
  readonly className?: string;
}): ReactNode {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      className={className}
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 3 : 1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Logo() {
  return (
    <span className="inline-flex items-center gap-2 font-semibold tracking-tight">
      <svg
        aria-hidden="true"
        viewBox="0 0 24 24"
        className="size-5 text-accent"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d="M3 16 8 8l4 5 3-4" />
        <path d="M9 20l5-8 3 4 4-7" opacity="0.55" />
      </svg>
      Lockstep
    </span>
  );
}
