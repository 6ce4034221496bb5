"use client";

import { useTranslations } from "next-intl";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { nextSort, type Sort, sortOf, sortText } from "@/lib/view";
import { useAddress } from "./address";
import { SavedViews } from "./saved-views";
import type { Column } from "./table";

/** The order in the address, and a column's head that changes it. */
export function useSort(): { readonly sort: Sort | null; readonly sortable: <R>(column: Column<R>) => Column<R> } {
  const address = useAddress();
  const sort = sortOf(address.get("sort"));
  return {
    sort,
    sortable: (column) => ({
      ...column,
      sort: {
        way: sort?.key === column.key ? (sort.descending ? "descending" : "ascending") : "none",
        onSort: () => address.set({ sort: sortText(nextSort(sort, column.key)) }),
      },
    }),
  };
}

interface ListBarProps {
  /** The list that the saved views belong to. */
  readonly list: string;
  readonly search: string;
  readonly children?: ReactNode;
}

/** Above a list: its search, its filters, and a person's saved views. The state of all is in the address. */
export function ListBar({ list, search, children }: ListBarProps) {
  const address = useAddress();
  return (
    <search className="flex flex-wrap items-center gap-2">
      <SearchField label={search} value={address.get("q")} onChange={(q) => address.set({ q })} />
      {children}
      <SavedViews list={list} />
    </search>
  );
}

interface ListCountProps {
  readonly shown: number;
  readonly total: number;
}

/** Below a list: how many rows there are, and how many of them have been read. */
export function ListCount({ shown, total }: ListCountProps) {
  const t = useTranslations("lists");
  return (
    <p role="status" className="num text-sm text-muted">
      {t(shown < total ? "countOf" : "count", { shown, total })}
    </p>
  );
}

/** The API's limit of a search. */
const WORDS = 200;

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A field of an address, which may lag behind what is typed. Another view fills the field again. */
function SearchField({ label, value, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) setTyped(value);
    sent.current = value;
  }, [value]);
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      className="control max-w-64"
      maxLength={WORDS}
      value={typed}
      onChange={(event) => {
        sent.current = event.target.value;
        setTyped(event.target.value);
        onChange(event.target.value);
      }}
    />
  );
}

interface ListFilterProps {
  /** The search parameter. */
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [value: string, label: string])[];
}

/** One choice of a list, or all. */
export function ListFilter({ name, label, options }: ListFilterProps) {
  const t = useTranslations("lists");
  const address = useAddress();
  return (
    <select
      aria-label={label}
      className="control max-w-48"
      value={address.get(name)}
      onChange={(event) => address.set({ [name]: event.target.value })}
    >
      <option value="">{t("any", { label })}</option>
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}
