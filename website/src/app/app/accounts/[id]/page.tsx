import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { z } from "zod";
import * as queries from "@/api/queries";
import { AccountDetail } from "@/features/accounts/detail";
import { LAST_COPIES } from "@/features/trades/filter";
import { firstPage, one, Prefetch } from "@/server/prefetch";

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
        one(queries.accounts),
        one(queries.copiers),
        one(queries.readiness),
        one(queries.positions),
        one((from) => queries.account(id, from)),
        one((from) => queries.accountHistory(id, from)),
        firstPage((from) => queries.copies({ account_id: id, limit: LAST_COPIES }, from)),
      ]}
    >
      <AccountDetail id={id} />
    </Prefetch>
  );
}
