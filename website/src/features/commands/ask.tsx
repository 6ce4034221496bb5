"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import type { Copy, Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import type { JsonObject } from "@/features/copiers/schema";
import { SizingSentence } from "@/features/copiers/sentence";
import { useNames } from "@/features/trades/names";
import { Side } from "@/features/trades/status";
import { lots } from "@/lib/numbers";
import { Age } from "@/ui/age";
import { Asked } from "@/ui/asked";
import { Button, Spinner } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Link } from "@/ui/link";

type Request = Schemas["SyncRequest"];

/** Which of the two can be asked of a copy as it is. */
export const askable = (status: Copy["status"]): Request["kind"] | null => {
  if (status === "skipped" || status === "rejected") return "copy_now";
  return status === "open" || status === "sent" || status === "unresolved" ? "flatten" : null;
};

/** "Copy now" or "Close the copy", asked for with what it means for money, and what came of it. */
export function AskOfCopy({ copy }: { readonly copy: Copy }) {
  const [open, setOpen] = useState(false);
  const last = useLastAsked()(copy);
  return (
    <>
      <AskButton copy={copy} last={last} onAsk={() => setOpen(true)} />
      <AskQuestion copy={open ? copy : null} onDone={() => setOpen(false)} />
    </>
  );
}

interface AskButtonProps {
  readonly copy: Copy;
  readonly last: Request | undefined;
  readonly onAsk: () => void;
}

/** What can be asked of a copy as it is, and what came of the last that was. */
export function AskButton({ copy, last, onAsk }: AskButtonProps) {
  const t = useTranslations("commands");
  const kind = askable(copy.status);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      {kind ? (
        <Button size="small" disabled={last?.state === "pending"} onClick={onAsk}>
          {t(`${kind}.button`)}
        </Button>
      ) : null}
      {last ? <CameOfIt request={last} /> : null}
    </div>
  );
}

/** The question about a copy, while there is one to ask about. */
export function AskQuestion({ copy, onDone }: { readonly copy: Copy | null; readonly onDone: () => void }) {
  const t = useTranslations("commands");
  const kind = copy ? askable(copy.status) : null;
  return (
    <Dialog open={kind !== null} title={kind ? t(`${kind}.title`) : ""} onClose={onDone}>
      {copy && kind ? <Question copy={copy} kind={kind} onDone={onDone} /> : null}
    </Dialog>
  );
}

interface QuestionProps {
  readonly copy: Copy;
  readonly kind: Request["kind"];
  readonly onDone: () => void;
}

function Question({ copy, kind, onDone }: QuestionProps) {
  const t = useTranslations("commands");
  const modes = useTranslations("modes");
  const name = useNames();
  const { data: copiers = [] } = useQuery(queries.copiers());
  const { data: accounts = [] } = useQuery(queries.accounts());
  const copier = copiers.find((one) => one.id === copy.copier_id);
  const slave = accounts.find((one) => one.id === copy.slave_account_id);
  const ask = useAsking(() => (kind === "copy_now" ? mutations.copyNow(copy) : mutations.flattenCopy(copy)), onDone);
  return (
    <Asked mutation={ask} submit={t(`${kind}.button`)} danger={kind === "flatten"} onDone={onDone}>
      <p className="font-medium">
        {copy.symbol} <Side side={copy.side} />{" "}
        <span className="num">{lots(kind === "copy_now" ? copy.master_lots : copy.open_lots)}</span>
      </p>
      <p className="text-sm">{t(`${kind}.means`, { slave: name(copy.slave_account_id) })}</p>
      {kind === "copy_now" && copier ? (
        <p className="text-sm font-medium">
          <SizingSentence settings={copier.settings as JsonObject} />
        </p>
      ) : null}
      {slave?.environment === "live" ? <p className="text-sm font-medium">{modes("live")}</p> : null}
    </Asked>
  );
}

function useAsking(send: () => Promise<unknown>, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: () => {
      queries.refresh(client, "request");
      onDone();
    },
  });
}

/** The last request about a copy; a list asks once for all its rows. */
export function useLastAsked(): (copy: Copy) => Request | undefined {
  const { data = [] } = useQuery(queries.requests());
  return (copy) => data.find((request) => request.link_id === copy.link_id);
}

/** What came of a request: on its way, done, or why not, with the setting that refused. */
function CameOfIt({ request }: { readonly request: Request }) {
  const t = useTranslations("commands");
  const what = request.link_id === null ? "all" : request.kind;
  if (request.state === "pending")
    return (
      <span role="status" className="inline-flex items-center gap-1.5 text-muted">
        <Spinner /> {t(`${what}.pending`)}
      </span>
    );
  if (request.state === "done")
    return (
      <span role="status" className="text-muted">
        <span aria-hidden="true">✓</span> {t(`${what}.done`)}
      </span>
    );
  return (
    <span role="status" className="text-soon">
      {request.message ?? t(request.state === "expired" ? "expired" : "refused")}{" "}
      {request.setting ? (
        <Link className="underline" href={`/app/copiers/${request.copier_id}#${request.setting}`}>
          {t("toSetting")}
        </Link>
      ) : null}
    </span>
  );
}

interface FlattenAllProps {
  readonly of: { readonly copier: string } | { readonly account: string };
  readonly label: string;
}

/** Closes all copies of a copier, or on an account. */
export function FlattenAll({ of, label }: FlattenAllProps) {
  const t = useTranslations("commands");
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const ask = useAsking(
    () => ("copier" in of ? mutations.flattenCopier(of.copier) : mutations.flattenAccount(of.account)),
    close,
  );
  const key = "copier" in of ? "ofCopier" : "ofAccount";
  return (
    <>
      <Button size="small" look="danger" onClick={() => setOpen(true)}>
        {t("all.button")}
      </Button>
      <Dialog open={open} title={t("all.title", { label })} onClose={close}>
        <Asked mutation={ask} submit={t("all.button")} danger onDone={close}>
          <p className="text-sm">{t(`all.${key}`)}</p>
          <p className="text-sm">{t("all.next")}</p>
        </Asked>
      </Dialog>
    </>
  );
}

/** Requests about all copies of a copier that are under way or just answered. */
export function FlattenState({ copier }: { readonly copier: string }): ReactNode {
  const { data = [] } = useQuery(queries.requests());
  const last = data.find((request) => request.copier_id === copier && request.link_id === null);
  return last ? (
    <p className="text-sm">
      <CameOfIt request={last} />{" "}
      {last.done_at ? (
        <span className="text-muted">
          · <Age at={last.done_at} ago />
        </span>
      ) : null}
    </p>
  ) : null;
}
