"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Column } from "./table";

export interface Selection {
  /** The chosen rows among those that are shown. */
  readonly chosen: readonly string[];
  readonly has: (id: string) => boolean;
  readonly put: (ids: readonly string[], on: boolean) => void;
  readonly clear: () => void;
}

/** Which of the shown rows are chosen. A row hidden by a filter is not: nobody changes what they do not see. */
export function useSelection(shown: readonly string[]): Selection {
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const chosen = shown.filter((id) => picked.has(id));
  const put = (ids: readonly string[], on: boolean) => {
    const after = new Set(chosen);
    for (const id of ids) on ? after.add(id) : after.delete(id);
    setPicked(after);
  };
  return { chosen, has: (id) => picked.has(id), put, clear: () => setPicked(new Set()) };
}

interface BoxProps {
  readonly label: string;
  readonly checked: boolean;
  readonly mixed?: boolean;
  readonly onChange: (on: boolean) => void;
}

export function Box({ label, checked, mixed = false, onChange }: BoxProps) {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (ref.current) ref.current.indeterminate = mixed;
  }, [mixed]);
  return (
    <input
      ref={ref}
      type="checkbox"
      aria-label={label}
      className="size-4 align-middle accent-(--accent)"
      checked={checked}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}

interface ChoiceColumn<Row> {
  readonly selection: Selection;
  readonly rows: readonly Row[];
  readonly id: (row: Row) => string;
  readonly name: (row: Row) => string;
  readonly all: string;
}

/** A table's first column: a checkbox for each row, and one for all of them in its head. */
export function choiceColumn<Row>({ selection, rows, id, name, all }: ChoiceColumn<Row>): Column<Row> {
  const count = selection.chosen.length;
  return {
    key: "choice",
    narrow: true,
    head: (
      <>
        <span className="sr-only">{all}</span>
        <Box
          label={all}
          checked={count > 0 && count === rows.length}
          mixed={count > 0 && count < rows.length}
          onChange={(on) => selection.put(rows.map(id), on)}
        />
      </>
    ),
    cell: (row) => (
      <Box label={name(row)} checked={selection.has(id(row))} onChange={(on) => selection.put([id(row)], on)} />
    ),
  };
}

interface ChosenBarProps {
  readonly label: string;
  readonly clear: string;
  readonly onClear: () => void;
  readonly children: ReactNode;
}

/** The actions on the chosen rows. They stay in sight while the list scrolls. */
export function ChosenBar({ label, clear, onClear, children }: ChosenBarProps) {
  return (
    <section
      aria-label={label}
      className="sticky top-12 z-[5] flex flex-wrap items-center gap-2 rounded-lg border border-accent bg-accent-soft px-3 py-2"
    >
      <span role="status" className="me-2 text-sm font-medium">
        {label}
      </span>
      {children}
      <button type="button" className="ms-auto px-1 text-sm underline" onClick={onClear}>
        {clear}
      </button>
    </section>
  );
}
