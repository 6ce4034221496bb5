"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { QuestionForm } from "@/ui/question";
import type { JsonObject } from "./schema";
import { SizingSentence } from "./sentence";
import { TEMPLATES, type TemplateName, templateOf } from "./templates";

interface TemplateBarProps {
  readonly settings: JsonObject;
  /** A number of the draft is unreadable, so it cannot be saved as a template. */
  readonly faulty: boolean;
  readonly onPick: (settings: JsonObject) => void;
}

/** Applies a template to the draft without saving it, and saves the draft as a template of one's own. */
export function TemplateBar({ settings, faulty, onPick }: TemplateBarProps) {
  const t = useTranslations("templates");
  const { data: own = [] } = useQuery(queries.templates());
  const [saving, setSaving] = useState(false);
  const [saved, setSaved] = useState<string | null>(null);
  const close = () => setSaving(false);
  const pick = (value: string) => {
    const mine = own.find((template) => template.id === value);
    if (value) onPick(mine ? (mine.settings as JsonObject) : templateOf(value as TemplateName));
  };
  return (
    <>
      <select
        aria-label={t("apply")}
        className="control min-h-8 w-auto max-w-52 py-0.5 text-sm"
        value=""
        onChange={(event) => pick(event.target.value)}
      >
        <option value="">{t("apply")}</option>
        {own.length > 0 ? (
          <optgroup label={t("yours")}>
            {own.map((template) => (
              <option key={template.id} value={template.id}>
                {template.name}
              </option>
            ))}
          </optgroup>
        ) : null}
        <optgroup label={t("ready")}>
          {TEMPLATES.map((name) => (
            <option key={name} value={name}>
              {t(`${name}.name`)}
            </option>
          ))}
        </optgroup>
      </select>
      <Button size="small" disabled={faulty} onClick={() => setSaving(true)}>
        {t("saveAs")}
      </Button>
      {saved ? (
        <span role="status" className="text-sm text-muted">
          {t("savedAs", { name: saved })}
        </span>
      ) : null}
      <Dialog open={saving} title={t("saveAs")} onClose={close}>
        <Save
          settings={settings}
          onDone={(name) => {
            setSaved(name);
            close();
          }}
          onCancel={close}
        />
      </Dialog>
    </>
  );
}

interface SaveProps {
  readonly settings: JsonObject;
  readonly onDone: (name: string) => void;
  readonly onCancel: () => void;
}

/** Asks for a name. A template that already has this name gets the new rules. */
function Save({ settings, onDone, onCancel }: SaveProps) {
  const t = useTranslations("templates");
  const client = useQueryClient();
  const { data: own = [] } = useQuery(queries.templates());
  const [typed, setTyped] = useState("");
  const name = typed.trim();
  const there = own.find((template) => template.name === name);
  const save = useMutation({
    mutationFn: () => (there ? mutations.replaceTemplate(there.id, settings) : mutations.addTemplate(name, settings)),
    onSuccess: () => {
      queries.refresh(client, "template");
      onDone(name);
    },
  });
  return (
    <QuestionForm mutation={save} submit={t(there ? "replace" : "saveAs")} onDone={onCancel} disabled={!name}>
      <p className="text-sm">
        <SizingSentence settings={settings} />
      </p>
      <TextField
        label={t("name")}
        help={t(there ? "replaceHelp" : "saveHelp")}
        value={typed}
        maxLength={64}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
      />
    </QuestionForm>
  );
}
