import type { Schemas } from "@/api/client";

export type Action = Schemas["ActivityEntry"] & Partial<Pick<Schemas["StaffActivityEntry"], "actor_email">>;

/** Who acted: an e-mail address for support, else a key of `activity.actors`. For support, no customer is "you". */
export function actorOf(
  action: Pick<Action, "actor" | "actor_email">,
): { readonly email: string } | { readonly key: string } {
  if (action.actor_email) return { email: action.actor_email };
  return { key: action.actor === "you" && action.actor_email !== undefined ? "person" : action.actor };
}
