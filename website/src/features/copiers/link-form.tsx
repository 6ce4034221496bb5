"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Account, Copier, Schemas, Template } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { AccountPicker } from "@/features/accounts/picker";
import { RoleButton } from "@/features/accounts/role";
import { LinkCheck } from "@/features/readiness/link-check";
import { Button, LinkButton } from "@/ui/button";
import { SelectField } from "@/ui/field";
import { Segmented } from "@/ui/segmented";
import { Empty, Failure, Note, SkeletonRows } from "@/ui/states";
import { firstMaster, mastersOf, missingToLink, slavesFor, slavesToLink } from "./linkable";
import type { JsonObject } from "./schema";
import { SizingSentence } from "./sentence";
import { StartWith } from "./start-with";
import { rulesBesideSizing, TEMPLATES, type TemplateName, templateOf } from "./templates";

/** The form checks the symbols of at most this many slaves before they are linked. */
const CHECKED = 5;

/** Links a master to one or many slaves. Each gets a copier, whose rules begin as a template's or another copier's. */
export function LinkForm() {
  const search = useSearchParams();
  const { data: accounts, error, refetch } = useQuery(queries.accounts());
  const { data: copiers } = useQuery(queries.copiers());
  const { data: templates } = useQuery(queries.templates());
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!accounts || !copiers || !templates) return <SkeletonRows rows={3} />;
  const lacking = missingToLink(accounts);
  if (lacking) return <Lacking what={lacking} accounts={accounts} />;
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

interface LackingProps {
  readonly what: NonNullable<ReturnType<typeof missingToLink>>;
  readonly accounts: readonly Account[];
}

/** What is missing before two accounts can be linked, with both remedies: another account, or another role. */
function Lacking({ what, accounts }: LackingProps) {
  const t = useTranslations("newCopier");
  const role = what === "needMaster" ? "master" : "slave";
  return (
    <Empty
      title={t(what)}
      action={
        <LinkButton
          look="primary"
          href={accounts.length === 0 ? "/app/accounts/new" : `/app/accounts/new?role=${role}`}
        >
          {t("addAccount")}
        </LinkButton>
      }
    >
      {t(`${what}Text`)}
      {what === "needTwo" ? null : (
        <ul className="mt-3 grid gap-2">
          {accounts.map((account) => (
            <li key={account.id} className="flex items-center justify-between gap-4">
              <span className="min-w-0 truncate">{account.label}</span>
              <RoleButton account={account} />
            </li>
          ))}
        </ul>
      )}
    </Empty>
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
  const masters = mastersOf(accounts);
  const [master, setMaster] = useState(like?.master_id ?? firstMaster(accounts)?.id ?? "");
  const chosen = accounts.find((account) => account.id === master);
  const environment = chosen?.environment;
  const slaves = slavesFor(accounts, chosen, copiers);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const chosenSlaves = slavesToLink(slaves, picked);
  const [mode, setMode] = useState<"on" | "dry_run">("on");
  const [base, setBase] = useState<string>(like?.id ?? template?.id ?? TEMPLATES[0] ?? "");
  const other = copiers.find((copier) => copier.id === base);
  const own = other ?? templates.find((one) => one.id === base);
  const settings = own ? (own.settings as JsonObject) : templateOf(base as TemplateName);
  const link = useMutation({
    mutationFn: () =>
      mutations.addCopiers({ master_id: master, slave_ids: chosenSlaves.map(({ id }) => id), mode, settings }),
    onSuccess: ({ items }) => {
      queries.refresh(client, "copier");
      queries.refresh(client, "dashboard");
      if (items.some((one) => one.problem)) return;
      const [only] = items;
      router.push(items.length === 1 ? `/app/copiers/${only?.copier?.id}` : `/app/copiers?master=${master}`);
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
      {link.data ? <NotLinked linked={link.data} accounts={accounts} /> : null}
      <div className="grid items-start gap-4 sm:grid-cols-[1fr_auto_1fr]">
        <AccountSelect label={t("master")} accounts={masters} value={master} onChange={setMaster} />
        <span aria-hidden="true" className="hidden pt-8 text-muted sm:block rtl:rotate-180">
          →
        </span>
        <AccountPicker
          legend={t("slave")}
          accounts={slaves}
          chosen={new Set(chosenSlaves.map(({ id }) => id))}
          onChange={setPicked}
        />
      </div>
      {slaves.length === 0 ? <Note>{t("noSlaveLeft")}</Note> : null}
      {chosenSlaves.slice(0, CHECKED).map((slave) => (
        <div key={slave.id} className="grid gap-1">
          {chosenSlaves.length > 1 ? <p className="text-sm font-medium">{slave.label}</p> : null}
          <LinkCheck master={chosen} slave={slave} settings={settings as Schemas["LinkCheckRequest"]["settings"]} />
        </div>
      ))}
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
      <Button
        type="submit"
        look="primary"
        className="w-fit"
        busy={link.isPending}
        disabled={!master || chosenSlaves.length === 0}
      >
        {t(mode === "on" ? "submit" : "submitDry")}
      </Button>
    </form>
  );
}

interface NotLinkedProps {
  readonly linked: Schemas["LinkedSlaves"];
  readonly accounts: readonly Account[];
}

/** Which of the chosen slaves were not linked, and why. The others were. */
function NotLinked({ linked, accounts }: NotLinkedProps) {
  const t = useTranslations("newCopier");
  const refused = linked.items.flatMap(({ slave_id, problem }) => (problem ? [{ slave_id, problem }] : []));
  if (refused.length === 0) return null;
  return (
    <div role="alert">
      <Note tone="now">
        <p className="font-medium">{t("notLinked", { some: refused.length, all: linked.items.length })}</p>
        <ul>
          {refused.map(({ slave_id, problem }) => (
            <li key={slave_id}>
              <bdi>{accounts.find(({ id }) => id === slave_id)?.label}</bdi>: {problem.detail}
            </li>
          ))}
        </ul>
      </Note>
    </div>
  );
}

interface RiskProps {
  readonly mode: "on" | "dry_run";
  readonly live: boolean;
  readonly settings: JsonObject;
  /** The source of the rules, if it is not a ready template. */
  readonly like: "likeAnother" | "likeTemplate" | null;
}

/** The effect of the new copier on money. */
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
