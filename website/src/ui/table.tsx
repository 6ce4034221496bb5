"use client";

import type { ReactNode } from "react";
import { cx } from "./cx";
import { useWide } from "./screen";

export interface Column<Row> {
  readonly key: string;
  readonly head: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  readonly end?: boolean;
  readonly wide?: boolean;
}

interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly card: (row: Row) => ReactNode;
  readonly fresh?: (row: Row) => boolean;
}

/** A dense table on wide screens and a list of cards on phones: the same rows, each laid out for its place. */
export function Table<Row>(props: TableProps<Row>) {
  if (useWide())
    return (
      <div className="overflow-x-auto rounded-lg border border-line bg-surface">
        <WideTable {...props} />
      </div>
    );
  return (
    <ul aria-label={props.caption} className="grid divide-y divide-line rounded-lg border border-line bg-surface">
      {props.rows.map((row) => (
        <li key={props.rowKey(row)} className={cx("px-4 py-3", props.fresh?.(row) && "landed")}>
          {props.card(row)}
        </li>
      ))}
    </ul>
  );
}

function WideTable<Row>({ caption, columns, rows, rowKey, fresh }: TableProps<Row>) {
  return (
    <table className="w-full border-collapse text-sm">
      <caption className="sr-only">{caption}</caption>
      <thead className="border-b border-line bg-sunken">
        <tr>
          {columns.map((column) => (
            <th
              key={column.key}
              scope="col"
              className={cx(
                "h-9 px-3 text-xs font-medium whitespace-nowrap text-muted first:ps-4 last:pe-4",
                column.end ? "text-end" : "text-start",
              )}
            >
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {rows.map((row) => (
          <tr key={rowKey(row)} className={cx("hover:bg-sunken", fresh?.(row) && "landed")}>
            {columns.map((column) => (
              <td
                key={column.key}
                className={cx(
                  "h-9 px-3 py-1 first:ps-4 last:pe-4",
                  !column.wide && "whitespace-nowrap",
                  column.end && "num text-end",
                )}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
