"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";
import { SERVER_CHARACTERS } from "@/lib/text-limits";
import { Instant } from "@/ui/age";
import { TextField } from "@/ui/field";
import { useSettled } from "@/ui/settled";
import { Note } from "@/ui/states";
import { followed, missing } from "./offered";
import type { NewAccount } from "./schema";
import { knownOf } from "./server-check";

type Environment = NewAccount["environment"];

interface ServerFieldProps {
  readonly typed: Pick<NewAccount, "server" | "platform" | "environment">;
  readonly offered: readonly Environment[];
  readonly error: string | null;
  readonly set: (change: Partial<Pick<NewAccount, "server" | "environment">>) => void;
}

/** The server of a new account. Its name may show the kind of account, which is then chosen if it is offered. */
export function ServerField({ typed, offered, error, set }: ServerFieldProps) {
  const t = useTranslations("addAccount");
  const { listed } = useServers(typed.platform, typed.server);
  const change = (server: string) => {
    const environment = followed({ server, before: typed.server }, listed(server), offered);
    set(environment ? { server, environment } : { server });
  };
  const lacking = missing(typed.server, listed(typed.server), offered);
  return (
    <div className="grid gap-2">
      <ServerName {...typed} label={t("server")} help={t("serverHelp")} error={error} onChange={change} />
      {lacking ? (
        <Note tone="soon">
          <span aria-live="polite">{t(`notOffered.${lacking}`)}</span>
        </Note>
      ) : (
        <KnownOfServer {...typed} />
      )}
    </div>
  );
}

interface ServerNameProps extends Known {
  readonly label: string;
  readonly help?: string;
  readonly error: string | null;
  readonly onChange: (server: string) => void;
}

/** A server's name, with suggestions while it is typed. */
export function ServerName({ label, help, platform, server, error, onChange }: ServerNameProps) {
  const { known } = useServers(platform, server);
  return (
    <>
      <TextField
        label={label}
        help={help}
        value={server}
        onChange={(e) => onChange(e.target.value)}
        error={error}
        list="servers"
        autoComplete="off"
        spellCheck={false}
        dir="ltr"
        placeholder="Broker-Demo"
      />
      <datalist id="servers">
        {known.map((each) => (
          <option key={`${each.platform} ${each.server}`} value={each.server} label={each.brand ?? undefined} />
        ))}
      </datalist>
    </>
  );
}

function useServers(platform: NewAccount["platform"], typed: string) {
  const { data: known = [] } = useQuery(queries.servers(platform, useSettled(typed)));
  const listed = (server: string): Environment | undefined =>
    known.find((each) => each.server.toLowerCase() === server.trim().toLowerCase())?.environment;
  return { known, listed };
}

interface Known {
  readonly platform: NewAccount["platform"];
  readonly server: string;
  readonly environment: Environment;
}

/** What is known of a server before a login. The kind of an account that `moves` there cannot change. */
export function KnownOfServer({ platform, server, environment, moves = false }: Known & { readonly moves?: boolean }) {
  const t = useTranslations("addAccount.check");
  const settled = useSettled(server);
  const asked = settled.length > SERVER_CHARACTERS ? "" : settled;
  const { data } = useQuery(queries.serverCheck(platform, asked));
  const words = data ? knownOf(data, environment) : null;
  if (!data?.known || words === null) return null;
  const key = moves && (words === "demo" || words === "live") ? (`moves.${words}` as const) : words;
  return (
    <Note tone={words === "known" ? "plain" : "soon"}>
      <span aria-live="polite">
        {t(key, { brand: data.known.brand ?? data.known.server })}
        {words === "maintained" ? (
          <>
            {" "}
            <Instant at={data.maintained_until} />
          </>
        ) : null}
      </span>
    </Note>
  );
}
