"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import * as queries from "@/api/queries";
import { SERVER_CHARACTERS } from "@/lib/text-limits";
import { Instant } from "@/ui/age";
import { TextField } from "@/ui/field";
import { useSettled } from "@/ui/settled";
import { Note } from "@/ui/states";
import { looksDemo, type NewAccount } from "./schema";
import { toldOf } from "./server-check";

interface ServerFieldProps {
  readonly typed: Pick<NewAccount, "server" | "platform" | "environment">;
  readonly error: string | null;
  readonly set: (change: Partial<Pick<NewAccount, "server" | "environment">>) => void;
}

/** A server's name, with suggestions while it is typed, and what is known of it before anybody logs in there. */
export function ServerField({ typed, error, set }: ServerFieldProps) {
  const t = useTranslations("addAccount");
  const settled = useSettled(typed.server);
  const { data: known = [] } = useQuery(queries.servers(typed.platform, settled));
  const listed = (server: string) => known.find((each) => each.server.toLowerCase() === server.trim().toLowerCase());
  const change = (server: string) => {
    const environment = listed(server)?.environment ?? guessed(server, typed.server);
    set(environment ? { server, environment } : { server });
  };
  return (
    <div className="grid gap-2">
      <TextField
        label={t("server")}
        help={t("serverHelp")}
        value={typed.server}
        onChange={(e) => change(e.target.value)}
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
      <KnownOfServer platform={typed.platform} server={settled} environment={typed.environment} />
    </div>
  );
}

/** The kind that a name tells, as long as what was typed before did not tell one. */
const guessed = (server: string, before: string): NewAccount["environment"] | null => {
  if (!server || /demo|live|real/i.test(before)) return null;
  return looksDemo(server) ? "demo" : "live";
};

interface KnownProps {
  readonly platform: NewAccount["platform"];
  readonly server: string;
  readonly environment: NewAccount["environment"];
}

function KnownOfServer({ platform, server, environment }: KnownProps) {
  const t = useTranslations("addAccount.check");
  const asked = server.length > SERVER_CHARACTERS ? "" : server;
  const { data } = useQuery(queries.serverCheck(platform, asked));
  const words = data ? toldOf(data, environment) : null;
  if (!data?.known || words === null) return null;
  return (
    <Note tone={words === "known" ? "plain" : "soon"}>
      <span aria-live="polite">
        {t(words, { brand: data.known.brand ?? data.known.server })}
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
