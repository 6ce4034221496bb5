import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";
import type { TypedProxy } from "./proxy";

const OFFERED = "offered:";

/** The prefix of a proxy's value in the list of choices. */
export const choiceOf = ({ type, name }: TypedProxy): string => (type === "offered" ? OFFERED + name : type);

/** The fields that a choice from that list changes. */
export const chosenProxy = (choice: string): Pick<TypedProxy, "type" | "name"> =>
  choice.startsWith(OFFERED)
    ? { type: "offered", name: choice.slice(OFFERED.length) }
    : { type: choice as TypedProxy["type"], name: "" };

/** The names to choose from: the offered ones, and the account's present one even if it is no longer offered. */
export const namesToChoose = (offered: readonly string[], kept: string): readonly string[] =>
  kept === "" || offered.includes(kept) ? offered : [...offered, kept];

/** The service's own proxies, as options of a list. Nothing if it offers none. */
export function OfferedProxies({ kept }: { readonly kept: string }) {
  const t = useTranslations("proxy");
  const { data: offered = [] } = useQuery(queries.offeredProxies());
  const names = namesToChoose(offered, kept);
  return names.length === 0 ? null : (
    <optgroup label={t("offered")}>
      {names.map((name) => (
        <option key={name} value={OFFERED + name}>
          {name}
        </option>
      ))}
    </optgroup>
  );
}
