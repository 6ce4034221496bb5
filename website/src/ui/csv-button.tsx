"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { csvOf, type Line } from "@/lib/csv";
import { Button } from "./button";

interface CsvButtonProps {
  /** The file's name without its extension. */
  readonly name: string;
  readonly rows: () => readonly Line[] | Promise<readonly Line[]>;
  readonly disabled?: boolean;
}

/** Saves rows as a CSV file. */
export function CsvButton({ name, rows, disabled }: CsvButtonProps) {
  const t = useTranslations("common");
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      download(`lockstep-${name}.csv`, csvOf(await rows()));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button busy={busy} disabled={disabled} onClick={save}>
      {t("csv")}
    </Button>
  );
}

function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
