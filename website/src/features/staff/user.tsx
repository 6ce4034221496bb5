"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";
import { DeedTable } from "@/features/activity/list";
import { Instant } from "@/ui/age";
import { PageHead, Panel } from "@/ui/page";
import { Failure, SkeletonRows } from "@/ui/states";
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
      />
      <div className="grid gap-4">
        <Panel title={t("accounts", { count: data.accounts.length })}>
          <StaffAccounts accounts={data.accounts} />
        </Panel>
        <section className="grid gap-2.5">
          <h2 className="text-sm font-semibold">{t("audit")}</h2>
          <DeedTable deeds={data.activity} />
        </section>
      </div>
    </>
  );
}
