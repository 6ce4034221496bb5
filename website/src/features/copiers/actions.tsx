"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Copier } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { FlattenAll } from "@/features/requests/flatten";
import { useNames } from "@/features/trades/names";
import { Button, LinkButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { flowText } from "@/ui/flow";
import { QuestionForm } from "@/ui/question";
import { Segmented } from "@/ui/segmented";

const CHOICES: readonly mutations.CopiesLeft[] = ["leave", "follow", "close"];

export function CopierActions({ copier }: { readonly copier: Copier }) {
  const name = useNames();
  const label = flowText(name(copier.master_id), name(copier.slave_id));
  const t = useTranslations("copiers");
  const router = useRouter();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [copies, setCopies] = useState<mutations.CopiesLeft>("leave");
  const remove = useMutation({
    mutationFn: () => mutations.removeCopier(copier.id, copies),
    onSuccess: () => {
      setOpen(false);
      router.push("/app/copiers");
      queries.dropCopier(client, copier.id);
    },
  });
  return (
    <>
      <LinkButton size="small" href={`/app/copiers/new?like=${copier.id}`}>
        {t("duplicate")}
      </LinkButton>
      <FlattenAll of={{ copier: copier.id }} label={label} />
      <Button size="small" look="danger" onClick={() => setOpen(true)}>
        {t("remove")}
      </Button>
      <Dialog open={isOpen} title={t("removeTitle")} onClose={() => setOpen(false)}>
        <QuestionForm mutation={remove} submit={t("remove")} danger onDone={() => setOpen(false)}>
          <div className="grid gap-3 text-sm">
            <p>{t("removeText")}</p>
            <Segmented
              legend={t("copiesLeft.label")}
              value={copies}
              onChange={setCopies}
              options={CHOICES.map((one) => ({
                value: one,
                label: t(`copiesLeft.${one}.name`),
                help: t(`copiesLeft.${one}.help`),
              }))}
            />
          </div>
        </QuestionForm>
      </Dialog>
    </>
  );
}
