"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { Age } from "@/ui/age";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { QuestionForm } from "@/ui/question";
import { RequestState, useRequest } from "./request";

interface FlattenAllProps {
  readonly of: { readonly copier: string } | { readonly account: string };
  readonly label: string;
}

/** Closes all copies of a copier, or on an account. */
export function FlattenAll({ of, label }: FlattenAllProps) {
  const t = useTranslations("requests");
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const sending = useRequest(
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
        <QuestionForm mutation={sending} submit={t("all.button")} danger onDone={close}>
          <p className="text-sm">{t(`all.${key}`)}</p>
          <p className="text-sm">{t("all.next")}</p>
        </QuestionForm>
      </Dialog>
    </>
  );
}

/** The state of the last request to close all copies of a copier. */
export function FlattenRequest({ copier }: { readonly copier: string }): ReactNode {
  const { data = [] } = useQuery(queries.requests());
  const last = data.find((request) => request.copier_id === copier && request.link_id === null);
  return last ? (
    <p className="text-sm">
      <RequestState request={last} />{" "}
      {last.done_at ? (
        <span className="text-muted">
          · <Age at={last.done_at} ago />
        </span>
      ) : null}
    </p>
  ) : null;
}
