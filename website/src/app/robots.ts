import type { MetadataRoute } from "next";
import { env } from "@/server/env";

export const dynamic = "force-dynamic";

/** What search engines may read: the public pages, nothing that needs a sign-in. */
export default function robots(): MetadataRoute.Robots {
  return {
    rules: {
      userAgent: "*",
      allow: "/",
      disallow: ["/api/", "/app/", "/staff/", "/second-factor", "/confirm", "/reset"],
    },
    sitemap: new URL("/sitemap.xml", env().LOCKSTEP_SITE_URL).href,
  };
}
