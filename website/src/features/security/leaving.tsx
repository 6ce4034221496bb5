"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import * as mutations from "@/api/mutations";
import { Problem } from "@/api/problem";
import * as queries from "@/api/queries";
import { checkPasswordAction, permitDeletionAction, signOutAction } from "@/features/auth/actions";
import { endEverywhere } from "@/live/session-end";
import { Button, buttonClass } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { QuestionForm } from "@/ui/question";
import { confirmDeletion } from "./deletion";

/** Exports all of the person's data, and deletes the person. */
export function Leaving({ email }: { readonly email: string }) {
  const t = useTranslations("leaving");
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="grid gap-3 text-sm">
      <p className="text-muted">{t("lead")}</p>
      <div className="flex flex-wrap gap-2">
        <a className={buttonClass("plain", "small")} href="/api/v1/export" download="lockstep-export.json">
          {t("export")}
        </a>
        <Button size="small" look="danger" onClick={() => setOpen(true)}>
          {t("leave")}
        </Button>
      </div>
      <Dialog open={isOpen} title={t("leaveTitle")} onClose={() => setOpen(false)}>
        <LeaveQuestion email={email} onDone={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}

/** A browser that was left open must delete nobody, so a code is asked for, or the password without a second factor. */
function LeaveQuestion({ email, onDone }: { readonly email: string; readonly onDone: () => void }) {
  const t = useTranslations("leaving");
  const auth = useTranslations("auth.errors");
  const [typed, setTyped] = useState("");
  const [proof, setProof] = useState("");
  const { data: factor, error: failure } = useQuery(queries.secondFactor());
  // An installation without second factors answers with 501.
  const known = factor !== undefined || (failure instanceof Problem && failure.status === 501);
  const leave = useMutation({
    mutationFn: () =>
      confirmDeletion(factor?.enrolled === true, proof, {
        permit: permitDeletionAction,
        check: checkPasswordAction,
        remove: () => mutations.removeMe(typed),
      }),
    onSuccess: (refused) => {
      if (refused) return undefined;
      endEverywhere();
      return signOutAction();
    },
  });
  const refused = leave.data;
  const error = refused ? (refused.detail ?? auth(auth.has(refused.code) ? refused.code : "unavailable")) : null;
  return (
    <QuestionForm
      mutation={leave}
      submit={t("leaveSubmit")}
      danger
      onDone={onDone}
      disabled={typed !== email || proof === "" || !known}
    >
      <p className="text-sm">{t("leaveText")}</p>
      <TextField
        label={t("confirm", { email })}
        value={typed}
        dir="ltr"
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
      />
      <TextField
        label={t(factor?.enrolled ? "code" : "password")}
        help={factor?.enrolled ? t("codeHelp") : undefined}
        type={factor?.enrolled ? "text" : "password"}
        value={proof}
        error={error}
        dir="ltr"
        autoComplete={factor?.enrolled ? "one-time-code" : "current-password"}
        spellCheck={false}
        onChange={(event) => setProof(event.target.value)}
      />
    </QuestionForm>
  );
}
