import "server-only";
import type { JsonSchema } from "@/features/copiers/schema";
import { env } from "./env";

/** The schema of a copier's settings as the running API documents it, with its definitions. */
export async function settingsSchema(): Promise<JsonSchema> {
  const url = `${env().LOCKSTEP_API_URL.replace(/\/$/, "")}/openapi.json`;
  const document = (await (await fetch(url, { next: { revalidate: 60 } })).json()) as Document;
  const all = document.components.schemas;
  const name = ["CopierSettings", "CopierSettings-Input"].find((known) => known in all);
  if (!name) throw new Error("The API does not document the settings of a copier.");
  return { ...all[name], components: { schemas: all } };
}

interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}
