"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Template } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { Age } from "@/ui/age";
import { Button, LinkButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { QuestionForm } from "@/ui/question";
import { type Column, Table } from "@/ui/table";
import type { JsonObject } from "./schema";
import { SizingSentence } from "./sentence";

/** The person's own templates, to use, rename and delete. Renders nothing where there are none. */
export function OwnTemplates() {
  const t = useTranslations("templates");
  const { data = [] } = useQuery(queries.templates());
  // The state is kept here and not in a row: rows are remounted when the window becomes too narrow for the table.
  const [question, ask] = useState<Question | null>(null);
  const columns = useColumns(ask);
  if (data.length === 0) return null;
  return (
    <section className="mt-8 grid gap-2.5">
      <div>
        <h2 className="text-sm font-semibold">{t("yours")}</h2>
        <p className="text-sm text-muted">{t("yoursLead")}</p>
      </div>
      <Table
        caption={t("yours")}
        columns={columns}
        rows={data}
        rowKey={(row) => row.id}
        card={(row) => <Card template={row} ask={ask} />}
      />
      <Questions question={question} onDone={() => ask(null)} />
    </section>
  );
}

interface Question {
  readonly about: "rename" | "delete";
  readonly template: Template;
}
type Ask = (question: Question) => void;

function Questions({ question, onDone }: { readonly question: Question | null; readonly onDone: () => void }) {
  const t = useTranslations("templates");
  const template = question?.template;
  return (
    <>
      <Dialog open={question?.about === "rename"} title={t("renameTitle")} onClose={onDone}>
        {template ? <Rename template={template} onDone={onDone} /> : null}
      </Dialog>
      <Dialog
        open={question?.about === "delete"}
        title={t("deleteTitle", { name: template?.name ?? "" })}
        onClose={onDone}
      >
        {template ? <Delete template={template} onDone={onDone} /> : null}
      </Dialog>
    </>
  );
}

function useColumns(ask: Ask): readonly Column<Template>[] {
  const t = useTranslations("templates");
  return [
    {
      key: "name",
      head: t("name"),
      cell: (row) => <span className="font-medium">{row.name}</span>,
      wraps: true,
      rowHead: true,
    },
    {
      key: "rules",
      head: t("rules"),
      cell: (row) => <SizingSentence settings={row.settings as JsonObject} />,
      wraps: true,
    },
    { key: "changed", head: t("changed"), cell: (row) => <Age at={row.updated_at} ago />, figures: true },
    {
      key: "actions",
      head: <span className="sr-only">{t("actions")}</span>,
      cell: (row) => <TemplateActions template={row} ask={ask} />,
      figures: true,
    },
  ];
}

function Card({ template, ask }: TemplateActionsProps) {
  return (
    <div className="grid gap-2 text-sm">
      <span className="flex justify-between gap-3">
        <span className="min-w-0 font-medium break-words">{template.name}</span>
        <span className="shrink-0 text-muted">
          <Age at={template.updated_at} ago />
        </span>
      </span>
      <span className="text-muted">
        <SizingSentence settings={template.settings as JsonObject} />
      </span>
      <TemplateActions template={template} ask={ask} />
    </div>
  );
}

interface TemplateActionsProps {
  readonly template: Template;
  readonly ask: Ask;
}

function TemplateActions({ template, ask }: TemplateActionsProps) {
  const t = useTranslations("templates");
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      <LinkButton
        size="small"
        href={`/app/copiers/new?template=${template.id}`}
        aria-label={`${t("use")}: ${template.name}`}
      >
        {t("use")}
      </LinkButton>
      <Button
        size="small"
        aria-label={`${t("rename")}: ${template.name}`}
        onClick={() => ask({ about: "rename", template })}
      >
        {t("rename")}
      </Button>
      <Button
        size="small"
        look="danger"
        aria-label={`${t("delete")}: ${template.name}`}
        onClick={() => ask({ about: "delete", template })}
      >
        {t("delete")}
      </Button>
    </span>
  );
}

interface QuestionProps {
  readonly template: Template;
  readonly onDone: () => void;
}

function Rename({ template, onDone }: QuestionProps) {
  const t = useTranslations("templates");
  const done = useDone(onDone);
  const [name, setName] = useState(template.name);
  const rename = useMutation({
    mutationFn: () => mutations.renameTemplate(template.id, name.trim()),
    onSuccess: done,
  });
  return (
    <QuestionForm mutation={rename} submit={t("rename")} onDone={onDone} disabled={!name.trim()}>
      <TextField label={t("name")} value={name} maxLength={64} onChange={(event) => setName(event.target.value)} />
    </QuestionForm>
  );
}

function Delete({ template, onDone }: QuestionProps) {
  const t = useTranslations("templates");
  const done = useDone(onDone);
  const remove = useMutation({
    mutationFn: () => mutations.removeTemplate(template.id),
    onSuccess: done,
  });
  return (
    <QuestionForm mutation={remove} submit={t("delete")} danger onDone={onDone}>
      <p className="text-sm">{t("deleteText")}</p>
    </QuestionForm>
  );
}

function useDone(onDone: () => void): () => void {
  const client = useQueryClient();
  return () => {
    queries.refresh(client, "template");
    onDone();
  };
}
