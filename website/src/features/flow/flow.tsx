"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Account, Copier } from "@/api/client";
import * as queries from "@/api/queries";
import { TerminalStatus } from "@/features/accounts/status";
import { ModeStatus } from "@/features/copiers/mode-status";
import { useLive } from "@/features/live/use-live";
import { CopierStanding } from "@/features/readiness/copier-standing";
import type { Tone } from "@/lib/account-state";
import { lots } from "@/lib/numbers";
import { cx } from "@/ui/cx";
import { Flow } from "@/ui/flow";
import { Link } from "@/ui/link";
import { Name } from "@/ui/name";
import { useWide } from "@/ui/screen";
import { Empty, Failure, SkeletonRows } from "@/ui/states";
import { curve, type Edge, layoutOf, type Place, ROW } from "./layout";
import { openLots, toneOfCopier } from "./standing";

/** Which account is copied to which, and whether it works: lines between accounts, or a list on phones. */
export function CopyFlow() {
  const t = useTranslations("flow");
  const accounts = useQuery(queries.accounts());
  const copiers = useQuery(queries.copiers());
  const wide = useWide();
  const error = accounts.error ?? copiers.error;
  if (error) return <Failure error={error} onRetry={error === accounts.error ? accounts.refetch : copiers.refetch} />;
  if (!accounts.data || !copiers.data) return <SkeletonRows rows={6} />;
  if (copiers.data.length === 0) return <Empty title={t("emptyTitle")}>{t("emptyText")}</Empty>;
  return (
    <div className="grid gap-4">
      <Legend />
      {wide ? (
        <Picture copiers={copiers.data} accounts={accounts.data} />
      ) : (
        <List copiers={copiers.data} accounts={accounts.data} />
      )}
    </div>
  );
}

const STROKES: Record<Tone, string> = {
  good: "stroke-good-dot",
  busy: "stroke-accent",
  soon: "stroke-soon-dot",
  now: "stroke-bad-fill",
  idle: "stroke-edge",
};
const DOTS: Record<Tone, string> = {
  good: "bg-good-dot",
  busy: "bg-accent",
  soon: "bg-soon-dot",
  now: "bg-bad-fill",
  idle: "bg-edge",
};
const TONES = ["good", "busy", "soon", "now", "idle"] as const;

function Legend() {
  const t = useTranslations("flow.tones");
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm text-muted">
      {TONES.map((tone) => (
        <li key={tone} className="flex items-center gap-2">
          <span aria-hidden="true" className={cx("h-1 w-5 rounded", DOTS[tone])} />
          {t(tone)}
        </li>
      ))}
    </ul>
  );
}

interface FlowProps {
  readonly copiers: readonly Copier[];
  readonly accounts: readonly Account[];
}

function Picture({ copiers, accounts }: FlowProps) {
  const t = useTranslations("accounts");
  const { masters, slaves, edges, height } = layoutOf(copiers, accounts);
  const name = (id: string) => accounts.find((account) => account.id === id)?.label ?? "…";
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(10rem,1fr)_minmax(0,1fr)]">
      <Side title={t("roles.master")} places={masters} />
      <svg
        viewBox={`0 0 100 ${height}`}
        preserveAspectRatio="none"
        className="mt-7 w-full rtl:-scale-x-100"
        style={{ height }}
        fill="none"
      >
        <title>{t("copiers")}</title>
        {edges.map((edge) => (
          <Line key={edge.copier.id} edge={edge} from={name(edge.copier.master_id)} to={name(edge.copier.slave_id)} />
        ))}
      </svg>
      <Side title={t("roles.slave")} places={slaves} of={copiers} />
    </div>
  );
}

interface LineProps {
  readonly edge: Edge;
  readonly from: string;
  readonly to: string;
}

function Line({ edge, from, to }: LineProps) {
  const t = useTranslations("flow");
  const { data: readiness } = useQuery(queries.readiness());
  const { data: live } = useLive();
  const found = readiness?.copiers.find((one) => one.copier_id === edge.copier.id);
  const tone = toneOfCopier(edge.copier, found);
  const open = live ? openLots(live, edge.copier.id) : 0;
  const label = t("line", { from, to, tone: t(`tones.${tone}`), lots: lots(String(open)) });
  return (
    <Link href={`/app/copiers/${edge.copier.id}`} aria-label={label}>
      <title>{label}</title>
      {/* A wide line that cannot be seen is easier to hit. */}
      <path d={curve(edge)} className="stroke-transparent" strokeWidth="14" vectorEffect="non-scaling-stroke" />
      <path
        d={curve(edge)}
        className={STROKES[tone]}
        strokeWidth={open > 0 ? 3.5 : 2}
        strokeDasharray={tone === "idle" ? "4 5" : undefined}
        vectorEffect="non-scaling-stroke"
      />
    </Link>
  );
}

interface SideProps {
  readonly title: string;
  readonly places: readonly Place[];
  /** For slaves: the copiers whose open lots and headroom are shown. */
  readonly of?: readonly Copier[];
}

function Side({ title, places, of }: SideProps) {
  return (
    <section className="min-w-0">
      <h2 className="h-7 text-sm font-semibold">{title}</h2>
      <ul>
        {places.map(({ account }) => (
          <li key={account.id} style={{ height: ROW }} className="pb-3">
            <Link
              href={`/app/accounts/${account.id}`}
              className="grid h-full content-center gap-0.5 rounded-lg border border-line bg-surface px-3 hover:bg-sunken"
            >
              <span className="flex items-baseline justify-between gap-3 text-sm font-medium">
                <Name>{account.label}</Name>
                {of ? <Open copiers={of.filter((copier) => copier.slave_id === account.id)} /> : null}
              </span>
              <span className="flex items-baseline justify-between gap-3">
                <TerminalStatus account={account} />
                {of ? <Room slave={account.id} /> : null}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Open({ copiers }: { readonly copiers: readonly Copier[] }) {
  const t = useTranslations("flow");
  const { data: live } = useLive();
  if (!live) return null;
  const sum = copiers.reduce((before, copier) => before + openLots(live, copier.id), 0);
  return sum > 0 ? (
    <span className="num text-muted">{t("open", { lots: lots(String(Number(sum.toFixed(8)))) })}</span>
  ) : null;
}

/** The used share of the guard that is nearest to its limit. */
function Room({ slave }: { readonly slave: string }) {
  const t = useTranslations("flow");
  const { data: guards = [] } = useQuery(queries.headroom());
  const nearest = guards.find((guard) => guard.slave_id === slave && guard.used !== null);
  if (!nearest) return null;
  return <span className="num text-xs text-muted">{t("used", { used: Math.round((nearest.used ?? 0) * 100) })}</span>;
}

function List({ copiers, accounts }: FlowProps) {
  const t = useTranslations("flow");
  const { edges } = layoutOf(copiers, accounts);
  const name = (id: string) => accounts.find((account) => account.id === id)?.label ?? "…";
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {edges.map(({ copier }) => (
        <li key={copier.id} className="grid gap-1 px-4 py-3 text-sm">
          <span className="flex justify-between gap-3">
            <Link href={`/app/copiers/${copier.id}`} className="font-medium">
              <Flow from={name(copier.master_id)} to={name(copier.slave_id)} />
            </Link>
            <Open copiers={[copier]} />
          </span>
          <span className="flex flex-wrap items-baseline gap-x-2 text-muted">
            {t("chosen")} <ModeStatus mode={copier.mode} />
          </span>
          <span className="flex flex-wrap items-baseline gap-x-2 text-muted">
            {t("really")} <CopierStanding copier={copier} />
          </span>
        </li>
      ))}
    </ul>
  );
}
