import type { ReactNode } from "react";
import { cx } from "./cx";

interface CardsProps<Row> {
  readonly caption: string;
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly card: (row: Row) => ReactNode;
  readonly isFresh?: ((row: Row) => boolean) | undefined;
  readonly isContinued?: ((row: Row) => boolean) | undefined;
  /** The card gets no padding from the list, since all of it is a link. */
  readonly bleed?: boolean;
}

/** Rows below each other in one frame, each laid out freely. */
export function Cards<Row>({ caption, rows, rowKey, card, isFresh, isContinued, bleed }: CardsProps<Row>) {
  return (
    <ul aria-label={caption} className="grid rounded-lg border border-line bg-surface">
      {rows.map((row) => (
        <li
          key={rowKey(row)}
          className={cx(
            !isContinued?.(row) && "border-t border-line first:border-t-0",
            !bleed && "px-4 py-3",
            isFresh?.(row) && "landed",
          )}
        >
          {card(row)}
        </li>
      ))}
    </ul>
  );
}
