"use client";

import { useTranslations } from "next-intl";
import type { Leg } from "@/api/client";
import { inOrder } from "@/lib/legs";
import { duration } from "@/lib/numbers";

const ms = (value: number): string => duration(Math.round(value * 1_000));

/** The legs of all copies: half of them were faster than p50, one in a hundred slower than p99. */
export function LegTable({ legs }: { readonly legs: readonly Leg[] }) {
  const t = useTranslations("charts");
  const name = (leg: string) => {
    const key = `legs.${leg.replace(/_us$/, "")}`;
    return t.has(key) ? t(key) : leg;
  };
  if (legs.length === 0) return <p className="text-sm text-muted">{t("noLegs")}</p>;
  const slowest = Math.max(...legs.map((leg) => leg.p99_ms));
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-sm">
        <caption className="sr-only">{t("legsTitle")}</caption>
        <thead>
          <tr className="text-xs text-muted">
            <th scope="col" className="pb-1.5 text-start font-medium">
              {t("leg")}
            </th>
            {["p50", "p95", "p99"].map((part) => (
              <th key={part} scope="col" className="ps-3 pb-1.5 text-end font-medium">
                {part}
              </th>
            ))}
            <th scope="col" className="ps-3 pb-1.5 text-end font-medium max-sm:hidden">
              {t("copies")}
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {inOrder(legs).map((leg) => (
            <tr key={leg.leg}>
              <th scope="row" className="h-10 py-1 text-start font-normal">
                {name(leg.leg)}
                <span aria-hidden="true" dir="ltr" className="mt-0.5 block h-1 rounded bg-sunken">
                  <span
                    className="relative block h-1 rounded bg-accent/35"
                    style={{ width: `${(leg.p99_ms / slowest) * 100}%` }}
                  >
                    <span
                      className="absolute inset-y-0 left-0 rounded bg-accent"
                      style={{ width: `${leg.p99_ms ? (leg.p50_ms / leg.p99_ms) * 100 : 0}%` }}
                    />
                  </span>
                </span>
              </th>
              {[leg.p50_ms, leg.p95_ms, leg.p99_ms].map((value, index) => (
                <td key={["p50", "p95", "p99"][index]} className="num ps-3 text-end whitespace-nowrap">
                  <span dir="ltr">{ms(value)}</span>
                </td>
              ))}
              <td className="num ps-3 text-end text-muted max-sm:hidden">{leg.n}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
