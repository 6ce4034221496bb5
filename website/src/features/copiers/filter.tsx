"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";
import { CopierName } from "./list";

interface CopierFilterProps {
  readonly value: string;
  readonly onChange: (id: string) => void;
}

/** A choice of one copier, or all. */
export function CopierFilter({ value, onChange }: CopierFilterProps) {
  const t = useTranslations("trades");
  const { data: copiers = [] } = useQuery(queries.copiers());
  return (
    <select
      aria-label={t("copier")}
      className="control max-w-64"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{t("allCopiers")}</option>
      {copiers.map((copier) => (
        <option key={copier.id} value={copier.id}>
          <CopierName copier={copier} plain />
        </option>
      ))}
    </select>
  );
}
