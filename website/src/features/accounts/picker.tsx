"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Account } from "@/api/client";
import { Button } from "@/ui/button";
import { Name } from "@/ui/name";
import { isFound, tagsOf } from "./found";

/** A list with this many checkboxes has a search field. */
const MANY = 8;

interface PickerProps {
  readonly legend: string;
  readonly accounts: readonly Account[];
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}

/** A choice among a person's accounts: a checkbox for each, with a search and one box for all accounts found. */
export function AccountPicker({ legend, accounts, chosen, onChange }: PickerProps) {
  const t = useTranslations("picker");
  const [search, setSearch] = useState("");
  const shown = accounts.filter((account) => isFound(account, search));
  const all = shown.length > 0 && shown.every((account) => chosen.has(account.id));
  const tags = tagsOf(accounts);
  const ofTag = (tag: string) => accounts.filter((one) => one.tags?.includes(tag)).map(({ id }) => id);
  const put = (ids: readonly string[], on: boolean) => {
    const after = new Set(chosen);
    for (const id of ids) on ? after.add(id) : after.delete(id);
    onChange(after);
  };
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 flex w-full justify-between gap-3 text-sm font-medium">
        {legend} <span className="num text-muted">{t("count", { some: chosen.size, all: accounts.length })}</span>
      </legend>
      {accounts.length > MANY ? (
        <input
          type="search"
          className="control"
          aria-label={t("search")}
          placeholder={t("search")}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      ) : null}
      {tags.length > 0 ? (
        <div className="flex flex-wrap gap-1.5">
          {tags.map((tag) => (
            <Button key={tag} size="small" onClick={() => put(ofTag(tag), !ofTag(tag).every((id) => chosen.has(id)))}>
              <bdi>{tag}</bdi>
            </Button>
          ))}
        </div>
      ) : null}
      <div className="max-h-56 overflow-y-auto rounded-md border border-line">
        <Choice
          checked={all}
          onChange={(on) =>
            put(
              shown.map(({ id }) => id),
              on,
            )
          }
        >
          <span className="text-muted">{t("all")}</span>
        </Choice>
        {shown.map((account) => (
          <Choice key={account.id} checked={chosen.has(account.id)} onChange={(on) => put([account.id], on)}>
            <span className="flex min-w-0 flex-1 items-baseline justify-between gap-3">
              <Name>{account.label}</Name>
              <span className="num text-muted">{account.login}</span>
            </span>
          </Choice>
        ))}
      </div>
    </fieldset>
  );
}

interface ChoiceProps {
  readonly checked: boolean;
  readonly onChange: (on: boolean) => void;
  readonly children: React.ReactNode;
}

function Choice({ checked, onChange, children }: ChoiceProps) {
  return (
    <label className="flex min-h-9 cursor-pointer items-center gap-2.5 border-b border-line px-3 text-sm last:border-b-0 hover:bg-sunken">
      <input
        type="checkbox"
        className="size-4 accent-(--accent)"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {children}
    </label>
  );
}
