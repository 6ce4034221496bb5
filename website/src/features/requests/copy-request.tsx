"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Copy, Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import type { JsonObject } from "@/features/copiers/schema";
import { SizingSentence } from "@/features/copiers/sentence";
import { useNames } from "@/features/trades/names";
import { Side } from "@/features/trades/status";
import { lots } from "@/lib/numbers";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { QuestionForm } from "@/ui/question";
import { RequestState, useLastRequest, useRequest } from "./request";

type Request = Schemas["ManualRequestResponse"];

/** The manual request that is possible for a copy now; null if none is. */
export const requestFor = (status: Copy["status"]): Request["kind"] | null => {
  if (status === "skipped" || status === "rejected") return "copy_now";
  return status === "open" || status === "sent" || status === "unresolved" ? "flatten" : null;
};

/**
 * "Copy now" or "Close the copy", with a question that says what it means for money, and the state of the last
 * request.
 */
export function CopyRequest({ copy }: { readonly copy: Copy }) {
  const [open, setOpen] = useState(false);
  const last = useLastRequest()(copy);
  return (
    <>
      <CopyRequestButton copy={copy} last={last} onClick={() => setOpen(true)} />
      <CopyRequestDialog copy={open ? copy : null} onDone={() => setOpen(false)} />
    </>
  );
}

interface CopyRequestButtonProps {
  readonly copy: Copy;
  readonly last: Request | undefined;
  readonly onClick: () => void;
}

/** The button that sends a request for a copy, beside the state of the last request. */
export function CopyRequestButton({ copy, last, onClick }: CopyRequestButtonProps) {
  const t = useTranslations("requests");
  const kind = requestFor(copy.status);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      {kind ? (
        <Button size="small" disabled={last?.state === "pending"} onClick={onClick}>
          {t(`${kind}.button`)}
        </Button>
      ) : null}
      {last ? <RequestState request={last} /> : null}
    </div>
  );
}

/** The question before a request for a copy is sent. Closed while there is no copy. */
export function CopyRequestDialog({ copy, onDone }: { readonly copy: Copy | null; readonly onDone: () => void }) {
  const t = useTranslations("requests");
  const kind = copy ? requestFor(copy.status) : null;
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
  const t = useTranslations("requests");
  const modes = useTranslations("modes");
  const name = useNames();
  const { data: copiers = [] } = useQuery(queries.copiers());
  const { data: accounts = [] } = useQuery(queries.accounts());
  const copier = copiers.find((one) => one.id === copy.copier_id);
  const slave = accounts.find((one) => one.id === copy.slave_account_id);
  const sending = useRequest(
    () => (kind === "copy_now" ? mutations.copyNow(copy) : mutations.flattenCopy(copy)),
    onDone,
  );
  return (
    <QuestionForm mutation={sending} submit={t(`${kind}.button`)} danger={kind === "flatten"} onDone={onDone}>
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
    </QuestionForm>
  );
}
