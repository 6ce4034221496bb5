"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Schemas } from "@/api/client";
import * as queries from "@/api/queries";
import { ServiceStatus, TerminalStatus } from "@/features/accounts/status";
import { CopyState } from "@/features/trades/status";
import { Why } from "@/features/trades/why";
import { Instant } from "@/ui/age";
import { TextField } from "@/ui/field";
import { Flow } from "@/ui/flow";
import { Link } from "@/ui/link";
import { Panel } from "@/ui/page";
import { Failure, SkeletonRows } from "@/ui/states";

/** Find a person by e-mail, an account or a master's slaves by login, a copy by its ticket. */
export function StaffSearch() {
  const t = useTranslations("staff");
  const [text, setText] = useState("");
  const { data, error, isFetching } = useQuery(queries.staffSearch(text.trim()));
  return (
    <div className="grid gap-5">
      <TextField
        label={t("find")}
        type="search"
        className="max-w-md"
        value={text}
        onChange={(event) => setText(event.target.value)}
        autoComplete="off"
        dir="ltr"
      />
      {error ? <Failure error={error} /> : null}
      {isFetching && !data ? <SkeletonRows rows={3} /> : null}
      {data ? (
        <div className="grid gap-4 lg:grid-cols-2">
          <Panel title={t("users", { count: data.users.length })}>
            <ul className="grid gap-2 text-sm">
              {data.users.map((user) => (
                <li key={user.id} className="flex min-w-0 justify-between gap-4">
                  <Link
                    className="min-w-0 truncate font-medium hover:text-accent hover:underline"
                    href={`/staff/users/${user.id}`}
                  >
                    <bdi>{user.email ?? user.id}</bdi>
                  </Link>
                  <span className="shrink-0 text-muted">
                    {user.suspended ? t("suspended") : <Instant at={user.created_at} />}
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
          <Panel title={t("accounts", { count: data.accounts.length })}>
            <StaffAccounts accounts={data.accounts} />
          </Panel>
          {data.copies.length > 0 ? (
            <Panel title={t("copies", { count: data.copies.length })}>
              <StaffCopies copies={data.copies} />
            </Panel>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

/** Copies of a ticket: the outcome of each, and its slave account. */
function StaffCopies({ copies }: { readonly copies: Schemas["StaffSearchResult"]["copies"] }) {
  return (
    <ul className="grid gap-3 text-sm">
      {copies.map((copy) => (
        <li key={copy.link_id} className="grid gap-0.5">
          <span className="flex flex-wrap justify-between gap-x-4">
            <Link
              className="num w-fit font-medium hover:text-accent hover:underline"
              href={`/staff/accounts/${copy.slave_account_id}`}
            >
              <Flow from={String(copy.master_login ?? "–")} to={String(copy.slave_login ?? "–")} />
            </Link>
            <Instant at={copy.updated_at} />
          </span>
          <span className="flex flex-wrap gap-x-4">
            <span className="num">
              {copy.symbol} {copy.master_lots}
            </span>
            <CopyState copy={copy} />
            <bdi className="text-muted">{copy.email}</bdi>
          </span>
          <Why copy={copy} settingAt={nowhere} />
        </li>
      ))}
    </ul>
  );
}

/** This list shows no rules, so the link leads to the account's page. */
const nowhere = () => null;

type Account = Parameters<typeof TerminalStatus>[0]["account"];

export function StaffAccounts({ accounts }: { readonly accounts: readonly Account[] }) {
  const t = useTranslations("staff");
  if (accounts.length === 0) return <p className="text-sm text-muted">{t("noAccounts")}</p>;
  return (
    <ul className="grid gap-3 text-sm">
      {accounts.map((account) => (
        <li key={account.id} className="grid gap-0.5">
          <Link
            className="num w-fit font-medium hover:text-accent hover:underline"
            href={`/staff/accounts/${account.id}`}
          >
            {account.login} · <bdi>{account.server}</bdi>
          </Link>
          <span className="flex flex-wrap gap-x-5">
            <TerminalStatus account={account} />
            <ServiceStatus account={account} />
          </span>
        </li>
      ))}
    </ul>
  );
}
