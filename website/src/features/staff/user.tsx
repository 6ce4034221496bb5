"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { ActivityTable } from "@/features/activity/list";
import { Instant } from "@/ui/age";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { PageHead, Panel } from "@/ui/page";
import { QuestionForm } from "@/ui/question";
import { Failure, Note, SkeletonRows } from "@/ui/states";
import { StaffAccounts } from "./search";

export function StaffUser({ id }: { readonly id: string }) {
  const t = useTranslations("staff");
  const { data, error, refetch } = useQuery(queries.staffUser(id));
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <SkeletonRows rows={8} />;
  return (
    <>
      <PageHead
        back={{ href: "/staff", label: t("title") }}
        title={<bdi>{data.email ?? data.id}</bdi>}
        lead={
          <>
            {t("since")} <Instant at={data.created_at} /> · {t(data.second_factor ? "withFactor" : "withoutFactor")}
          </>
        }
        actions={<Actions id={id} suspended={data.suspended} />}
      />
      <div className="grid gap-4">
        {data.suspended ? <Note tone="now">{t("isSuspended")}</Note> : null}
        <Panel title={t("accounts", { count: data.accounts.length })}>
          <StaffAccounts accounts={data.accounts} />
        </Panel>
        <section className="grid gap-2.5">
          <h2 className="text-sm font-semibold">{t("audit")}</h2>
          <ActivityTable actions={data.activity} />
        </section>
      </div>
    </>
  );
}

/** Suspends the person, or lifts the suspension, with a reason that is recorded. */
function Actions({ id, suspended }: { readonly id: string; readonly suspended: boolean }) {
  const t = useTranslations("staff");
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const action = suspended ? "resume" : "suspend";
  const act = useMutation({
    mutationFn: () => mutations.actOnUser(id, { action, reason: reason.trim() }),
    onSuccess: () => {
      queries.refresh(client, "staff");
      setOpen(false);
      setReason("");
    },
  });
  return (
    <>
      <Button size="small" look={suspended ? "plain" : "danger"} onClick={() => setOpen(true)}>
        {t(`person.${action}`)}
      </Button>
      <Dialog open={isOpen} title={t(`person.${action}`)} onClose={() => setOpen(false)}>
        <QuestionForm
          mutation={act}
          submit={t(`person.${action}`)}
          danger={!suspended}
          onDone={() => setOpen(false)}
          disabled={reason.trim().length < 3}
        >
          <p className="text-sm">{t(`person.${action}Text`)}</p>
          <TextField
            label={t("reason")}
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.target.value)}
          />
        </QuestionForm>
      </Dialog>
    </>
  );
}
