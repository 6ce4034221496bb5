"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Account } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { QuestionForm } from "@/ui/question";
import { Segmented } from "@/ui/segmented";
import { Note } from "@/ui/states";
import { ROLES } from "./offered";

/** Changes whether an account is copied, receives copies, or both. */
export function RoleButton({ account }: { readonly account: Account }) {
  const t = useTranslations("accountActions");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t("role")}
      </Button>
      <Dialog open={isOpen} title={t("roleTitle", { label: account.label })} onClose={() => setOpen(false)}>
        <RoleQuestion account={account} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

interface QuestionProps {
  readonly account: Account;
  readonly onDone: () => void;
}

function RoleQuestion({ account, onDone }: QuestionProps) {
  const t = useTranslations("accountActions");
  const add = useTranslations("addAccount");
  const client = useQueryClient();
  const [role, setRole] = useState<Account["role"]>(account.role);
  const change = useMutation({
    mutationFn: () => mutations.changeAccount(account.id, { role }),
    onSuccess: (after) => {
      queries.putAccount(client, after);
      onDone();
    },
  });
  return (
    <QuestionForm mutation={change} submit={t("save")} onDone={onDone} disabled={role === account.role}>
      <p className="text-sm text-muted">{t("roleText")}</p>
      <RoleChoice value={role} onChange={setRole} />
      {account.role === "master" && role !== "master" ? <Note tone="soon">{add("slaveHint")}</Note> : null}
    </QuestionForm>
  );
}

interface ChoiceProps {
  readonly value: Account["role"];
  readonly onChange: (role: Account["role"]) => void;
}

export function RoleChoice({ value, onChange }: ChoiceProps) {
  const t = useTranslations("addAccount");
  const roles = useTranslations("accounts.roles");
  return (
    <Segmented
      legend={t("role")}
      value={value}
      onChange={onChange}
      options={ROLES.map((each) => ({ value: each, label: roles(each), help: t(`roleHelp.${each}`) }))}
    />
  );
}
