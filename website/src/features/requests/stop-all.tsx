"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useEffect, useState } from "react";
import type { Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { AccountPicker } from "@/features/accounts/picker";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { QuestionForm } from "@/ui/question";
import { Segmented } from "@/ui/segmented";
import { whenAskedToStop } from "./ask-to-stop";
import { copiersOf, isTyped, progressOf } from "./stopped";

type What = Schemas["StopRequest"]["what"];
type Stopped = Schemas["Stopped"];

const WAYS: readonly What[] = ["close_only", "close_all"];
const WHERE = ["all", "some"] as const;

/** In the header of every page: stops all copiers, or those of some accounts, in one call. */
export function StopAll() {
  const t = useTranslations("stop");
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  useEffect(() => whenAskedToStop(() => setOpen(true)), []);
  return (
    <>
      <Button size="small" look="danger" onClick={() => setOpen(true)}>
        {t("button")}
      </Button>
      <Dialog open={open} title={t("title")} onClose={close}>
        <Stop onDone={close} />
      </Dialog>
    </>
  );
}

function Stop({ onDone }: { readonly onDone: () => void }) {
  const client = useQueryClient();
  const [stopped, setStopped] = useState<Stopped | null>(null);
  const after = (answer: Stopped) => {
    queries.refresh(client, "copier");
    queries.refresh(client, "request");
    queries.refresh(client, "dashboard");
    setStopped(answer);
  };
  return stopped ? <Outcome stopped={stopped} onDone={onDone} /> : <Ask onStopped={after} onDone={onDone} />;
}

interface AskProps {
  readonly onStopped: (answer: Stopped) => void;
  readonly onDone: () => void;
}

function Ask({ onStopped, onDone }: AskProps) {
  const t = useTranslations("stop");
  const { data: copiers = [] } = useQuery(queries.copiers());
  const { data: accounts = [] } = useQuery(queries.accounts());
  const [what, setWhat] = useState<What>("close_only");
  const [where, setWhere] = useState<(typeof WHERE)[number]>("all");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [typed, setTyped] = useState("");
  const linked = accounts.filter((account) => copiersOf(copiers, new Set([account.id])).length > 0);
  const meant = copiersOf(copiers, where === "all" ? null : chosen);
  const stop = useMutation({
    mutationFn: () => mutations.stopCopying(what, where === "all" ? null : [...chosen]),
    onSuccess: onStopped,
  });
  const ready = meant.length > 0 && isTyped(typed, t("word"));
  return (
    <QuestionForm mutation={stop} submit={t(`${what}.submit`)} danger disabled={!ready} onDone={onDone}>
      <Segmented
        legend={t("how")}
        value={what}
        onChange={setWhat}
        options={WAYS.map((value) => ({ value, label: t(`${value}.name`), help: t(`${value}.help`) }))}
      />
      <Segmented
        legend={t("where.label")}
        value={where}
        onChange={setWhere}
        options={WHERE.map((value) => ({ value, label: t(`where.${value}`) }))}
      />
      {where === "some" ? (
        <AccountPicker legend={t("accounts")} accounts={linked} chosen={chosen} onChange={setChosen} />
      ) : null}
      <p className="text-sm font-medium" role="status">
        {t("meant", { count: meant.length, on: meant.filter((one) => one.mode === "on").length })}
      </p>
      <TextField
        label={t("type", { word: t("word") })}
        value={typed}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
      />
    </QuestionForm>
  );
}

function Outcome({ stopped, onDone }: { readonly stopped: Stopped; readonly onDone: () => void }) {
  const t = useTranslations("stop");
  const { data: requests = [] } = useQuery(queries.requests());
  const { pending, done, failed } = progressOf(stopped.requests, requests);
  return (
    <div className="grid gap-3 text-sm">
      <p role="status">{t("stopped", { count: stopped.stopped })}</p>
      {stopped.requests.length > 0 ? (
        <p role="status">{t(pending > 0 ? "closing" : "closed", { done, all: stopped.requests.length })}</p>
      ) : null}
      {failed > 0 ? <p className="text-bad">{t("failed", { count: failed })}</p> : null}
      <div className="flex justify-end">
        <Button look="primary" onClick={onDone}>
          {t("done")}
        </Button>
      </div>
    </div>
  );
}
