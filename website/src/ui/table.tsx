"use client";

import { type ReactNode, useRef } from "react";
import { Cards } from "./cards";
import { cx } from "./cx";
import { useWide } from "./screen";
import { useScrolls } from "./scrolls";

export interface Column<Row> {
  readonly key: string;
  /** No head is drawn if no column has one. */
  readonly head?: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** Aligned to the end of its cell, digit below digit. */
  readonly figures?: boolean;
  /** May take several lines. */
  readonly wraps?: boolean;
  /** Names its row: screen readers read it with every other cell. */
  readonly rowHead?: boolean;
  /** Its head is a button that orders the rows. */
  readonly sort?: { readonly way: "ascending" | "descending" | "none"; readonly onSort: () => void };
  /** As wide as what it holds: it takes no share of the room that is left. */
  readonly narrow?: boolean;
  /** Left out on a phone, for a table without cards. */
  readonly wideOnly?: boolean;
}

export interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** The row on a phone; without it the table itself is shown there, too. */
  readonly card?: (row: Row) => ReactNode;
  readonly look?: Look;
  /** Whether the row flashes once, because it has just changed. */
  readonly isFresh?: (row: Row) => boolean;
  /** Whether the row belongs to the one above it: no line separates them. */
  readonly isContinued?: (row: Row) => boolean;
  /** A text across all columns of figures in a row that has none; undefined for other rows. */
  readonly withoutFigures?: (row: Row) => ReactNode | undefined;
  /** A second line of the row, across all columns. */
  readonly detail?: (row: Row) => ReactNode;
}

/** `framed` stands by itself, `flush` and `plain` in a panel, `tight` below a chart. */
type Look = "framed" | "flush" | "plain" | "tight";

interface Classes {
  readonly box?: string;
  readonly table: string;
  readonly head?: string;
  readonly headCell?: string;
  readonly line?: string;
  readonly cell: string;
}

const LINE = "border-t border-line first-of-type:border-t-0";
const SUNKEN = { head: "border-b border-line bg-sunken", headCell: "h-9 px-3 first:ps-4 last:pe-4" };
const LOOKS: Readonly<Record<Look, Classes>> = {
  framed: {
    ...SUNKEN,
    box: "rounded-lg border border-line bg-surface",
    table: "w-full",
    line: LINE,
    cell: "h-9 px-3 py-1 first:ps-4 last:pe-4",
  },
  flush: { ...SUNKEN, table: "w-full", line: LINE, cell: "px-3 pt-2.5 align-top first:ps-4 last:pe-4" },
  plain: { table: "w-full", headCell: "ps-3 pb-1.5 first:ps-0", line: LINE, cell: "h-8 ps-3 first:ps-0" },
  tight: { table: "", cell: "pe-6 last:pe-0" },
};

/** Rows as a table on wide screens, and as a list of cards on phones if they have cards. */
export function Table<Row>(props: TableProps<Row>) {
  const isWide = useWide();
  return props.card && !isWide ? <Cards {...props} card={props.card} /> : <WideTable {...props} />;
}

function WideTable<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, rowKey, detail, look = "framed" } = props;
  const classes = LOOKS[look];
  const box = useRef<HTMLElement>(null);
  const scrolls = useScrolls(box);
  return (
    <section
      ref={box}
      aria-label={scrolls ? caption : undefined}
      // A scrolling element must be reachable by keyboard, and such an element needs a name.
      tabIndex={scrolls ? 0 : undefined}
      className={cx("overflow-x-auto", classes.box)}
    >
      <table className={cx("border-collapse text-sm", classes.table)}>
        <caption className="sr-only">{caption}</caption>
        {columns.some((column) => column.head !== undefined) ? <Head columns={columns} classes={classes} /> : null}
        {detail ? (
          rows.map((row) => (
            <tbody key={rowKey(row)} className={classes.line}>
              <Line {...props} row={row} classes={classes} />
              <tr>
                <td colSpan={columns.length} className="px-4 pb-2.5 text-[13px] text-muted">
                  {detail(row)}
                </td>
              </tr>
            </tbody>
          ))
        ) : (
          <tbody>
            {rows.map((row) => (
              <Line key={rowKey(row)} {...props} row={row} classes={classes} />
            ))}
          </tbody>
        )}
      </table>
    </section>
  );
}

interface HeadProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly classes: Classes;
}

function Head<Row>({ columns, classes }: HeadProps<Row>) {
  return (
    <thead className={classes.head}>
      <tr>
        {columns.map((column) => (
          <th
            key={column.key}
            scope="col"
            aria-sort={column.sort?.way}
            className={cx(
              "text-xs font-medium whitespace-nowrap text-muted",
              classes.headCell,
              column.figures ? "text-end" : "text-start",
              column.narrow && "w-px",
              column.wideOnly && "max-sm:hidden",
            )}
          >
            {column.sort ? <SortHead sort={column.sort}>{column.head}</SortHead> : column.head}
          </th>
        ))}
      </tr>
    </thead>
  );
}

const ARROWS = { ascending: "↑", descending: "↓", none: "" } as const;

interface SortHeadProps {
  readonly sort: NonNullable<Column<unknown>["sort"]>;
  readonly children: ReactNode;
}

function SortHead({ sort, children }: SortHeadProps) {
  return (
    <button type="button" onClick={sort.onSort} className="font-medium hover:text-ink hover:underline">
      {children}
      <span aria-hidden="true"> {ARROWS[sort.way]}</span>
    </button>
  );
}

interface LineProps<Row> extends TableProps<Row> {
  readonly row: Row;
  readonly classes: Classes;
}

function Line<Row>({ columns, row, classes, look, detail, isFresh, isContinued, withoutFigures }: LineProps<Row>) {
  const instead = withoutFigures?.(row);
  const shown = instead === undefined ? columns : columns.filter((column) => !column.figures);
  const isFramed = look === undefined || look === "framed";
  return (
    <tr
      className={cx(
        // A row with a second line is one body with both, and the body has the line above.
        !detail && !isContinued?.(row) && classes.line,
        isFramed && "hover:bg-sunken",
        isFresh?.(row) && "landed",
      )}
    >
      {shown.map((column) => (
        <Cell key={column.key} column={column} classes={classes}>
          {column.cell(row)}
        </Cell>
      ))}
      {instead === undefined ? null : (
        <td colSpan={columns.length - shown.length} className={cx(classes.cell, "text-end text-muted")}>
          {instead}
        </td>
      )}
    </tr>
  );
}

interface CellProps<Row> {
  readonly column: Column<Row>;
  readonly classes: Classes;
  readonly children: ReactNode;
}

function Cell<Row>({ column, classes, children }: CellProps<Row>) {
  const className = cx(
    classes.cell,
    !column.wraps && "whitespace-nowrap",
    column.figures && "num text-end",
    column.rowHead && "text-start font-normal",
    column.wideOnly && "max-sm:hidden",
  );
  return column.rowHead ? (
    <th scope="row" className={className}>
      {children}
    </th>
  ) : (
    <td className={className}>{children}</td>
  );
}
