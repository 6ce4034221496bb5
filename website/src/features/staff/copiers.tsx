"use client";

import { useTranslations } from "next-intl";
import type { Schemas } from "@/api/client";
import { ModeStatus } from "@/features/copiers/mode-status";
import { useSettingName } from "@/features/trades/why";
import { Flow } from "@/ui/flow";
import { Panel } from "@/ui/page";
import { linesOf } from "./rules";

interface StaffCopiersProps {
  readonly copiers: readonly Schemas["CopierResponse"][];
  readonly login: (account: string) => string;
}

/** A customer's copiers with their rules. The links of skipped copies lead here. */
export function StaffCopiers({ copiers, login }: StaffCopiersProps) {
  const t = useTranslations("staff");
  const name = useSettingName();
  if (copiers.length === 0) return null;
  return (
    <Panel title={t("rules")}>
      <ul className="grid gap-5 text-sm">
        {copiers.map((copier) => (
          <li key={copier.id} id={copier.id} className="grid gap-1.5 scroll-mt-20 target:bg-accent-soft">
            <span className="flex flex-wrap justify-between gap-x-4 font-medium">
              <Flow from={login(copier.master_id)} to={login(copier.slave_id)} />
              <ModeStatus mode={copier.mode} />
            </span>
            <dl className="grid gap-1">
              {linesOf(copier.settings).map(({ path, value }) => (
                <div
                  key={path}
                  id={`${copier.id}.${path}`}
                  className="flex flex-wrap justify-between gap-x-4 scroll-mt-20 target:bg-accent-soft"
                >
                  <dt className="text-muted">{name(path)}</dt>
                  <dd className="num break-all">
                    <bdi>{value}</bdi>
                  </dd>
                </div>
              ))}
            </dl>
            <p className="text-muted">{t("defaultRules")}</p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
