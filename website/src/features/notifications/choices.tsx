"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";
import { Box } from "@/ui/selection";
import { Table } from "@/ui/table";
import type { Change, Settings } from "./panels";

type Choice = Settings["choices"][number];
type Channel = Choice["channel"];

interface ChoicesProps {
  readonly settings: Settings;
  readonly onChange: (change: Change) => void;
}

const CHANNELS = ["email", "webhook"] as const satisfies readonly Channel[];

/** Each kind of alert by each channel, and the accounts of which nothing is told. */
export function Choices({ settings, onChange }: ChoicesProps) {
  const t = useTranslations("notifications");
  const events = [...new Set(settings.choices.map((choice) => choice.event))];
  const of = (event: Choice["event"], channel: Channel) =>
    settings.choices.find((choice) => choice.event === event && choice.channel === channel);
  return (
    <div className="grid gap-5">
      <Table
        caption={t("what")}
        look="plain"
        rows={events}
        rowKey={(event) => event}
        columns={[
          { key: "event", head: t("event"), rowHead: true, wraps: true, cell: (event) => t(`events.${event}`) },
          ...CHANNELS.map((channel) => ({
            key: channel,
            head: t(`channels.${channel}`),
            cell: (event: Choice["event"]) => {
              const choice = of(event, channel);
              if (choice?.fixed) return <span className="text-muted">{t("always")}</span>;
              return (
                <Box
                  label={t("byChannel", { event: t(`events.${event}`), channel: t(`channels.${channel}`) })}
                  checked={choice?.wanted ?? false}
                  onChange={(wanted) => onChange({ choices: [{ event, channel, wanted }] })}
                />
              );
            },
          })),
        ]}
      />
      <Muted settings={settings} onChange={onChange} />
    </div>
  );
}

function Muted({ settings, onChange }: ChoicesProps) {
  const t = useTranslations("notifications");
  const { data: accounts = [] } = useQuery(queries.accounts());
  if (accounts.length === 0) return null;
  const muted = new Set(settings.muted_accounts);
  const put = (account: string, on: boolean) => {
    const others = settings.muted_accounts.filter((id) => id !== account);
    onChange({ muted_accounts: on ? [...others, account] : others });
  };
  return (
    <fieldset className="grid gap-2 text-sm">
      <legend className="mb-1 font-medium">{t("muted")}</legend>
      {accounts.map((account) => (
        <span key={account.id} className="flex items-center gap-2">
          <Box label={account.label} checked={muted.has(account.id)} onChange={(on) => put(account.id, on)} />
          <span aria-hidden="true">{account.label}</span>
        </span>
      ))}
    </fieldset>
  );
}
