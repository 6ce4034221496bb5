import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { CopierDetail } from "@/features/copiers/detail";
import { LAST_COPIES } from "@/features/trades/filter";
import { ACCOUNTS, copiesBy, Prefetch, REQUESTS, TEMPLATES } from "@/server/prefetch";
import { settingsSchema } from "@/server/settings-schema";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("copiers"))("one") };
}

interface Props {
  readonly params: Promise<{ readonly id: string }>;
}

export default async function CopierPage({ params }: Props) {
  const { id } = await params;
  if (!z.uuid().safeParse(id).success) notFound();
  return (
    <Prefetch
      first={[
        ACCOUNTS,
        TEMPLATES,
        REQUESTS,
        { key: ["copier", id], path: `/v1/copiers/${id}` },
        { key: ["copier", id, "symbols"], path: `/v1/copiers/${id}/symbols` },
        copiesBy({ copier_id: id, limit: LAST_COPIES }),
      ]}
    >
      <CopierDetail id={id} schema={await settingsSchema()} />
    </Prefetch>
  );
}
