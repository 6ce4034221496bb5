interface Open {
  readonly open_price: number;
  readonly price: number | null;
  readonly profit: number | null;
}

/** Below this much profit or loss, rounding to cents would distort what is computed from it. */
const LEAST = 0.5;

/**
 * A copy's slippage in money of its account, below zero if it cost; null if it cannot be computed exactly. The value
 * of a price step follows from the open position: its profit over the change of its price.
 */
export function slippageMoney(
  masterPrice: number | null | undefined,
  position: Open | null | undefined,
): number | null {
  if (masterPrice == null || position?.price == null || position.profit == null) return null;
  const way = position.price - position.open_price;
  if (way === 0 || Math.abs(position.profit) < LEAST) return null;
  return ((masterPrice - position.open_price) * position.profit) / way;
}

interface Priced {
  readonly side: string;
  readonly master_price?: number | null;
  readonly open_price?: number | null;
}

/**
 * By how many of the symbol's smallest steps the copy's price was better than its master's, below zero if it was
 * worse; null without a price. `digits` are the decimals of the symbol's prices.
 */
export function slippagePoints(copy: Priced, digits: number): number | null {
  if (copy.master_price == null || copy.open_price == null) return null;
  const way = copy.master_price - copy.open_price;
  // Adding zero turns -0 into 0.
  return Math.round((copy.side === "sell" ? -way : way) * 10 ** digits) + 0;
}
