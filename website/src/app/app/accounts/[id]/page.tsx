import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { z } from "zod";
import { AccountDetail } from "@/features/accounts/detail";
import { LAST_COPIES } from "@/features/trades/filter";
import { ACCOUNTS, COPIERS, copiesBy, POSITIONS, Prefetch } from "@/server/prefetch";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("accounts"))("one") };
}

interface Props {
  readonly params: Promise<{ readonly id: string }>;
}

export default async function AccountPage({ params }: Props) {
  const { id } = await params;
  if (!z.uuid().safeParse(id).success) notFound();
  return (
    <Prefetch
      first={[
        ACCOUNTS,
        COPIERS,
        POSITIONS,
        { key: ["account", id], path: `/v1/accounts/${id}` },
        { key: ["account", id, "history"], path: `/v1/accounts/${id}/history`, items: true },
        copiesBy({ account_id: id, limit: LAST_COPIES }),
      ]}
    >
      <AccountDetail id={id} />
    </Prefetch>
  );
}
