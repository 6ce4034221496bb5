"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Copier } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { SelectField } from "@/ui/field";
import { QuestionForm } from "@/ui/question";
import { Segmented } from "@/ui/segmented";
import { ChosenBar } from "@/ui/selection";
import { Note } from "@/ui/states";
import { MODES } from "./modes";
import type { JsonObject } from "./schema";
import { SizingSentence } from "./sentence";
import { TEMPLATES, type TemplateName, templateOf } from "./templates";

const ACTIONS = ["mode", "template", "close"] as const;
type Action = (typeof ACTIONS)[number];

interface BulkProps {
  readonly copiers: readonly Copier[];
  readonly onClear: () => void;
}

/** The actions on all chosen copiers at once. */
export function CopierBulk({ copiers, onClear }: BulkProps) {
  const t = useTranslations("bulk");
  const [action, setAction] = useState<Action | null>(null);
  const done = () => setAction(null);
  if (copiers.length === 0) return null;
  const ids = copiers.map(({ id }) => id);
  return (
    <ChosenBar label={t("copiers", { count: copiers.length })} clear={t("clear")} onClear={onClear}>
      {ACTIONS.map((one) => (
        <Button key={one} size="small" look={one === "close" ? "danger" : "plain"} onClick={() => setAction(one)}>
          {t(`${one}.button`)}
        </Button>
      ))}
      <Dialog
        open={action !== null}
        title={action ? t(`${action}.askCopiers`, { count: copiers.length }) : ""}
        onClose={done}
      >
        {action === "mode" ? <ModeQuestion ids={ids} onDone={done} /> : null}
        {action === "template" ? <TemplateQuestion ids={ids} onDone={done} /> : null}
        {action === "close" ? <CloseQuestion ids={ids} onDone={done} /> : null}
      </Dialog>
    </ChosenBar>
  );
}

interface QuestionProps {
  readonly ids: readonly string[];
  readonly onDone: () => void;
}

function useChange(change: () => Promise<unknown>, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      for (const kind of ["copier", "dashboard", "readiness", "request"] as const) queries.refresh(client, kind);
      onDone();
    },
  });
}

function ModeQuestion({ ids, onDone }: QuestionProps) {
  const t = useTranslations("bulk");
  const modes = useTranslations("modes");
  const [mode, setMode] = useState<Copier["mode"]>("close_only");
  const change = useChange(() => mutations.setModes(ids, mode), onDone);
  return (
    <QuestionForm mutation={change} submit={t("mode.button")} onDone={onDone}>
      <Segmented
        legend={modes("label")}
        value={mode}
        onChange={setMode}
        options={MODES.map((one) => ({ value: one, label: modes(`${one}.name`), help: modes(`${one}.help`) }))}
      />
    </QuestionForm>
  );
}

function TemplateQuestion({ ids, onDone }: QuestionProps) {
  const t = useTranslations("bulk");
  const names = useTranslations("templates");
  const { data: templates = [] } = useQuery(queries.templates());
  const [chosen, setChosen] = useState<string>(TEMPLATES[0] ?? "");
  const own = templates.find((template) => template.id === chosen);
  const settings = own ? (own.settings as JsonObject) : templateOf(chosen as TemplateName);
  const change = useChange(() => mutations.setManyRules(ids, settings), onDone);
  return (
    <QuestionForm mutation={change} submit={t("template.button")} onDone={onDone}>
      <SelectField label={names("legend")} value={chosen} onChange={(event) => setChosen(event.target.value)}>
        {TEMPLATES.map((name) => (
          <option key={name} value={name}>
            {names(`${name}.name`)}
          </option>
        ))}
        {templates.map((template) => (
          <option key={template.id} value={template.id}>
            {template.name}
          </option>
        ))}
      </SelectField>
      <p className="text-sm font-medium">
        <SizingSentence settings={settings} />
      </p>
      <Note tone="soon">{t("template.means")}</Note>
    </QuestionForm>
  );
}

function CloseQuestion({ ids, onDone }: QuestionProps) {
  const t = useTranslations("bulk");
  const change = useChange(() => mutations.stopCopiers("close_all", ids), onDone);
  return (
    <QuestionForm mutation={change} submit={t("close.button")} danger onDone={onDone}>
      <p className="text-sm">{t("close.means")}</p>
    </QuestionForm>
  );
}
