"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Account, Copier, Schemas, Template } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { LinkCheck } from "@/features/readiness/link-check";
import { Button, LinkButton } from "@/ui/button";
import { SelectField } from "@/ui/field";
import { Segmented } from "@/ui/segmented";
import { Empty, Failure, Note, SkeletonRows } from "@/ui/states";
import type { JsonObject } from "./schema";
import { SizingSentence } from "./sentence";
import { StartWith } from "./start-with";
import { rulesBesideSizing, TEMPLATES, type TemplateName, templateOf } from "./templates";

/** Links two accounts with a copier, whose rules begin as a template's or another copier's. */
export function LinkForm() {
  const t = useTranslations("newCopier");
  const search = useSearchParams();
  const { data: accounts, error, refetch } = useQuery(queries.accounts());
  const { data: copiers } = useQuery(queries.copiers());
  const { data: templates } = useQuery(queries.templates());
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!accounts || !copiers || !templates) return <SkeletonRows rows={3} />;
  if (
    !accounts.some((one) => one.role !== "slave") ||
    !accounts.some((one) => one.role !== "master") ||
    accounts.length < 2
  ) {
    return (
      <Empty
        title={t("needTwo")}
        action={
          <LinkButton look="primary" href="/app/accounts/new">
            {t("addAccount")}
          </LinkButton>
        }
      >
        {t("needTwoText")}
      </Empty>
    );
  }
  return (
    <Form
      accounts={accounts}
      copiers={copiers}
      templates={templates}
      like={copiers.find((copier) => copier.id === search.get("like"))}
      template={templates.find((template) => template.id === search.get("template"))}
    />
  );
}

interface FormProps {
  readonly accounts: readonly Account[];
  readonly copiers: readonly Copier[];
  readonly templates: readonly Template[];
  readonly like: Copier | undefined;
  readonly template: Template | undefined;
}

function Form({ accounts, copiers, templates, like, template }: FormProps) {
  const t = useTranslations("newCopier");
  const router = useRouter();
  const client = useQueryClient();
  const masters = accounts.filter((account) => account.role !== "slave");
  const [master, setMaster] = useState(like?.master_id ?? masters[0]?.id ?? "");
  const environment = accounts.find((account) => account.id === master)?.environment;
  const slaves = slavesFor(master, accounts, copiers);
  const [picked, setSlave] = useState("");
  const slave = slaves.some((account) => account.id === picked) ? picked : (slaves[0]?.id ?? "");
  const [mode, setMode] = useState<"on" | "dry_run">("on");
  const [base, setBase] = useState<string>(like?.id ?? template?.id ?? TEMPLATES[0] ?? "");
  const other = copiers.find((copier) => copier.id === base);
  const own = other ?? templates.find((one) => one.id === base);
  const settings = own ? (own.settings as JsonObject) : templateOf(base as TemplateName);
  const link = useMutation({
    mutationFn: () => mutations.addCopier({ master_id: master, slave_id: slave, mode, settings }),
    onSuccess: (copier) => {
      queries.refresh(client, "copier");
      router.push(`/app/copiers/${copier.id}`);
    },
  });
  return (
    <form
      className="grid max-w-3xl gap-6"
      onSubmit={(event) => {
        event.preventDefault();
        link.mutate();
      }}
    >
      {link.error ? <Failure error={link.error} /> : null}
      <div className="grid items-end gap-4 sm:grid-cols-[1fr_auto_1fr]">
        <AccountSelect label={t("master")} accounts={masters} value={master} onChange={setMaster} />
        <span aria-hidden="true" className="hidden pb-2 text-muted sm:block rtl:rotate-180">
          →
        </span>
        <AccountSelect label={t("slave")} accounts={slaves} value={slave} onChange={setSlave} />
      </div>
      {slaves.length === 0 ? <Note>{t("noSlaveLeft")}</Note> : null}
      <LinkCheck
        master={masters.find((account) => account.id === master)}
        slave={slaves.find((account) => account.id === slave)}
        settings={settings as Schemas["LinkCheckRequest"]["settings"]}
      />
      <StartWith value={base} templates={templates} copiers={copiers} onChange={setBase} />
      <Segmented
        legend={t("start")}
        value={mode}
        onChange={setMode}
        options={[
          { value: "on", label: t("startOn"), help: t("startOnHelp") },
          { value: "dry_run", label: t("startDry"), help: t("startDryHelp") },
        ]}
      />
      <Risk
        mode={mode}
        live={environment === "live"}
        settings={settings}
        like={other ? "likeAnother" : own ? "likeTemplate" : null}
      />
      <Button type="submit" look="primary" className="w-fit" busy={link.isPending} disabled={!master || !slave}>
        {t(mode === "on" ? "submit" : "submitDry")}
      </Button>
    </form>
  );
}

/** The accounts that a master can be copied to: of its kind, and not linked to it yet. */
export function slavesFor(
  master: string,
  accounts: readonly Account[],
  copiers: readonly Pick<Copier, "master_id" | "slave_id">[],
): readonly Account[] {
  const environment = accounts.find((account) => account.id === master)?.environment;
  const linked = new Set(copiers.filter((one) => one.master_id === master).map((one) => one.slave_id));
  return accounts.filter(
    (account) =>
      account.role !== "master" &&
      account.id !== master &&
      account.environment === environment &&
      !linked.has(account.id),
  );
}

interface RiskProps {
  readonly mode: "on" | "dry_run";
  readonly live: boolean;
  readonly settings: JsonObject;
  /** Where the rules come from, if not from a ready template. */
  readonly like: "likeAnother" | "likeTemplate" | null;
}

/** Says what the new copier will mean for money. */
function Risk({ mode, live, settings, like }: RiskProps) {
  const t = useTranslations("newCopier");
  const beside = rulesBesideSizing(settings);
  return (
    <Note tone={mode === "on" && live ? "soon" : "plain"}>
      <p className="font-medium">
        <SizingSentence settings={settings} />
        {like ? ` ${t(like)}` : beside > 0 ? ` ${t("beside", { count: beside })}` : ""}
      </p>
      <p>{t(mode === "dry_run" ? "riskNone" : live ? "riskLive" : "riskDemo")}</p>
    </Note>
  );
}

interface AccountSelectProps {
  readonly label: string;
  readonly accounts: readonly Account[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}

function AccountSelect({ label, accounts, value, onChange }: AccountSelectProps) {
  return (
    <SelectField label={label} value={value} onChange={(event) => onChange(event.target.value)}>
      {accounts.map((account) => (
        <option key={account.id} value={account.id}>
          {account.label} · {account.login}
        </option>
      ))}
    </SelectField>
  );
}
