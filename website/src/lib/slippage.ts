interface Open {
  readonly open_price: number;
  readonly price: number | null;
  readonly profit: number | null;
}

/** Below this much profit or loss its rounding to cents would show in what is reckoned from it. */
const LEAST = 0.5;

/** What a copy's slippage is in money of its account, below zero where it cost; null where it cannot be told exactly.
 * What a price step is worth follows from the open position: its profit over the way that its price went. */
export function slippageMoney(
  masterPrice: number | null | undefined,
  position: Open | null | undefined,
): number | null {
  if (masterPrice == null || position?.price == null || position.profit == null) return null;
  const way = position.price - position.open_price;
  if (way === 0 || Math.abs(position.profit) < LEAST) return null;
  return ((masterPrice - position.open_price) * position.profit) / way;
}
