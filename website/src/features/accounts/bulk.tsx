"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Account, Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { MODES } from "@/features/copiers/modes";
import { TAG_CHARACTERS } from "@/lib/text-limits";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { QuestionForm } from "@/ui/question";
import { Segmented } from "@/ui/segmented";
import { ChosenBar } from "@/ui/selection";
import { tagsOf, typedTags } from "./found";

const ACTIONS = ["pause", "resume", "mode", "tag", "close"] as const;
type Action = (typeof ACTIONS)[number];

interface BulkProps {
  readonly accounts: readonly Account[];
  readonly onClear: () => void;
}

/** The actions on all chosen accounts at once. */
export function AccountBulk({ accounts, onClear }: BulkProps) {
  const t = useTranslations("bulk");
  const [action, setAction] = useState<Action | null>(null);
  if (accounts.length === 0) return null;
  return (
    <ChosenBar label={t("accounts", { count: accounts.length })} clear={t("clear")} onClear={onClear}>
      {ACTIONS.map((one) => (
        <Button key={one} size="small" look={one === "close" ? "danger" : "plain"} onClick={() => setAction(one)}>
          {t(`${one}.button`)}
        </Button>
      ))}
      <Dialog
        open={action !== null}
        title={action ? t(`${action}.askAccounts`, { count: accounts.length }) : ""}
        onClose={() => setAction(null)}
      >
        {action ? <Question action={action} accounts={accounts} onDone={() => setAction(null)} /> : null}
      </Dialog>
    </ChosenBar>
  );
}

interface QuestionProps {
  readonly action: Action;
  readonly accounts: readonly Account[];
  readonly onDone: () => void;
}

function Question({ action, accounts, onDone }: QuestionProps) {
  const t = useTranslations("bulk");
  const modes = useTranslations("modes");
  const about = useTranslations("accountMode");
  const client = useQueryClient();
  const [mode, setMode] = useState<Account["mode"]>("close_only");
  const [added, setAdded] = useState("");
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const ids = accounts.map(({ id }) => id);
  const changes: Record<Exclude<Action, "close">, Omit<Schemas["AccountsChange"], "account_ids">> = {
    pause: { operating_mode: "suspended" },
    resume: { operating_mode: "running" },
    mode: { mode },
    tag: {
      ...(typedTags(added).length > 0 ? { add_tags: typedTags(added) } : {}),
      ...(removed.length > 0 ? { remove_tags: [...removed] } : {}),
    },
  };
  const change = useMutation<unknown>({
    mutationFn: () =>
      action === "close"
        ? mutations.stopCopying("close_all", ids)
        : mutations.changeAccounts({ account_ids: ids, ...changes[action] }),
    onSuccess: () => {
      for (const kind of ["account", "copier", "dashboard", "readiness", "request"] as const)
        queries.refresh(client, kind);
      onDone();
    },
  });
  const nothing = action === "tag" && Object.keys(changes.tag).length === 0;
  return (
    <QuestionForm
      mutation={change}
      submit={t(`${action}.button`)}
      danger={action === "close"}
      disabled={nothing}
      onDone={onDone}
    >
      {action === "mode" ? (
        <Segmented
          legend={about("label")}
          value={mode}
          onChange={setMode}
          options={MODES.map((one) => ({ value: one, label: modes(`${one}.name`), help: about(`${one}.means`) }))}
        />
      ) : action === "tag" ? (
        <>
          <TextField
            label={t("tag.add")}
            help={t("tag.help")}
            maxLength={TAG_CHARACTERS * 5}
            value={added}
            onChange={(event) => setAdded(event.target.value)}
          />
          <TagBoxes tags={tagsOf(accounts)} chosen={removed} onChange={setRemoved} />
        </>
      ) : (
        <p className="text-sm">{t(`${action}.means`)}</p>
      )}
    </QuestionForm>
  );
}

interface TagBoxesProps {
  readonly tags: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

function TagBoxes({ tags, chosen, onChange }: TagBoxesProps) {
  const t = useTranslations("bulk");
  if (tags.length === 0) return null;
  return (
    <fieldset className="flex flex-wrap gap-x-4 gap-y-2 text-sm">
      <legend className="mb-1.5 font-medium">{t("tag.remove")}</legend>
      {tags.map((tag) => (
        <label key={tag} className="flex items-center gap-1.5">
          <input
            type="checkbox"
            className="size-4 accent-(--accent)"
            checked={chosen.includes(tag)}
            onChange={(event) =>
              onChange(event.target.checked ? [...chosen, tag] : chosen.filter((one) => one !== tag))
            }
          />
          <bdi>{tag}</bdi>
        </label>
      ))}
    </fieldset>
  );
}
