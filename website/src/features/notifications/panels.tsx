"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { Panel } from "@/ui/page";
import { Failure, SkeletonRows } from "@/ui/states";
import { Choices } from "./choices";
import { TestButton } from "./test-button";
import { Times } from "./times";
import { WebhookList } from "./webhooks";

export type Settings = Schemas["NotificationSettings"];
export type Change = Schemas["NotificationChange"];

/** All that a person can choose about what is told, and where. */
export function NotificationPanels({ email }: { readonly email: string }) {
  const t = useTranslations("notifications");
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(queries.notifications());
  const change = useMutation({
    mutationFn: mutations.changeNotifications,
    onSuccess: (after) => queries.putNotifications(client, after),
  });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <SkeletonRows rows={6} />;
  return (
    <>
      {change.error ? <Failure error={change.error} /> : null}
      <Panel title={t("what")} aside={<TestButton channel="email" />}>
        <p className="mb-3 text-sm text-muted">
          {t.rich("mailsTo", { email, address: (text) => <bdi dir="ltr">{text}</bdi> })}
        </p>
        <Choices settings={data} onChange={change.mutate} />
      </Panel>
      <Panel title={t("when")}>
        <Times settings={data} busy={change.isPending} onChange={change.mutate} />
      </Panel>
      <Panel title={t("webhooks")}>
        <WebhookList />
      </Panel>
    </>
  );
}
