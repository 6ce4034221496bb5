"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import QRCode from "qrcode";
import { type ReactNode, useEffect, useState } from "react";
import type { Schemas } from "@/api/client";
import * as mutations from "@/api/mutations";
import { Problem } from "@/api/problem";
import * as queries from "@/api/queries";
import { asciiDigits } from "@/lib/numbers";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { QuestionForm } from "@/ui/question";
import { Failure, Note, Skeleton } from "@/ui/states";
import { Status } from "@/ui/status";

/** An authenticator app at sign-in: set up, new backup codes, remove. */
export function SecondFactorPanel() {
  const t = useTranslations("secondFactor");
  const { data, error, refetch } = useQuery(queries.secondFactor());
  if (error instanceof Problem && error.status === 501) return <p className="text-sm text-muted">{t("off")}</p>;
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Skeleton className="h-20" />;
  return data.enrolled ? <Enrolled factor={data} /> : <NotEnrolled />;
}

function NotEnrolled() {
  const t = useTranslations("secondFactor");
  const [open, setOpen] = useState(false);
  return (
    <div className="grid gap-3 text-sm">
      <Status tone="soon">{t("none")}</Status>
      <p className="text-muted">{t("why")}</p>
      <Button size="small" className="w-fit" onClick={() => setOpen(true)}>
        {t("setUp")}
      </Button>
      <Dialog open={open} title={t("setUp")} onClose={() => setOpen(false)}>
        <SetUp onDone={() => setOpen(false)} />
      </Dialog>
    </div>
  );
}

function SetUp({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations("secondFactor");
  const client = useQueryClient();
  const [code, setCode] = useState("");
  const begin = useMutation({ mutationFn: mutations.beginSecondFactor });
  const { mutate } = begin;
  useEffect(() => mutate(), [mutate]);
  const confirm = useMutation({ mutationFn: () => mutations.confirmSecondFactor(code) });
  const done = () => {
    client.invalidateQueries();
    onDone();
  };
  if (confirm.data) return <BackupCodes codes={confirm.data.backup_codes} onDone={done} />;
  if (begin.error) return <Failure error={begin.error} />;
  return (
    <QuestionForm mutation={confirm} submit={t("confirm")} onDone={onDone} disabled={!isCode(code)}>
      <p className="text-sm text-muted">{t("scan")}</p>
      {begin.data ? <Secret made={begin.data} /> : <Skeleton className="h-48" />}
      <CodeField value={code} onChange={setCode} />
    </QuestionForm>
  );
}

function Secret({ made }: { readonly made: Schemas["NewSecondFactor"] }) {
  const t = useTranslations("secondFactor");
  const [picture, setPicture] = useState("");
  useEffect(() => {
    QRCode.toDataURL(made.otpauth_uri, { margin: 1, width: 192 }).then(setPicture);
  }, [made.otpauth_uri]);
  return (
    <div className="flex flex-wrap items-center gap-4">
      {picture ? (
        // biome-ignore lint/performance/noImgElement: made in this browser
        <img src={picture} alt={t("picture")} width={160} height={160} className="rounded" />
      ) : (
        <Skeleton className="size-40" />
      )}
      <p className="min-w-0 flex-1 basis-40 text-sm">
        {t("orType")}{" "}
        <code dir="ltr" className="block font-mono text-xs break-all select-all">
          {made.secret}
        </code>
        <CopyButton text={made.secret} what={t("secret")} />
      </p>
    </div>
  );
}

function BackupCodes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  const t = useTranslations("secondFactor");
  return (
    <div className="grid gap-4">
      <p className="text-sm">{t("backup")}</p>
      <ul
        dir="ltr"
        className="grid grid-cols-2 gap-1.5 rounded-md border border-line bg-sunken p-3 font-mono text-sm select-all"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <CopyButton text={codes.join("\n")} what={t("codes")} />
      <Button look="primary" className="w-fit justify-self-end" onClick={onDone}>
        {t("kept")}
      </Button>
    </div>
  );
}

function Enrolled({ factor }: { readonly factor: Schemas["SecondFactor"] }) {
  const t = useTranslations("secondFactor");
  const [question, setQuestion] = useState<"codes" | "remove" | null>(null);
  const close = () => setQuestion(null);
  return (
    <div className="grid gap-3 text-sm">
      <Status tone="good">{t("on")}</Status>
      <p className="text-muted">{t("left", { count: factor.backup_codes_left })}</p>
      <div className="flex flex-wrap gap-2">
        <Button size="small" onClick={() => setQuestion("codes")}>
          {t("newCodes")}
        </Button>
        <Button size="small" look="danger" onClick={() => setQuestion("remove")}>
          {t("remove")}
        </Button>
      </div>
      <Dialog open={question === "codes"} title={t("newCodes")} onClose={close}>
        <NewCodes onDone={close} />
      </Dialog>
      <Dialog open={question === "remove"} title={t("remove")} onClose={close}>
        <Remove onDone={close} />
      </Dialog>
    </div>
  );
}

function NewCodes({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations("secondFactor");
  const client = useQueryClient();
  const [code, setCode] = useState("");
  const make = useMutation({
    mutationFn: () => mutations.makeBackupCodes(code),
    onSuccess: () => queries.refresh(client, "second-factor"),
  });
  if (make.data) return <BackupCodes codes={make.data.backup_codes} onDone={onDone} />;
  return (
    <QuestionForm mutation={make} submit={t("newCodes")} onDone={onDone} disabled={!isCode(code)}>
      <p className="text-sm text-muted">{t("newCodesText")}</p>
      <CodeField value={code} onChange={setCode} />
    </QuestionForm>
  );
}

function Remove({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations("secondFactor");
  const client = useQueryClient();
  const [code, setCode] = useState("");
  const remove = useMutation({
    mutationFn: () => mutations.removeSecondFactor(code),
    onSuccess: () => {
      client.invalidateQueries();
      onDone();
    },
  });
  return (
    <QuestionForm mutation={remove} submit={t("remove")} danger onDone={onDone} disabled={!isCode(code)}>
      <p className="text-sm text-muted">{t("removeText")}</p>
      <CodeField value={code} onChange={setCode} />
    </QuestionForm>
  );
}

const isCode = (code: string): boolean => code.replace(/[\s-]/g, "").length >= 6;

interface CodeFieldProps {
  readonly value: string;
  readonly onChange: (code: string) => void;
  readonly help?: ReactNode;
}

function CodeField({ value, onChange, help }: CodeFieldProps) {
  const t = useTranslations("secondFactor");
  return (
    <TextField
      label={t("code")}
      help={help}
      value={value}
      onChange={(event) => onChange(asciiDigits(event.target.value.trim()))}
      autoComplete="one-time-code"
      inputMode="text"
      dir="ltr"
      spellCheck={false}
      maxLength={32}
    />
  );
}

/** The page between sign-in and everything else, for people with a second factor. */
export function SecondFactorPrompt({ next }: { readonly next: string }) {
  const t = useTranslations("secondFactor");
  const [code, setCode] = useState("");
  const show = useMutation({
    mutationFn: () => mutations.verifySecondFactor(code),
    // The part of the address after # is never sent to the server.
    onSuccess: () => location.assign(next + location.hash),
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (isCode(code)) show.mutate();
      }}
    >
      {show.error ? <Failure error={show.error} /> : null}
      <CodeField value={code} onChange={setCode} help={t("orBackup")} />
      <Button type="submit" look="primary" busy={show.isPending}>
        {t("show")}
      </Button>
      <Note>{t("lost")}</Note>
    </form>
  );
}
