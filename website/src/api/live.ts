import type { Schemas } from "./client";

/** Current positions and equity of the terminals. Lots are decimal text; prices and money are numbers. */
export type LiveAccount = Schemas["LiveAccount"];
export type Position = Schemas["LivePosition"];
export type LiveCopy = Schemas["LiveCopy"];
export type Group = Schemas["LiveGroup"];
export type OtherPosition = Schemas["LiveOther"];
export type Positions = Schemas["LivePositions"];
export type Equity = Schemas["Equity"];
export type EquityPoint = Schemas["EquityPoint"];

export const EQUITY_RANGES = ["day", "week", "month", "year", "all"] as const;
export type EquityRange = (typeof EQUITY_RANGES)[number];
