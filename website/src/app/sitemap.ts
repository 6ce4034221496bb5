import type { MetadataRoute } from "next";
import { PAGE_NAMES } from "@/features/site/pages";
import { env } from "@/server/env";

export const dynamic = "force-dynamic";

export default function sitemap(): MetadataRoute.Sitemap {
  return ["", "sign-up", "sign-in", "status", "rules", ...PAGE_NAMES].map((path) => ({
    url: new URL(`/${path}`, env().LOCKSTEP_SITE_URL).href,
  }));
}
