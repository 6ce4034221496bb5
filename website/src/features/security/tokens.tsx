"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import * as mutations from "@/api/mutations";
import { Problem } from "@/api/problem";
import * as queries from "@/api/queries";
import { Age } from "@/ui/age";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { QuestionForm } from "@/ui/question";
import { Segmented } from "@/ui/segmented";
import { Failure, Skeleton } from "@/ui/states";

/** Tokens for a person's own programs; each is shown once. */
export function TokenList() {
  const t = useTranslations("tokens");
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const { data, error, refetch } = useQuery(queries.tokens());
  const remove = useMutation({
    mutationFn: mutations.removeToken,
    onSuccess: () => queries.refresh(client, "token"),
  });
  if (error instanceof Problem && error.status === 501) return <p className="text-sm text-muted">{t("off")}</p>;
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Skeleton className="h-16" />;
  return (
    <div className="grid gap-3 text-sm">
      <p className="text-muted">{t("lead")}</p>
      {remove.error ? <Failure error={remove.error} /> : null}
      {data.length > 0 ? (
        <ul className="divide-y divide-line">
          {data.map((token) => (
            <li key={token.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2.5">
              <span>
                <span className="block font-medium">{token.name}</span>
                <span className="text-muted">
                  {t(token.scope)} ·{" "}
                  {token.last_used_at ? (
                    <>
                      {t("used")} <Age at={token.last_used_at} ago />
                    </>
                  ) : (
                    t("unused")
                  )}
                </span>
              </span>
              <Button
                size="small"
                look="danger"
                busy={remove.isPending && remove.variables === token.id}
                onClick={() => remove.mutate(token.id)}
              >
                {t("remove")}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <Button size="small" className="w-fit" onClick={() => setMaking(true)}>
        {t("make")}
      </Button>
      <Dialog open={making} title={t("make")} onClose={() => setMaking(false)}>
        <MakeToken onDone={() => setMaking(false)} />
      </Dialog>
    </div>
  );
}

function MakeToken({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations("tokens");
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<"read" | "write">("read");
  const make = useMutation({
    mutationFn: () => mutations.makeToken({ name: name.trim(), scope }),
    onSuccess: () => queries.refresh(client, "token"),
  });
  if (make.data) {
    return (
      <div className="grid gap-4">
        <p className="text-sm">{t("once")}</p>
        <div className="flex items-start gap-2 rounded-md border border-line bg-sunken p-3">
          <code dir="ltr" className="flex-1 font-mono text-xs break-all select-all">
            {make.data.token}
          </code>
          <CopyButton text={make.data.token} what={t("token")} />
        </div>
        <p className="text-sm text-muted">{t("use")}</p>
        <code dir="ltr" className="rounded-md border border-line bg-sunken p-3 font-mono text-xs break-all select-all">
          {`curl -H "Authorization: Bearer $TOKEN" ${window.location.origin}/api/v1/copies`}
        </code>
        <Button look="primary" className="justify-self-end" onClick={onDone}>
          {t("kept")}
        </Button>
      </div>
    );
  }
  return (
    <QuestionForm mutation={make} submit={t("make")} onDone={onDone} disabled={!name.trim()}>
      <TextField label={t("name")} value={name} maxLength={64} onChange={(event) => setName(event.target.value)} />
      <Segmented
        legend={t("scope")}
        value={scope}
        onChange={setScope}
        options={[
          { value: "read", label: t("read") },
          { value: "write", label: t("write") },
        ]}
      />
    </QuestionForm>
  );
}
