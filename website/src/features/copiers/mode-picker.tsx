"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Copier } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { Dialog } from "@/ui/dialog";
import { QuestionForm } from "@/ui/question";
import { Segmented } from "@/ui/segmented";
import { MODES } from "./modes";
import type { JsonObject } from "./schema";
import { SizingSentence } from "./sentence";

/** The copier's mode. A question that says what a change means for money confirms it. */
export function ModePicker({ copier }: { readonly copier: Copier }) {
  const t = useTranslations("modes");
  const client = useQueryClient();
  const [wanted, setWanted] = useState<Copier["mode"] | null>(null);
  const { data: accounts = [] } = useQuery(queries.accounts());
  const slave = accounts.find((account) => account.id === copier.slave_id);
  const change = useMutation({
    mutationFn: () => mutations.setMode(copier.id, wanted),
    onSuccess: (after) => {
      queries.putCopier(client, after);
      setWanted(null);
    },
  });
  const options = MODES.map((mode) => ({ value: mode, label: t(`${mode}.name`), help: t(`${mode}.help`) }));
  return (
    <>
      <Segmented legend={t("label")} value={copier.mode} options={options} onChange={setWanted} />
      <Dialog open={wanted !== null} title={wanted ? t(`${wanted}.ask`) : ""} onClose={() => setWanted(null)}>
        <QuestionForm mutation={change} submit={wanted ? t(`${wanted}.yes`) : ""} onDone={() => setWanted(null)}>
          <div className="grid gap-2 text-sm">
            <p>{wanted ? t(`${wanted}.means`, { slave: slave?.label ?? "…" }) : ""}</p>
            {wanted === "on" ? (
              <p className="font-medium">
                <SizingSentence settings={copier.settings as JsonObject} />
              </p>
            ) : null}
            {wanted === "on" && slave?.environment === "live" ? <p>{t("live")}</p> : null}
          </div>
        </QuestionForm>
      </Dialog>
    </>
  );
}
