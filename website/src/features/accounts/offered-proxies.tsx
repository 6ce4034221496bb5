import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";
import type { TypedProxy } from "./proxy";

const OFFERED = "offered:";

/** What stands for a proxy in the list to choose from. */
export const choiceOf = ({ type, name }: TypedProxy): string => (type === "offered" ? OFFERED + name : type);

/** What a choice from that list changes. */
export const chosenProxy = (choice: string): Pick<TypedProxy, "type" | "name"> =>
  choice.startsWith(OFFERED)
    ? { type: "offered", name: choice.slice(OFFERED.length) }
    : { type: choice as TypedProxy["type"], name: "" };

/** The names that can be chosen: those that are offered, and the one that an account has although it is offered no more. */
export const namesToChoose = (offered: readonly string[], kept: string): readonly string[] =>
  kept === "" || offered.includes(kept) ? offered : [...offered, kept];

/** The service's own proxies, as options of a list; nothing where it offers none. */
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
