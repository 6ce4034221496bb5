"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Account } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { FlattenAll } from "@/features/requests/flatten";
import { asciiDigits } from "@/lib/numbers";
import { PASSWORD_BYTES, SERVER_CHARACTERS } from "@/lib/text-limits";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { QuestionForm } from "@/ui/question";
import { PasswordField } from "./password-field";
import { moveAccount, replacePassword } from "./register";
import { RoleButton } from "./role";
import { hasBlankEnds, isPassword, isServer } from "./schema";
import { SealingNote } from "./sealing-note";
import { KnownOfServer, ServerName } from "./server-field";

type Question = "restart" | "password" | "server" | "rename" | "pause" | "remove" | null;

/** The actions on an account, each with its effect on open trades. */
export function AccountActions({ account }: { readonly account: Account }) {
  const t = useTranslations("accountActions");
  const [question, setQuestion] = useState<Question>(null);
  const close = () => setQuestion(null);
  const paused = account.operating_mode === "suspended";
  return (
    <>
      <Button size="small" onClick={() => setQuestion("password")}>
        {t("password")}
      </Button>
      <Button size="small" onClick={() => setQuestion("server")}>
        {t("server")}
      </Button>
      <Button size="small" onClick={() => setQuestion("rename")}>
        {t("rename")}
      </Button>
      <RoleButton account={account} />
      {paused ? null : (
        <Button size="small" onClick={() => setQuestion("restart")}>
          {t("restart")}
        </Button>
      )}
      <Button size="small" onClick={() => setQuestion("pause")}>
        {t(paused ? "resume" : "pause")}
      </Button>
      {account.role === "master" ? null : <FlattenAll of={{ account: account.id }} label={account.label} />}
      <Button size="small" look="danger" onClick={() => setQuestion("remove")}>
        {t("remove")}
      </Button>
      <Dialog open={question === "password"} title={t("passwordTitle")} onClose={close}>
        <PasswordQuestion account={account} onDone={close} />
      </Dialog>
      <Dialog open={question === "server"} title={t("serverTitle", { label: account.label })} onClose={close}>
        <ServerQuestion account={account} onDone={close} />
      </Dialog>
      <Dialog open={question === "rename"} title={t("renameTitle")} onClose={close}>
        <RenameQuestion account={account} onDone={close} />
      </Dialog>
      <Dialog open={question === "restart"} title={t("restartTitle", { label: account.label })} onClose={close}>
        <RestartQuestion account={account} onDone={close} />
      </Dialog>
      <Dialog
        open={question === "pause"}
        title={t(paused ? "resumeTitle" : "pauseTitle", { label: account.label })}
        onClose={close}
      >
        <PauseQuestion account={account} onDone={close} />
      </Dialog>
      <Dialog open={question === "remove"} title={t("removeTitle", { label: account.label })} onClose={close}>
        <RemoveQuestion account={account} onDone={close} />
      </Dialog>
    </>
  );
}

interface QuestionProps {
  readonly account: Account;
  readonly onDone: () => void;
}

function useChanged(onDone: () => void) {
  const client = useQueryClient();
  return (after: Account) => {
    queries.putAccount(client, after);
    onDone();
  };
}

function PasswordQuestion({ account, onDone }: QuestionProps) {
  const t = useTranslations("accountActions");
  const client = useQueryClient();
  const [password, setPassword] = useState("");
  const [kept, setKept] = useState("");
  const isUnusable = !isPassword(password) && password !== "";
  const asks = hasBlankEnds(password) && password !== kept;
  const change = useMutation({
    mutationFn: () => replacePassword(client, account, password),
    onSuccess: useChanged(onDone),
  });
  return (
    <QuestionForm
      mutation={change}
      submit={t("passwordSubmit")}
      onDone={onDone}
      disabled={!isPassword(password) || asks}
    >
      <p className="text-sm text-muted">{t("passwordText")}</p>
      <PasswordField
        label={t("newPassword")}
        value={password}
        error={isUnusable ? t("passwordUnusable", { most: PASSWORD_BYTES }) : null}
        kept={kept}
        onChange={setPassword}
        onKept={setKept}
      />
      <SealingNote />
    </QuestionForm>
  );
}

function ServerQuestion({ account, onDone }: QuestionProps) {
  const t = useTranslations("accountActions");
  const client = useQueryClient();
  const [server, setServer] = useState(account.server);
  const [password, setPassword] = useState("");
  const [kept, setKept] = useState("");
  const name = server.trim();
  const asks = hasBlankEnds(password) && password !== kept;
  const isReady = isServer(name) && name !== account.server && isPassword(password) && !asks;
  const change = useMutation({
    mutationFn: () => moveAccount(client, account, name, password),
    onSuccess: useChanged(onDone),
  });
  return (
    <QuestionForm mutation={change} submit={t("serverSubmit")} onDone={onDone} disabled={!isReady}>
      <p className="text-sm text-muted">{t("serverText", { login: account.login })}</p>
      <ServerName
        label={t("newServer")}
        platform={account.platform}
        environment={account.environment}
        server={server}
        onChange={setServer}
        error={name && !isServer(name) ? t("serverUnusable", { most: SERVER_CHARACTERS }) : null}
      />
      {name === account.server ? null : (
        <KnownOfServer platform={account.platform} environment={account.environment} server={name} moves />
      )}
      <PasswordField
        label={t("newPassword")}
        value={password}
        error={password && !isPassword(password) ? t("passwordUnusable", { most: PASSWORD_BYTES }) : null}
        kept={kept}
        onChange={setPassword}
        onKept={setKept}
      />
      <SealingNote />
    </QuestionForm>
  );
}

function RenameQuestion({ account, onDone }: QuestionProps) {
  const t = useTranslations("accountActions");
  const [label, setLabel] = useState(account.label);
  const change = useMutation({
    mutationFn: () => mutations.changeAccount(account.id, { label: label.trim() }),
    onSuccess: useChanged(onDone),
  });
  return (
    <QuestionForm mutation={change} submit={t("save")} onDone={onDone} disabled={!label.trim()}>
      <TextField label={t("label")} value={label} maxLength={64} onChange={(e) => setLabel(e.target.value)} />
    </QuestionForm>
  );
}

function RestartQuestion({ account, onDone }: QuestionProps) {
  const t = useTranslations("accountActions");
  const restart = useMutation({
    mutationFn: () => mutations.restartAccount(account.id),
    onSuccess: useChanged(onDone),
  });
  return (
    <QuestionForm mutation={restart} submit={t("restart")} onDone={onDone}>
      <p className="text-sm">{t("restartText")}</p>
    </QuestionForm>
  );
}

function PauseQuestion({ account, onDone }: QuestionProps) {
  const t = useTranslations("accountActions");
  const paused = account.operating_mode === "suspended";
  const body = { operating_mode: paused ? ("running" as const) : ("suspended" as const) };
  const change = useMutation({
    mutationFn: () => mutations.changeAccount(account.id, body),
    onSuccess: useChanged(onDone),
  });
  return (
    <QuestionForm mutation={change} submit={t(paused ? "resume" : "pause")} onDone={onDone}>
      <p className="text-sm">{t(paused ? "resumeText" : "pauseText")}</p>
    </QuestionForm>
  );
}

function RemoveQuestion({ account, onDone }: QuestionProps) {
  const t = useTranslations("accountActions");
  const router = useRouter();
  const client = useQueryClient();
  const [typed, setTyped] = useState("");
  const remove = useMutation({
    mutationFn: () => mutations.removeAccount(account.id),
    onSuccess: () => {
      onDone();
      router.push("/app/accounts");
      queries.dropAccount(client, account.id);
    },
  });
  return (
    <QuestionForm
      mutation={remove}
      submit={t("removeSubmit")}
      danger
      onDone={onDone}
      disabled={asciiDigits(typed.trim()) !== String(account.login)}
    >
      <p className="text-sm">{t("removeText")}</p>
      <TextField
        label={t("removeConfirm", { login: String(account.login) })}
        value={typed}
        dir="ltr"
        inputMode="numeric"
        autoComplete="off"
        onChange={(e) => setTyped(e.target.value)}
      />
    </QuestionForm>
  );
}
