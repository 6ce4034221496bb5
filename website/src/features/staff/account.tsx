"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { ServiceStatus, TerminalStatus } from "@/features/accounts/status";
import { ActivityTable } from "@/features/activity/list";
import { Events } from "@/features/trades/history";
import { Why } from "@/features/trades/why";
import { useSentences } from "@/i18n/sentences";
import { Instant } from "@/ui/age";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { Link } from "@/ui/link";
import { PageHead, Panel } from "@/ui/page";
import { QuestionForm } from "@/ui/question";
import { Failure, SkeletonRows } from "@/ui/states";
import { StaffCopiers } from "./copiers";
import { anchorOf, linesOf } from "./rules";
import { StaffAccounts } from "./search";

type Action = Schemas["StaffActionRequest"]["action"];
/** The actions by the account's operating mode. */
const ACTIONS: Readonly<Record<"running" | "suspended", readonly Action[]>> = {
  running: ["restart", "retry", "suspend"],
  suspended: ["resume"],
};

/** One account as support sees it: states, why trades were skipped, and the possible actions, each with a reason. */
export function StaffAccount({ id }: { readonly id: string }) {
  const t = useTranslations("staff");
  const say = useSentences();
  const { data, error, refetch } = useQuery(queries.staffAccount(id));
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <SkeletonRows rows={8} />;
  const login = (account: string) => String([data, ...data.linked].find((one) => one.id === account)?.login ?? account);
  const settingAt = (copier: string, setting: string) => {
    const settings = data.copiers.find((one) => one.id === copier)?.settings;
    return settings ? `#${anchorOf(copier, setting, linesOf(settings))}` : null;
  };
  return (
    <>
      <PageHead
        back={{ href: "/staff", label: t("title") }}
        title={
          <span className="num">
            {data.login} · <bdi>{data.server}</bdi>
          </span>
        }
        lead={
          <Link href={`/staff/users/${data.user_id}`} className="hover:underline">
            <bdi>{data.email ?? data.user_id}</bdi>
          </Link>
        }
        actions={<Actions id={id} mode={data.operating_mode} />}
      />
      <div className="grid gap-4">
        <div className="grid gap-4 lg:grid-cols-2">
          <Panel
            title={t("states")}
            aside={
              <span className="flex gap-4">
                <TerminalStatus account={data} />
                <ServiceStatus account={data} />
              </span>
            }
          >
            <ol className="grid gap-1.5 text-sm">
              {data.history.map((state) => (
                <li key={`${state.at}-${state.state}`} className="grid grid-cols-[auto_1fr] gap-x-4">
                  <Instant at={state.at} />
                  <span>
                    {state.state}{" "}
                    {state.reason ? <code className="font-mono text-xs text-muted">{state.reason}</code> : null}{" "}
                    {state.reason ? say.account(state.reason) : null}{" "}
                    {state.message ? <q className="text-muted">{state.message}</q> : null}
                  </span>
                </li>
              ))}
            </ol>
          </Panel>
          <Panel title={t("skipped")}>
            {data.skipped.length === 0 ? (
              <p className="text-sm text-muted">{t("nothingSkipped")}</p>
            ) : (
              <ul className="grid gap-3">
                {data.skipped.map((copy) => (
                  <li key={copy.link_id} className="grid gap-0.5 text-sm">
                    <span className="flex justify-between gap-3">
                      <span className="num font-medium">
                        {copy.symbol} {copy.master_lots}
                      </span>
                      <Instant at={copy.updated_at} />
                    </span>
                    <Why copy={copy} settingAt={settingAt} />
                  </li>
                ))}
              </ul>
            )}
          </Panel>
        </div>
        <div className="grid gap-4 lg:grid-cols-2">
          <Panel title={t("linked")}>
            {data.linked.length === 0 ? (
              <p className="text-sm text-muted">{t("noLinked")}</p>
            ) : (
              <StaffAccounts accounts={data.linked} />
            )}
          </Panel>
          <StaffCopiers copiers={data.copiers} login={login} />
        </div>
        <Panel title={t("journal")}>
          <Events events={data.events} />
        </Panel>
        <section className="grid gap-2.5">
          <h2 className="text-sm font-semibold">{t("audit")}</h2>
          <ActivityTable actions={data.activity} />
        </section>
      </div>
    </>
  );
}

function Actions({ id, mode }: { readonly id: string; readonly mode: keyof typeof ACTIONS }) {
  const t = useTranslations("staff");
  const client = useQueryClient();
  const [action, setAction] = useState<Action | null>(null);
  const [reason, setReason] = useState("");
  const act = useMutation({
    mutationFn: () => mutations.actOnAccount(id, { action: action ?? "retry", reason: reason.trim() }),
    onSuccess: () => {
      queries.refresh(client, "staff");
      setAction(null);
      setReason("");
    },
  });
  return (
    <>
      {ACTIONS[mode].map((one) => (
        <Button key={one} size="small" look={one === "suspend" ? "danger" : "plain"} onClick={() => setAction(one)}>
          {t(`actions.${one}`)}
        </Button>
      ))}
      <Dialog open={action !== null} title={action ? t(`actions.${action}`) : ""} onClose={() => setAction(null)}>
        <QuestionForm
          mutation={act}
          submit={action ? t(`actions.${action}`) : ""}
          onDone={() => setAction(null)}
          disabled={reason.trim().length < 3}
        >
          <p className="text-sm text-muted">{t("reasonText")}</p>
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
