"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useRef, useState } from "react";
import type { Account } from "@/api/client";
import * as queries from "@/api/queries";
import { Button } from "@/ui/button";
import { useFirstError } from "@/ui/first-error";
import { Failure } from "@/ui/states";
import { type ProxyErrors, proxyErrors, replaceProxy, typedOf } from "./proxy";
import { ProxyFields } from "./proxy-fields";

/** The account's proxy, to view and change. Few accounts have one. */
export function AccountProxy({ account }: { readonly account: Account }) {
  const t = useTranslations("proxy");
  const client = useQueryClient();
  const [typed, setTyped] = useState(() => typedOf(account));
  const [errors, setErrors] = useState<ProxyErrors>({});
  const form = useRef<HTMLFormElement>(null);
  useFirstError(form, errors);
  const change = useMutation({
    mutationFn: () => replaceProxy(client, account, typed),
    onSuccess: (after) => {
      queries.putAccount(client, after);
      setTyped(typedOf(after));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = proxyErrors(typed);
    setErrors(found);
    if (Object.keys(found).length === 0) change.mutate();
  };
  const { proxy, proxy_name: offered } = account;
  return (
    <details className="mt-4 text-sm">
      <summary className="cursor-pointer font-medium">{t("advanced")}</summary>
      <form ref={form} onSubmit={submit} noValidate className="mt-3 grid gap-4">
        <p>
          {proxy ? (
            <bdi className="num">
              {proxy.type} {proxy.address}:{proxy.port}
            </bdi>
          ) : (
            <bdi>{offered ?? t("none")}</bdi>
          )}
        </p>
        {change.error ? <Failure error={change.error} /> : null}
        <ProxyFields typed={typed} errors={errors} onChange={setTyped} />
        <Button type="submit" busy={change.isPending} className="w-fit">
          {t("submit")}
        </Button>
      </form>
    </details>
  );
}
