"use client";

import { useTranslations } from "next-intl";
import type { Copier } from "@/api/client";
import { cx } from "@/ui/cx";
import { Pair } from "./list";
import { TEMPLATES, type TemplateName } from "./templates";

interface StartWithProps {
  readonly value: string;
  readonly copiers: readonly Copier[];
  readonly onChange: (value: string) => void;
}

/** Which rules a new copier begins with: a ready set, or those of another copier. `value` is a name or a copier's id. */
export function StartWith({ value, copiers, onChange }: StartWithProps) {
  const t = useTranslations("templates");
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-sm font-medium">{t("legend")}</legend>
      <div className="grid gap-2 sm:grid-cols-2 lg:grid-cols-3">
        {TEMPLATES.map((name) => (
          <Card key={name} name={name} checked={value === name} onChange={onChange} />
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
              <Pair copier={copier} plain />
            </option>
          ))}
        </select>
      ) : null}
    </fieldset>
  );
}

interface CardProps {
  readonly name: TemplateName;
  readonly checked: boolean;
  readonly onChange: (value: string) => void;
}

function Card({ name, checked, onChange }: CardProps) {
  const t = useTranslations("templates");
  return (
    <label
      className={cx(
        "grid cursor-pointer content-start gap-0.5 rounded-md border bg-surface px-3.5 py-2.5 has-focus-visible:outline-2 has-focus-visible:outline-accent",
        checked ? "border-accent shadow-[0_0_0_1px_var(--accent)]" : "border-edge hover:bg-sunken",
      )}
    >
      <input
        type="radio"
        name="template"
        value={name}
        className="sr-only"
        checked={checked}
        onChange={() => onChange(name)}
      />
      <span className="text-sm font-medium">{t(`${name}.name`)}</span>
      <span className="text-[13px] text-muted">{t(`${name}.text`)}</span>
    </label>
  );
}
