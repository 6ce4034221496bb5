"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import type { Copy, Schemas } from "@/api/client";
import * as queries from "@/api/queries";
import { useSentences } from "@/i18n/sentences";
import { Spinner } from "@/ui/button";
import { Link } from "@/ui/link";

type Request = Schemas["ManualRequestResponse"];

/** Sends a request, and invalidates the list of requests. */
export function useRequest(send: () => Promise<unknown>, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: () => {
      queries.refresh(client, "request");
      onDone();
    },
  });
}

/** The last request about a copy. A list reads the requests once for all its rows. */
export function useLastRequest(): (copy: Copy) => Request | undefined {
  const { data = [] } = useQuery(queries.requests());
  return (copy) => data.find((request) => request.link_id === copy.link_id);
}

/** A request that is pending, done or refused; if refused, with the reason and the setting. */
export function RequestState({ request }: { readonly request: Request }) {
  const t = useTranslations("requests");
  const say = useSentences();
  const what = request.link_id === null ? "all" : request.kind;
  if (request.state === "pending")
    return (
      <span role="status" className="inline-flex items-center gap-1.5 text-muted">
        <Spinner /> {t(`${what}.pending`)}
      </span>
    );
  if (request.state === "done")
    return (
      <span role="status" className="text-muted">
        <span aria-hidden="true">✓</span> {t(`${what}.done`)}
      </span>
    );
  return (
    <span role="status" className="text-soon">
      {say.why(request) ?? t("refused")}{" "}
      {request.setting ? (
        <Link className="underline" href={`/app/copiers/${request.copier_id}#${request.setting}`}>
          {t("toSetting")}
        </Link>
      ) : null}
    </span>
  );
}
