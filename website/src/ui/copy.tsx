"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { Icon } from "./icons";

/** For so long it says that it has copied. */
const SAID_MS = 2_000;

/** A button that copies a text, such as a ticket or a login, to paste it elsewhere. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const t = useTranslations("common");
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SAID_MS);
  };
  return (
    <button
      type="button"
      aria-label={t("copy", { what })}
      title={t("copy", { what })}
      onClick={copy}
      className="inline-flex size-6 items-center justify-center rounded align-middle text-muted hover:bg-sunken hover:text-ink"
    >
      <Icon name={copied ? "done" : "copy"} className="size-3.5" />
      <span role="status" className="sr-only">
        {copied ? t("copied") : ""}
      </span>
    </button>
  );
}
