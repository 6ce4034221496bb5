"use client";

import { useTranslations } from "next-intl";
import { Button } from "./button";

interface MoreProps {
  readonly query: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
}

/** The next page of a list, where there is one. */
export function More({ query }: MoreProps) {
  const t = useTranslations("common");
  if (!query.hasNextPage) return null;
  return (
    <Button className="justify-self-center" busy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
      {t("more")}
    </Button>
  );
}
