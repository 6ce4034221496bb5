"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import type { Account } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { TAG_CHARACTERS } from "@/lib/text-limits";
import { Button } from "@/ui/button";
import { Failure } from "@/ui/states";
import { typedTags } from "./found";

/** The groups of an account, as words. */
export function Tags({ tags }: { readonly tags: readonly string[] | undefined }) {
  return tags?.map((tag) => (
    <bdi key={tag} className="me-1 rounded bg-sunken px-1.5 py-0.5 text-xs text-muted">
      {tag}
    </bdi>
  ));
}

/** The groups of an account, each with a button to remove it, and a field to add more. */
export function AccountTags({ account }: { readonly account: Account }) {
  const t = useTranslations("tags");
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const tags = account.tags ?? [];
  const change = useMutation({
    mutationFn: (after: string[]) => mutations.changeAccount(account.id, { tags: after }),
    onSuccess: (after) => {
      queries.putAccount(client, after);
      setTyped("");
    },
  });
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (typedTags(typed).length > 0) change.mutate([...tags, ...typedTags(typed)]);
  };
  return (
    <div className="grid gap-2 text-sm">
      {change.error ? <Failure error={change.error} /> : null}
      {tags.length > 0 ? (
        <ul className="flex flex-wrap gap-1.5">
          {tags.map((tag) => (
            <li key={tag} className="flex items-center rounded bg-sunken ps-2">
              <bdi>{tag}</bdi>
              <Button
                size="small"
                look="quiet"
                aria-label={t("remove", { tag })}
                disabled={change.isPending}
                onClick={() => change.mutate(tags.filter((one) => one !== tag))}
              >
                ×
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <form onSubmit={add} className="flex gap-2">
        <input
          aria-label={t("add")}
          placeholder={t("add")}
          className="control max-w-48"
          maxLength={TAG_CHARACTERS * 5}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button type="submit" size="small" busy={change.isPending} disabled={!typed.trim()}>
          {t("addIt")}
        </Button>
      </form>
    </div>
  );
}
