"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import * as queries from "@/api/queries";
import { askToStop } from "@/features/requests/ask-to-stop";
import { useNames } from "@/features/trades/names";
import { cx } from "@/ui/cx";
import { flowText } from "@/ui/flow";
import { Icon } from "@/ui/icons";
import { useSettled } from "@/ui/settled";
import { PLACES } from "./places";
import { found, type Target, wantedTicket } from "./targets";

/** The most trades of one ticket that are shown: a master's has a copy for each of its slaves. */
const TRADES = 5;

const ACTIONS = [
  { key: "addAccount", href: "/app/accounts/new" },
  { key: "link", href: "/app/copiers/new" },
  { key: "stop", href: askToStop },
] as const;

/** Jump anywhere by typing: a place, an account by name or login, a copier, a trade of any age by its ticket. */
export function Palette() {
  const t = useTranslations("palette");
  const dialog = useRef<HTMLDialogElement>(null);
  const [open, setOpen] = useState(false);
  const show = () => {
    dialog.current?.showModal();
    setOpen(true);
  };
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      dialog.current?.open ? dialog.current.close() : show();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  });
  return (
    <>
      <button
        type="button"
        onClick={show}
        className="flex h-8 items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-sm text-muted hover:text-ink"
      >
        <Icon name="search" className="size-4" />
        <span className="sr-only sm:not-sr-only">{t("open")}</span>
        <kbd className="hidden font-mono text-xs sm:inline">⌘K</kbd>
      </button>
      <dialog
        ref={dialog}
        aria-label={t("open")}
        onClose={() => setOpen(false)}
        className="mx-auto mt-[12vh] w-[min(34rem,calc(100vw-2rem))] rounded-lg border border-line bg-surface p-0 text-ink"
      >
        {open ? <Finder onDone={() => dialog.current?.close()} /> : null}
      </dialog>
    </>
  );
}

function Finder({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations("palette");
  const router = useRouter();
  const list = useId();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const targets = useTargets(text);
  const at = Math.min(chosen, Math.max(0, targets.length - 1));
  const go = (target: Target | undefined) => {
    if (!target) return;
    onDone();
    if (typeof target.href === "string") router.push(target.href);
    else target.href();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setChosen(Math.min(at + 1, targets.length - 1));
    else if (event.key === "ArrowUp") setChosen(Math.max(at - 1, 0));
    else if (event.key === "Enter") go(targets[at]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the person has just asked for this field
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={targets[at] ? `${list}-${at}` : undefined}
        aria-label={t("open")}
        placeholder={t("placeholder")}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKey}
        className="h-12 w-full border-b border-line bg-transparent px-4 outline-none"
      />
      <div id={list} role="listbox" aria-label={t("open")} className="grid p-1.5">
        {targets.map((target, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: keys are handled by the field
          <div
            key={target.key}
            id={`${list}-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => go(target)}
            onMouseEnter={() => setChosen(index)}
            className={cx(
              "flex h-10 cursor-pointer items-center justify-between gap-3 rounded-md px-3 text-sm",
              index === at && "bg-accent-soft",
            )}
          >
            <span className="truncate">{target.label}</span>
            <span className="text-xs text-muted">{target.hint}</span>
          </div>
        ))}
      </div>
      {targets.length === 0 ? <p className="px-4 pb-4 text-sm text-muted">{t("nothing")}</p> : null}
    </>
  );
}

function useTargets(text: string): readonly Target[] {
  const t = useTranslations("palette");
  const places = useTranslations("places");
  const { data: accounts = [] } = useQuery(queries.accounts());
  const { data: copiers = [] } = useQuery(queries.copiers());
  const name = useNames();
  const trades = useTrades(text);
  const named: readonly Target[] = [
    ...PLACES.map((place) => ({ key: place.key, label: places(place.key), hint: t("place"), href: place.href })),
    ...ACTIONS.map(({ key, href }) => ({ key: `act-${key}`, label: t(`actions.${key}`), hint: t("action"), href })),
    ...accounts.map((account) => ({
      key: account.id,
      label: `${account.label} · ${account.login}`,
      hint: account.server,
      href: `/app/accounts/${account.id}`,
    })),
    ...copiers.map((copier) => ({
      key: copier.id,
      label: flowText(name(copier.master_id), name(copier.slave_id)),
      hint: t("copier"),
      href: `/app/copiers/${copier.id}`,
    })),
  ];
  return found(text, named, trades);
}

/** The trades of a typed ticket, which the API searches in the whole history, and a link to all of them. */
function useTrades(text: string): readonly Target[] {
  const t = useTranslations("palette");
  const sides = useTranslations("sides");
  const name = useNames();
  const wanted = wantedTicket(text);
  const ticket = useSettled(wanted);
  const { data, isPlaceholderData } = useInfiniteQuery({
    ...queries.copies({ ticket, limit: TRADES }),
    enabled: ticket !== undefined,
  });
  if (wanted === undefined) return [];
  const copies = ticket === wanted && !isPlaceholderData ? (data?.pages[0]?.items ?? []) : [];
  return [
    ...copies.map((copy) => ({
      key: copy.link_id,
      label: `${sides(copy.side)} ${copy.symbol} → ${name(copy.slave_account_id)}`,
      hint: t("trade"),
      href: `/app/trades/${copy.link_id}`,
    })),
    { key: "ticket", label: t("ticket", { ticket: wanted }), hint: t("trade"), href: `/app/trades?ticket=${wanted}` },
  ];
}
