"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Account } from "@/api/client";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { MODES } from "@/features/copiers/modes";
import { Dialog } from "@/ui/dialog";
import { QuestionForm } from "@/ui/question";
import { Segmented } from "@/ui/segmented";

/** The account's own mode, which limits copying from it and to it. The stricter of this and the copier's mode applies. */
export function AccountMode({ account }: { readonly account: Account }) {
  const t = useTranslations("accountMode");
  const modes = useTranslations("modes");
  const client = useQueryClient();
  const [wanted, setWanted] = useState<Account["mode"] | null>(null);
  const close = () => setWanted(null);
  const change = useMutation({
    mutationFn: () => mutations.changeAccount(account.id, { mode: wanted }),
    onSuccess: (after) => {
      queries.putAccount(client, after);
      close();
    },
  });
  return (
    <>
      <Segmented
        legend={t("label")}
        value={account.mode}
        onChange={setWanted}
        options={MODES.map((mode) => ({ value: mode, label: modes(`${mode}.name`), help: t(`${mode}.help`) }))}
      />
      <Dialog open={wanted !== null} title={wanted ? t(`${wanted}.ask`, { label: account.label }) : ""} onClose={close}>
        <QuestionForm mutation={change} submit={wanted ? modes(`${wanted}.yes`) : ""} onDone={close}>
          <p className="text-sm">{wanted ? t(`${wanted}.means`) : ""}</p>
        </QuestionForm>
      </Dialog>
    </>
  );
}
