/** Tables as CSV (RFC 4180). Pure. */

export type Cell = string | number | boolean | null | undefined;
export type Line = Readonly<Record<string, Cell>>;

/** A header and a line for each row; the columns are those of the first row. Empty without rows. */
export function csvOf(rows: readonly Line[]): string {
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) return "";
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return lines.map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

/** Text that a spreadsheet would run as a formula is quoted. */
function cell(value: Cell): string {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
