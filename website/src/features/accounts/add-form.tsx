"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearchParams } from "next/navigation";
import { useTranslations } from "next-intl";
import { type FormEvent, useEffect, useRef, useState } from "react";
import * as queries from "@/api/queries";
import { canSeal } from "@/lib/seal";
import { LOGIN_DIGITS, PASSWORD_BYTES, SERVER_CHARACTERS } from "@/lib/text-limits";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { useFirstError } from "@/ui/first-error";
import { Segmented } from "@/ui/segmented";
import { Empty, Failure, Note } from "@/ui/states";
import { chosenOf, firstRole } from "./offered";
import { PasswordField } from "./password-field";
import { NO_PROXY, type ProxyErrors, proxyErrors } from "./proxy";
import { ProxyFields } from "./proxy-fields";
import { register } from "./register";
import { RoleChoice } from "./role";
import { type Errors, errorsOf, hasBlankEnds, type NewAccount, newAccount } from "./schema";
import { SealingNote } from "./sealing-note";
import { ServerField } from "./server-field";

/** The values in the texts of a field's errors. */
const LIMITS: Partial<Record<keyof NewAccount, { most: number }>> = {
  server: { most: SERVER_CHARACTERS },
  login: { most: LOGIN_DIGITS },
  password: { most: PASSWORD_BYTES },
};

const BLANK: Omit<NewAccount, "role"> = {
  platform: "MT5",
  environment: "demo",
  server: "",
  login: "",
  password: "",
  label: "",
};

/** What a person has entered. There is no role until they have chosen one. */
type Entered = Omit<NewAccount, "role"> & { readonly role: NewAccount["role"] | null };

/** Shown until the service's offers are known. */
const OFFERED: Offered = { platforms: ["MT5"], environments: ["demo"] };

export function AddAccount() {
  const t = useTranslations("addAccount");
  const asked = useSearchParams().get("role");
  const { data: accounts = [] } = useQuery(queries.accounts());
  const { data: platforms = OFFERED.platforms } = useQuery(queries.platforms());
  const { data: environments = OFFERED.environments } = useQuery(queries.environments());
  if (platforms.length === 0 || environments.length === 0)
    return <Empty title={t("nothing.title")}>{t("nothing.text")}</Empty>;
  return <Form offered={{ platforms, environments }} role={firstRole(asked, accounts)} />;
}

interface FormProps {
  readonly offered: Offered;
  /** The choice until a person chooses. It may change when the accounts have been read. */
  readonly role: NewAccount["role"];
}

function Form({ offered, role }: FormProps) {
  const t = useTranslations("addAccount");
  const advanced = useTranslations("proxy");
  const router = useRouter();
  const client = useQueryClient();
  const [entered, setTyped] = useState<Entered>({ ...BLANK, role: null });
  const typed = {
    ...entered,
    role: entered.role ?? role,
    platform: chosenOf(entered.platform, offered.platforms),
    environment: chosenOf(entered.environment, offered.environments),
  };
  const [kept, setKept] = useState("");
  const [errors, setErrors] = useState<Errors>({});
  const [proxy, setProxy] = useState(NO_PROXY);
  const [ofProxy, setOfProxy] = useState<ProxyErrors>({});
  const sealing = useCanSeal();
  const form = useRef<HTMLFormElement>(null);
  useFirstError(form, errors);
  useFirstError(form, ofProxy);
  const adding = useMutation({
    mutationFn: (checked: NewAccount) => register(client, checked, proxy, crypto.randomUUID()),
    onSuccess: (account) => {
      queries.putAccount(client, account);
      router.push(`/app/accounts/${account.id}`);
    },
  });
  const set = (change: Partial<NewAccount>) => setTyped((before) => ({ ...before, ...change }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (hasBlankEnds(typed.password) && typed.password !== kept) return;
    const read = newAccount.safeParse(typed);
    setErrors(read.success ? {} : errorsOf(read.error));
    const wrong = proxyErrors(proxy);
    setOfProxy(wrong);
    if (read.success && Object.keys(wrong).length === 0) adding.mutate(read.data);
  };
  const error = (field: keyof NewAccount) => (errors[field] ? t(`errors.${errors[field]}`, LIMITS[field]) : null);
  return (
    <form ref={form} onSubmit={submit} noValidate className="grid max-w-xl gap-5">
      {sealing ? null : <Note tone="now">{t("insecure")}</Note>}
      {adding.error ? <Failure error={adding.error} /> : null}
      <KindOfAccount typed={typed} offered={offered} set={set} />
      <ServerField typed={typed} offered={offered.environments} error={error("server")} set={set} />
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField
          label={t("login")}
          value={typed.login}
          onChange={(e) => set({ login: e.target.value })}
          error={error("login")}
          inputMode="numeric"
          autoComplete="off"
          dir="ltr"
          className="num"
        />
        <PasswordField
          label={t("password")}
          value={typed.password}
          error={error("password")}
          kept={kept}
          onChange={(password) => set({ password })}
          onKept={setKept}
        />
      </div>
      <Note>
        {t(typed.role === "master" ? "investorHint" : "slaveHint")} {t("sealedHint")}
        <SealingNote />
      </Note>
      <TextField
        label={t("label")}
        help={t("labelHelp")}
        value={typed.label}
        onChange={(e) => set({ label: e.target.value })}
        error={error("label")}
        maxLength={64}
      />
      <details className="text-sm">
        <summary className="cursor-pointer font-medium">{advanced("advanced")}</summary>
        <div className="mt-3">
          <ProxyFields typed={proxy} errors={ofProxy} onChange={setProxy} />
        </div>
      </details>
      <Button type="submit" look="primary" busy={adding.isPending} disabled={!sealing} className="w-fit">
        {t("submit")}
      </Button>
    </form>
  );
}

interface Offered {
  readonly platforms: readonly NewAccount["platform"][];
  readonly environments: readonly NewAccount["environment"][];
}

interface PartProps {
  readonly typed: NewAccount;
  readonly offered: Offered;
  readonly set: (change: Partial<NewAccount>) => void;
}

function KindOfAccount({ typed, offered, set }: PartProps) {
  const t = useTranslations("addAccount");
  return (
    <div className="flex flex-wrap gap-x-6 gap-y-4">
      <Segmented
        legend={t("platform")}
        value={typed.platform}
        onChange={(platform) => set({ platform })}
        options={offered.platforms.map((value) => ({ value, label: value }))}
      />
      <Segmented
        legend={t("environment")}
        value={typed.environment}
        onChange={(environment) => set({ environment })}
        options={offered.environments.map((value) => ({ value, label: t(value) }))}
      />
      <RoleChoice value={typed.role} onChange={(role) => set({ role })} />
    </div>
  );
}

/** Whether this browser can seal passwords. True until it was checked, because the server cannot know. */
function useCanSeal(): boolean {
  const [can, setCan] = useState(true);
  useEffect(() => setCan(canSeal()), []);
  return can;
}
