"use client";

import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import * as mutations from "@/api/mutations";
import { signOutAction } from "@/features/auth/actions";
import { endEverywhere } from "@/live/session-end";
import { Button, buttonClass } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { QuestionForm } from "@/ui/question";

/** Exports all of the person's data, and deletes the person. */
export function Leaving({ email }: { readonly email: string }) {
  const t = useTranslations("leaving");
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState("");
  const leave = useMutation({
    mutationFn: () => mutations.removeMe(typed),
    onSuccess: () => {
      endEverywhere();
      return signOutAction();
    },
  });
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
        <QuestionForm
          mutation={leave}
          submit={t("leaveSubmit")}
          danger
          onDone={() => setOpen(false)}
          disabled={typed !== email}
        >
          <p className="text-sm">{t("leaveText")}</p>
          <TextField
            label={t("confirm", { email })}
            value={typed}
            dir="ltr"
            autoComplete="off"
            onChange={(event) => setTyped(event.target.value)}
          />
        </QuestionForm>
      </Dialog>
    </div>
  );
}
