import { createElement } from "react";
import { expect, it } from "vitest";
import { Flow } from "@/ui/flow";
import { type Column, Table, type TableProps } from "@/ui/table";
import { drawn } from "./drawn";

interface Row {
  readonly name: string;
  readonly lots: number | null;
}

const COLUMNS: readonly Column<Row>[] = [
  { key: "name", head: "Symbol", cell: (row) => row.name, rowHead: true },
  { key: "lots", head: "Lots", cell: (row) => row.lots, figures: true },
];
const ROWS: readonly Row[] = [
  { name: "EURUSD", lots: 1 },
  { name: "XAUUSD", lots: null },
];

const table = (more: Partial<TableProps<Row>> = {}, phone = false): string =>
  drawn(
    createElement(Table<Row>, {
      caption: "Positions",
      columns: COLUMNS,
      rows: ROWS,
      rowKey: (row) => row.name,
      ...more,
    }),
    phone,
  );
const count = (html: string, part: string): number => html.split(part).length - 1;

it("a table has a caption, and its heads name their columns and rows", () => {
  const html = table();
  expect(html).toContain('<caption class="sr-only">Positions</caption>');
  expect([count(html, 'scope="col"'), count(html, 'scope="row"')]).toEqual([2, 2]);
});

it("a narrow column takes no share of the room that is left", () => {
  const html = table({ columns: [{ key: "choice", head: "All", cell: () => "box", narrow: true }, ...COLUMNS] });
  expect(html).toMatch(/<th scope="col" class="[^"]* w-px">All</);
  expect(count(html, "w-px")).toBe(1);
});

it("a phone is shown cards where a table has them, and the table where it has none", () => {
  const card = (row: Row) => `card of ${row.name}`;
  expect(table({ card }, true)).toMatch(/^<ul aria-label="Positions".*card of EURUSD.*card of XAUUSD/);
  expect(table({ card }, true)).not.toContain("<table");
  expect(table({}, true)).toContain("<table");
  expect(table({ card })).not.toContain("card of");
});

it("a row without figures says across their columns why", () => {
  const html = table({ withoutFigures: (row) => (row.lots === null ? "rejected" : undefined) });
  expect(html).toMatch(/XAUUSD<\/th><td colSpan="1"[^>]*>rejected<\/td>/i);
  expect(html).toMatch(/EURUSD<\/th><td [^>]*>1<\/td>/);
});

it("a second line stands below its row and is as wide as the table", () => {
  const html = table({ detail: (row) => `about ${row.name}` });
  expect(html).toMatch(/EURUSD<\/th>.*<td colSpan="2"[^>]*>about EURUSD<\/td>.*XAUUSD/i);
  expect(count(html, "<tbody")).toBe(2);
});

it("no line parts a row from the one that it belongs to", () => {
  const lines = (html: string) => count(html, "border-t border-line");
  expect(lines(table()) - lines(table({ isContinued: (row) => row.name === "XAUUSD" }))).toBe(1);
});

it("a table of columns without heads has no head", () => {
  const columns = COLUMNS.map(({ head: _, ...column }) => column);
  expect(table({ columns })).not.toContain("<thead");
});

it("a name of 64 letters is cut in its cell, and whole on hover", () => {
  const name = "W".repeat(64);
  const html = drawn(createElement(Flow, { from: name, to: "b" }));
  expect(html).toMatch(new RegExp(`<bdi title="${name}" class="[^"]*max-w-\\[18em\\] truncate`));
});
