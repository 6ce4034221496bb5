"use client";

import { useTranslations } from "next-intl";
import { CopierFilter } from "@/features/copiers/filter";
import { useAddress } from "@/ui/address";
import { buttonClass } from "@/ui/button";
import { SavedViews } from "@/ui/saved-views";
import { useSettled } from "@/ui/settled";
import { STATES, ticketOf, tradeFilterOf } from "./filter";
import { CopyTable } from "./table";

/** All trades with the filters in the address, so that a view can be kept and shared. */
export function TradeBrowser() {
  const filter = tradeFilterOf(useAddress().get);
  // A search for each typed digit of a ticket would be too much.
  const ticket = useSettled(filter.ticket);
  return (
    <div className="grid gap-3">
      <Filters status={filter.status?.[0]} copier={filter.copier_id} ticket={filter.ticket} />
      <CopyTable filter={{ ...filter, ticket }} paged />
    </div>
  );
}

interface FiltersProps {
  readonly status: string | undefined;
  readonly copier: string | undefined;
  readonly ticket: string | undefined;
}

function Filters({ status, copier, ticket }: FiltersProps) {
  const t = useTranslations("trades");
  const states = useTranslations("copyStates");
  const common = useTranslations("common");
  const address = useAddress();
  return (
    <search className="flex flex-wrap gap-2">
      <select
        aria-label={t("state")}
        className="control max-w-44"
        value={status ?? ""}
        onChange={(e) => address.set({ status: e.target.value })}
      >
        <option value="">{t("allStates")}</option>
        {STATES.map((state) => (
          <option key={state} value={state}>
            {states(state)}
          </option>
        ))}
      </select>
      <CopierFilter value={copier ?? ""} onChange={(id) => address.set({ copier: id })} />
      <input
        type="search"
        aria-label={t("ticket")}
        placeholder={t("ticket")}
        className="control num max-w-36"
        inputMode="numeric"
        defaultValue={ticket}
        onChange={(e) => address.set({ ticket: ticketOf(e.target.value) ?? "" })}
      />
      <SavedViews list="trades" />
      <a className={`${buttonClass()} ms-auto`} href={csvAddress(status, copier, ticket)} download>
        {common("csv")}
      </a>
    </search>
  );
}

function csvAddress(status: string | undefined, copier: string | undefined, ticket: string | undefined): string {
  const search = new URLSearchParams();
  if (status) search.set("status", status);
  if (copier) search.set("copier_id", copier);
  if (ticket) search.set("ticket", ticket);
  return `/api/v1/copies.csv?${search}`;
}
