import type { ReactNode } from "react";
import { Link } from "@/ui/link";

interface PageHeadProps {
  readonly title: ReactNode;
  readonly lead?: ReactNode;
  readonly back?: { readonly href: string; readonly label: string };
  readonly actions?: ReactNode;
}

/** The top of each page: its title, a sentence on its purpose, and its actions. */
export function PageHead({ title, lead, back, actions }: PageHeadProps) {
  return (
    <header className="mb-5 grid gap-1">
      {back ? (
        <Link href={back.href} className="w-fit text-sm text-muted hover:text-ink">
          <span aria-hidden="true" className="inline-block rtl:rotate-180">
            ←
          </span>{" "}
          {back.label}
        </Link>
      ) : null}
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-[22px] font-semibold">{title}</h1>
          {lead ? <div className="mt-0.5 max-w-2xl text-sm text-muted">{lead}</div> : null}
        </div>
        {actions ? <div className="flex flex-wrap gap-2">{actions}</div> : null}
      </div>
    </header>
  );
}

interface PanelProps {
  readonly title: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page with its heading. Panels are never nested. */
export function Panel({ title, aside, children }: PanelProps) {
  return (
    <section className="min-w-0 rounded-lg border border-line bg-surface">
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2">
        <h2 className="text-sm font-semibold">{title}</h2>
        {aside}
      </div>
      <div className="p-4">{children}</div>
    </section>
  );
}
