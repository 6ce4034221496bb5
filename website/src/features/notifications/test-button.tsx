"use client";

import { useMutation } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as mutations from "@/api/mutations";
import { Button } from "@/ui/button";
import { Failure } from "@/ui/states";

interface TestButtonProps {
  readonly channel: "email" | "webhook";
  readonly webhook?: string;
}

/** Has a message sent that says it is a test. */
export function TestButton({ channel, webhook }: TestButtonProps) {
  const t = useTranslations("notifications");
  const test = useMutation({ mutationFn: () => mutations.testNotification(channel, webhook ?? null) });
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Button size="small" busy={test.isPending} onClick={() => test.mutate()}>
        {t("test")}
      </Button>
      {test.isSuccess ? (
        <span role="status" className="text-sm text-muted">
          {t("tested")}
        </span>
      ) : null}
      {test.error ? <Failure error={test.error} /> : null}
    </span>
  );
}
