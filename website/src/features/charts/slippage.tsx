"use client";

import { useTranslations } from "next-intl";
import type { Bin } from "@/api/client";
import { type Bar, Bars } from "./bars";

/** The difference between slaves' and masters' prices, in basis points; right of zero is worse. */
export function SlippageChart({ bins }: { readonly bins: readonly Bin[] }) {
  const t = useTranslations("charts");
  if (bins.every((bin) => bin.n === 0)) return <p className="text-sm text-muted">{t("noSlippage")}</p>;
  return <Bars title={t("slippageTitle")} bars={bins.map(bar)} nameEvery={bins.length > 9 ? 2 : 1} />;
}

const signed = (bp: number | null): string => String(bp).replace("-", "\u2212");

export function bar(bin: Bin): Bar {
  const [from, to] = [signed(bin.from_bp), signed(bin.to_bp)];
  const label = bin.from_bp === null ? `< ${to}` : bin.to_bp === null ? `≥ ${from}` : from;
  return { key: label, label, value: bin.n, text: String(bin.n) };
}
