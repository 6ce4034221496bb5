"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";

/**
 * The key to which passwords are sealed, so that people can compare it with the one that the service publishes
 * elsewhere.
 */
export function SealingNote() {
  const t = useTranslations("addAccount");
  const { data } = useQuery(queries.sealingKey());
  if (!data) return null;
  return (
    <p className="text-sm text-muted">
      {t("sealingKey")}{" "}
      <code className="num" dir="ltr">
        {data.fingerprint}
      </code>
    </p>
  );
}
