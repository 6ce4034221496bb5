"use client";

import { useTranslations } from "next-intl";
import { type ReactNode, useActionState, useState } from "react";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";
import { Link } from "@/ui/link";
import type { FormState } from "./actions";

interface AuthFormProps {
  readonly action: (state: FormState, form: FormData) => Promise<FormState>;
  readonly submit: string;
  /** Whether an address is asked for, and whether it is another one than the person has. */
  readonly email?: boolean | "new";
  readonly password?: "current" | "new";
  /** Whether the current password is asked for, in addition to a new one. */
  readonly present?: boolean;
  /** Whether the person has a second factor, whose code is asked for. */
  readonly factor?: boolean;
  readonly next?: string | undefined;
  readonly children?: ReactNode;
}

/** The one short form of all sign-in pages. It works before any script has loaded. */
export function AuthForm({ action, submit, email = true, password, present, factor, next, children }: AuthFormProps) {
  const t = useTranslations("auth");
  const [state, run, busy] = useActionState(action, { error: null, email: "" });
  return (
    <form action={run} className="grid gap-4">
      {state.error ? (
        <p role="alert" className="rounded-md border border-bad bg-bad-soft px-3 py-2 text-sm">
          {state.detail ?? t(`errors.${state.error}`)}
          {state.error === "email_not_confirmed" ? (
            <Link className="ms-1 underline" href="/check-mail">
              {t("sendAgain")}
            </Link>
          ) : null}
        </p>
      ) : null}
      {email ? (
        <TextField
          label={t(email === "new" ? "newEmail" : "email")}
          name="email"
          type="email"
          autoComplete="email"
          required
          defaultValue={state.email}
          dir="ltr"
        />
      ) : null}
      {present ? <PasswordField kind="present" /> : null}
      {password ? <PasswordField kind={password} /> : null}
      {factor && !state.permitted ? <CodeField /> : null}
      {next ? <input type="hidden" name="next" value={next} /> : null}
      <Button type="submit" look="primary" busy={busy}>
        {submit}
      </Button>
      {children}
    </form>
  );
}

function CodeField() {
  const t = useTranslations("secondFactor");
  return (
    <TextField
      label={t("code")}
      help={t("orBackup")}
      name="code"
      autoComplete="one-time-code"
      spellCheck={false}
      minLength={6}
      maxLength={32}
      required
      dir="ltr"
    />
  );
}

const LABELS = { current: "password", new: "newPassword", present: "presentPassword" } as const;

function PasswordField({ kind }: { readonly kind: keyof typeof LABELS }) {
  const t = useTranslations("auth");
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <TextField
        label={t(LABELS[kind])}
        name={kind === "present" ? "present" : "password"}
        type={shown ? "text" : "password"}
        autoComplete={kind === "new" ? "new-password" : "current-password"}
        minLength={kind === "new" ? 10 : undefined}
        maxLength={kind === "new" ? 72 : 1024}
        required
        dir="ltr"
        help={kind === "new" ? t("passwordHelp") : undefined}
      />
      <button
        type="button"
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
        className="absolute end-0 top-0 text-sm text-accent hover:underline"
      >
        {t(shown ? "hide" : "show")}
      </button>
    </div>
  );
}
