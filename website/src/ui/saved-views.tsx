"use client";

import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useMemo, useState, useSyncExternalStore } from "react";
import { readViews, type SavedView, withView } from "@/lib/saved-views";
import { useAddress } from "./address";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { TextField } from "./field";
import { QuestionForm } from "./question";

const CHANGED = "lockstep-views";

const listen = (onChange: () => void) => {
  addEventListener(CHANGED, onChange);
  addEventListener("storage", onChange);
  return () => {
    removeEventListener(CHANGED, onChange);
    removeEventListener("storage", onChange);
  };
};

/** The views of a list that this browser keeps. */
function useViews(list: string): readonly [readonly SavedView[], (views: readonly SavedView[]) => void] {
  const key = `lockstep.views.${list}`;
  const kept = useSyncExternalStore(
    listen,
    () => localStorage.getItem(key),
    () => null,
  );
  const views = useMemo(() => readViews(kept), [kept]);
  return [
    views,
    (after) => {
      localStorage.setItem(key, JSON.stringify(after));
      dispatchEvent(new Event(CHANGED));
    },
  ];
}

/** Opens a saved view, saves the present one under a name, or forgets it. */
export function SavedViews({ list }: { readonly list: string }) {
  const t = useTranslations("lists");
  const address = useAddress();
  const [views, keep] = useViews(list);
  const [asking, setAsking] = useState(false);
  const shown = views.find((view) => view.query === address.query);
  return (
    <>
      {views.length > 0 ? (
        <select
          aria-label={t("views")}
          className="control max-w-48"
          value={shown?.name ?? ""}
          onChange={(event) => address.open(views.find(({ name }) => name === event.target.value)?.query ?? "")}
        >
          <option value="">{t("views")}</option>
          {views.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      ) : null}
      {shown ? (
        <Button size="small" look="quiet" onClick={() => keep(views.filter((view) => view !== shown))}>
          {t("forget")}
        </Button>
      ) : address.query ? (
        <Button size="small" look="quiet" onClick={() => setAsking(true)}>
          {t("save")}
        </Button>
      ) : null}
      <Dialog open={asking} title={t("save")} onClose={() => setAsking(false)}>
        <Name
          onDone={() => setAsking(false)}
          onName={(name) => keep(withView(views, { name, query: address.query }))}
        />
      </Dialog>
    </>
  );
}

function Name({ onName, onDone }: { readonly onName: (name: string) => void; readonly onDone: () => void }) {
  const t = useTranslations("lists");
  const [name, setName] = useState("");
  const save = useMutation({
    mutationFn: async () => onName(name.trim()),
    onSuccess: onDone,
  });
  return (
    <QuestionForm mutation={save} submit={t("saveIt")} disabled={!name.trim()} onDone={onDone}>
      <TextField
        label={t("name")}
        help={t("kept")}
        maxLength={64}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
    </QuestionForm>
  );
}
