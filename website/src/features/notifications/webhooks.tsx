"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { Age } from "@/ui/age";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { QuestionForm } from "@/ui/question";
import { Failure, Skeleton } from "@/ui/states";
import { Table } from "@/ui/table";
import { TestButton } from "./test-button";

type Webhook = Schemas["Webhook"];
type Delivery = Schemas["Delivery"];

/** Addresses of a person's programs. */
export function WebhookList() {
  const t = useTranslations("notifications");
  const [adding, setAdding] = useState(false);
  const { data, error, refetch } = useQuery(queries.webhooks());
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Skeleton className="h-16" />;
  return (
    <div className="grid gap-3 text-sm">
      <p className="text-muted">{t("webhooksLead")}</p>
      {data.length > 0 ? (
        <ul className="divide-y divide-line">
          {data.map((webhook) => (
            <Item key={webhook.id} webhook={webhook} />
          ))}
        </ul>
      ) : null}
      <Button size="small" className="w-fit" onClick={() => setAdding(true)}>
        {t("addWebhook")}
      </Button>
      <Dialog open={adding} title={t("addWebhook")} onClose={() => setAdding(false)}>
        <AddWebhook onDone={() => setAdding(false)} />
      </Dialog>
    </div>
  );
}

function Item({ webhook }: { readonly webhook: Webhook }) {
  const t = useTranslations("notifications");
  const client = useQueryClient();
  const [shown, setShown] = useState(false);
  const onSuccess = () => queries.refresh(client, "webhook");
  const remove = useMutation({ mutationFn: () => mutations.removeWebhook(webhook.id), onSuccess });
  const replace = useMutation({ mutationFn: () => mutations.replaceWebhookSecret(webhook.id), onSuccess });
  return (
    <li className="grid gap-2 py-3">
      <span dir="ltr" className="text-start font-medium break-all">
        {webhook.url}
      </span>
      {webhook.ended_at ? <span className="text-bad">{t("ended")}</span> : null}
      <span className="flex flex-wrap gap-2">
        <TestButton channel="webhook" webhook={webhook.id} />
        <Button size="small" aria-expanded={shown} onClick={() => setShown(!shown)}>
          {t("deliveries")}
        </Button>
        <Button size="small" busy={replace.isPending} onClick={() => replace.mutate()}>
          {t("newSecret")}
        </Button>
        <Button size="small" look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
          {t("remove")}
        </Button>
      </span>
      {remove.error ? <Failure error={remove.error} /> : null}
      {replace.error ? <Failure error={replace.error} /> : null}
      {replace.data ? <Secret text={replace.data.secret} /> : null}
      {shown ? <Deliveries webhook={webhook.id} /> : null}
    </li>
  );
}

function AddWebhook({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations("notifications");
  const client = useQueryClient();
  const [url, setUrl] = useState("https://");
  const add = useMutation({
    mutationFn: () => mutations.addWebhook(url.trim()),
    onSuccess: () => queries.refresh(client, "webhook"),
  });
  if (add.data) {
    return (
      <div className="grid gap-4">
        <Secret text={add.data.secret} />
        <Button look="primary" className="justify-self-end" onClick={onDone}>
          {t("kept")}
        </Button>
      </div>
    );
  }
  return (
    <QuestionForm mutation={add} submit={t("addWebhook")} onDone={onDone} disabled={!/^https:\/\/./.test(url.trim())}>
      <TextField
        label={t("address")}
        help={t("addressHelp")}
        dir="ltr"
        type="url"
        value={url}
        maxLength={2000}
        onChange={(event) => setUrl(event.target.value)}
      />
    </QuestionForm>
  );
}

function Secret({ text }: { readonly text: string }) {
  const t = useTranslations("notifications");
  return (
    <div className="grid gap-2" role="status">
      <p className="text-sm">{t("once")}</p>
      <code dir="ltr" className="rounded-md border border-line bg-sunken p-3 font-mono text-xs break-all select-all">
        {text}
      </code>
    </div>
  );
}

function Deliveries({ webhook }: { readonly webhook: string }) {
  const t = useTranslations("notifications");
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(queries.deliveries(webhook));
  const again = useMutation({
    mutationFn: (delivery: string) => mutations.sendAgain(webhook, delivery),
    onSuccess: () => queries.refresh(client, "webhook"),
  });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Skeleton className="h-16" />;
  if (data.length === 0) return <p className="text-muted">{t("noDeliveries")}</p>;
  return (
    <>
      {again.error ? <Failure error={again.error} /> : null}
      <Table
        caption={t("deliveries")}
        look="plain"
        rows={data}
        rowKey={(row) => row.id}
        columns={[
          {
            key: "event",
            head: t("event"),
            rowHead: true,
            wraps: true,
            cell: (row) => t(t.has(`events.${row.event}`) ? `events.${row.event}` : "events.other"),
          },
          { key: "at", head: t("at"), cell: (row) => <Age at={row.created_at} ago /> },
          {
            key: "outcome",
            head: t("outcome"),
            wraps: true,
            cell: (row) => t(outcomeOf(row), { attempts: row.attempts }),
          },
          {
            key: "again",
            cell: (row) =>
              row.due_at ? null : (
                <Button
                  size="small"
                  busy={again.isPending && again.variables === row.id}
                  onClick={() => again.mutate(row.id)}
                >
                  {t("again")}
                </Button>
              ),
          },
        ]}
      />
    </>
  );
}

function outcomeOf(row: Delivery): "outcomes.sent" | "outcomes.given_up" | "outcomes.failed" | "outcomes.waiting" {
  if (row.sent_at) return "outcomes.sent";
  if (row.dead_at) return "outcomes.given_up";
  return row.error ? "outcomes.failed" : "outcomes.waiting";
}
