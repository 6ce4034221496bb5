"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useRef, useState } from "react";
import type { Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { Panel } from "@/ui/page";
import { Failure } from "@/ui/states";
import { countsOf } from "./counts";

type Taken = Schemas["CalendarUploadResponse"];

/** The form to upload a calendar file with its source and a reason, and the result by line. */
export function SupplyCalendar() {
  const t = useTranslations("calendar");
  const client = useQueryClient();
  const file = useRef<HTMLInputElement>(null);
  const [chosen, choose] = useState<File | null>(null);
  const [source, setSource] = useState("");
  const [reason, setReason] = useState("");
  const supply = useMutation({
    mutationFn: async (from: File) =>
      mutations.supplyCalendar({ text: await from.text(), source: source.trim(), reason: reason.trim() }),
    onSuccess: () => {
      queries.refresh(client, "calendar");
      choose(null);
      setReason("");
      if (file.current) file.current.value = "";
    },
  });
  const complete = chosen !== null && source.trim() !== "" && reason.trim().length >= 3;
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (chosen && complete) supply.mutate(chosen);
  };
  return (
    <Panel title={t("supply")}>
      <form onSubmit={send} className="grid max-w-xl gap-4">
        {supply.error ? <Failure error={supply.error} /> : null}
        {supply.data ? <UploadResult taken={supply.data} /> : null}
        <TextField
          ref={file}
          label={t("file")}
          help={t("fileHelp")}
          type="file"
          accept=".csv,.ics,.ical,text/csv,text/calendar"
          onChange={(event) => choose(event.target.files?.[0] ?? null)}
        />
        <TextField
          label={t("source")}
          help={t("sourceHelp")}
          value={source}
          maxLength={64}
          autoComplete="off"
          onChange={(event) => setSource(event.target.value)}
        />
        <TextField
          label={t("reason")}
          value={reason}
          maxLength={500}
          autoComplete="off"
          onChange={(event) => setReason(event.target.value)}
        />
        <Button type="submit" look="primary" className="w-fit" busy={supply.isPending} disabled={!complete}>
          {t("submit")}
        </Button>
      </form>
    </Panel>
  );
}

/** The result of an upload: the counts, and the refused lines with their problems. */
function UploadResult({ taken }: { readonly taken: Taken }) {
  const t = useTranslations("calendar");
  return (
    <div role="status" className="grid gap-2 rounded-lg border border-line bg-sunken px-4 py-3 text-sm">
      <p className="font-medium">{t("taken")}</p>
      <p>{t("counts", countsOf(taken))}</p>
      {taken.problems.length > 0 ? (
        <ul className="grid max-h-60 gap-1 overflow-y-auto">
          {taken.problems.map((bad) => (
            <li key={bad.line}>
              <span className="num text-muted">{t("line", { line: bad.line })}</span> {bad.problem}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
