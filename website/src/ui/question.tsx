"use client";

import { useTranslations } from "next-intl";
import type { FormEvent } from "react";
import { Button } from "./button";
import { Failure } from "./states";

interface QuestionFormProps {
  readonly mutation: { readonly isPending: boolean; readonly error: unknown; readonly mutate: () => void };
  readonly submit: string;
  readonly onDone: () => void;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  readonly children: React.ReactNode;
}

/** The form inside a question: its fields, the error of the last try, and the buttons to confirm and to cancel. */
export function QuestionForm({ mutation, submit, onDone, disabled, danger, children }: QuestionFormProps) {
  const t = useTranslations("common");
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!disabled) mutation.mutate();
  };
  return (
    <form onSubmit={send} className="grid gap-4">
      {mutation.error ? <Failure error={mutation.error} /> : null}
      {children}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>{t("cancel")}</Button>
        <Button type="submit" look={danger ? "danger" : "primary"} busy={mutation.isPending} disabled={disabled}>
          {submit}
        </Button>
      </div>
    </form>
  );
}
