"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";

/** Which key passwords are sealed to, so that people can compare it with the one that the service tells elsewhere. */
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
