"use client";

import { useLocale, useTranslations } from "next-intl";
import { type FormEvent, useState } from "react";
import { useZone } from "@/lib/zone";
import { Button } from "@/ui/button";
import { SelectField, TextField } from "@/ui/field";
import type { Change, Settings } from "./panels";

interface TimesProps {
  readonly settings: Settings;
  readonly busy: boolean;
  readonly onChange: (change: Change) => void;
}

const DIGESTS = [0, 5, 15, 60, 240] as const;

/** Quiet hours and the digest. Saving also takes over the zone of this browser and the language of this page. */
export function Times({ settings, busy, onChange }: TimesProps) {
  const t = useTranslations("notifications");
  const zone = useZone();
  const locale = useLocale();
  const [from, setFrom] = useState(settings.quiet_from ?? "");
  const [to, setTo] = useState(settings.quiet_to ?? "");
  const [digest, setDigest] = useState(settings.digest_minutes);
  const send = (event: FormEvent) => {
    event.preventDefault();
    onChange({
      quiet_from: from || null,
      quiet_to: to || null,
      digest_minutes: digest,
      zone,
      language: locale === "ar" ? "ar" : "en",
    });
  };
  const choices = DIGESTS.some((minutes) => minutes === settings.digest_minutes)
    ? DIGESTS
    : [...DIGESTS, settings.digest_minutes];
  return (
    <form onSubmit={send} className="grid gap-4 text-sm">
      <p className="text-muted">{t("quietLead", { zone })}</p>
      <div className="grid gap-4 sm:grid-cols-3">
        <TextField label={t("quietFrom")} type="time" value={from} onChange={(event) => setFrom(event.target.value)} />
        <TextField label={t("quietTo")} type="time" value={to} onChange={(event) => setTo(event.target.value)} />
        <SelectField label={t("digest")} value={digest} onChange={(event) => setDigest(Number(event.target.value))}>
          {choices.map((minutes) => (
            <option key={minutes} value={minutes}>
              {t("digestOf", { minutes })}
            </option>
          ))}
        </SelectField>
      </div>
      <Button type="submit" size="small" className="w-fit" busy={busy}>
        {t("save")}
      </Button>
    </form>
  );
}
