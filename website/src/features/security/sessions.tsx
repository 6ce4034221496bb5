"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as mutations from "@/api/mutations";
import * as queries from "@/api/queries";
import { Age } from "@/ui/age";
import { Button } from "@/ui/button";
import { Failure, Skeleton } from "@/ui/states";

/** The person's sessions, with a button to end each. */
export function SessionList() {
  const t = useTranslations("sessions");
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(queries.sessions());
  const end = useMutation({
    mutationFn: mutations.endSession,
    onSuccess: () => queries.refresh(client, "session"),
  });
  if (error) return <Failure error={error} onRetry={refetch} />;
  if (!data) return <Skeleton className="h-16" />;
  return (
    <div className="grid gap-3">
      {end.error ? <Failure error={end.error} /> : null}
      <ul className="divide-y divide-line">
        {data.map((session) => (
          <li
            key={session.id}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2.5 text-sm first:pt-0 last:pb-0"
          >
            <span className="min-w-0">
              <span className="block font-medium">
                {session.current ? t("this") : (session.user_agent ?? t("unknown"))}
              </span>
              <span className="text-muted">
                {t("seen")} <Age at={session.last_seen_at} ago />
                {session.ip ? <bdi className="num"> · {session.ip}</bdi> : null}
              </span>
            </span>
            {session.current ? null : (
              <Button
                size="small"
                busy={end.isPending && end.variables === session.id}
                onClick={() => end.mutate(session.id)}
              >
                {t("end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
