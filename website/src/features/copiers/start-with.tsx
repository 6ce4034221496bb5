"use client";

import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import type { Copier, Template } from "@/api/client";
import { cx } from "@/ui/cx";
import { CopierName } from "./list";
import type { JsonObject } from "./schema";
import { SizingSentence } from "./sentence";
import { TEMPLATES } from "./templates";

interface StartWithProps {
  readonly value: string;
  readonly templates: readonly Template[];
  readonly copiers: readonly Copier[];
  readonly onChange: (value: string) => void;
}

/**
 * The initial rules of a new copier: a ready set, one's own, or those of another copier. `value` is a name or an id.
 */
export function StartWith({ value, templates, copiers, onChange }: StartWithProps) {
  const t = useTranslations("templates");
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-sm font-medium">{t("legend")}</legend>
      <div className="grid gap-2 sm:grid-cols-2 lg:grid-cols-3">
        {TEMPLATES.map((name) => (
          <Card
            key={name}
            value={name}
            title={t(`${name}.name`)}
            text={t(`${name}.text`)}
            checked={value === name}
            onChange={onChange}
          />
        ))}
        {templates.map((template) => (
          <Card
            key={template.id}
            value={template.id}
            title={template.name}
            text={<SizingSentence settings={template.settings as JsonObject} />}
            checked={value === template.id}
            onChange={onChange}
          />
        ))}
      </div>
      {copiers.length > 0 ? (
        <select
          aria-label={t("own")}
          className="control max-w-md"
          value={copiers.some((copier) => copier.id === value) ? value : ""}
          onChange={(event) => event.target.value && onChange(event.target.value)}
        >
          <option value="">{t("own")}</option>
          {copiers.map((copier) => (
            <option key={copier.id} value={copier.id}>
              <CopierName copier={copier} plain />
            </option>
          ))}
        </select>
      ) : null}
    </fieldset>
  );
}

interface CardProps {
  readonly value: string;
  readonly title: string;
  readonly text: ReactNode;
  readonly checked: boolean;
  readonly onChange: (value: string) => void;
}

function Card({ value, title, text, checked, onChange }: CardProps) {
  return (
    <label
      className={cx(
        "relative grid cursor-pointer content-start gap-0.5 rounded-md border bg-surface px-3.5 py-2.5 has-focus-visible:outline-2 has-focus-visible:outline-accent",
        checked ? "border-accent shadow-[0_0_0_1px_var(--accent)]" : "border-edge hover:bg-sunken",
      )}
    >
      <input
        type="radio"
        name="template"
        value={value}
        className="sr-only"
        checked={checked}
        onChange={() => onChange(value)}
      />
      <span className="text-sm font-medium break-words">{title}</span>
      <span className="text-[13px] text-muted">{text}</span>
    </label>
  );
}
