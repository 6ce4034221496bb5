import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { z } from "zod";
import * as queries from "@/api/queries";
import { CopierDetail } from "@/features/copiers/detail";
import { LAST_COPIES } from "@/features/trades/filter";
import { firstPage, one, Prefetch } from "@/server/prefetch";
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
        one(queries.accounts),
        one(queries.templates),
        one(queries.requests),
        one(queries.readiness),
        one((from) => queries.copier(id, from)),
        one((from) => queries.symbolMatch(id, from)),
        firstPage((from) => queries.copies({ copier_id: id, limit: LAST_COPIES }, from)),
      ]}
    >
      <CopierDetail id={id} schema={await settingsSchema()} />
    </Prefetch>
  );
}
