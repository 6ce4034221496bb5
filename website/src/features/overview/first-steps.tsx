"use client";

import { useTranslations } from "next-intl";
import type { Account, Copier } from "@/api/client";
import { LinkButton } from "@/ui/button";
import { cx } from "@/ui/cx";
import { AccountsAtAGlance } from "./accounts";

interface FirstStepsProps {
  readonly accounts: readonly Account[];
  readonly copiers: readonly Copier[];
}

/** The steps left until the first trade is copied. */
export function FirstSteps({ accounts, copiers }: FirstStepsProps) {
  const t = useTranslations("firstSteps");
  const steps = [
    {
      key: "master",
      done: accounts.some((account) => account.role !== "slave"),
      href: "/app/accounts/new?role=master",
    },
    {
      key: "slave",
      done: accounts.length > 1 && accounts.some((account) => account.role !== "master"),
      href: "/app/accounts/new?role=slave",
    },
    { key: "link", done: copiers.length > 0, href: "/app/copiers/new" },
  ];
  const next = steps.findIndex((step) => !step.done);
  return (
    <div className="grid gap-6">
      <section className="rounded-lg border border-line bg-surface">
        <h2 className="border-b border-line px-5 py-3.5 font-semibold">{t("title")}</h2>
        <ol className="divide-y divide-line">
          {steps.map((step, index) => (
            <li
              key={step.key}
              className={cx("flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-4", index > next && "text-muted")}
            >
              <span
                aria-hidden="true"
                className={cx(
                  "num grid size-6 place-content-center rounded-full border text-xs font-semibold",
                  step.done ? "border-good text-good" : "border-edge",
                )}
              >
                {step.done ? "✓" : index + 1}
              </span>
              <span className="min-w-0 flex-1 basis-60">
                <span className="block font-medium">
                  {t(`${step.key}.title`)} {step.done ? <span className="sr-only">{t("done")}</span> : null}
                </span>
                <span className="block text-sm text-muted">{t(`${step.key}.text`)}</span>
              </span>
              {index === next ? (
                <LinkButton look="primary" href={step.href} className="max-sm:ms-10">
                  {t(`${step.key}.action`)}
                </LinkButton>
              ) : null}
            </li>
          ))}
        </ol>
      </section>
      {accounts.length > 0 ? <AccountsAtAGlance accounts={accounts} /> : null}
    </div>
  );
}
