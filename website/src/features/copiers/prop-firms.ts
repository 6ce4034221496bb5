import profiles from "@/generated/prop-firms.json";
import { isObject, type Json, type JsonObject } from "./schema";

export type Profile = (typeof profiles)[number];

/** The prop firm's programme with this name, or nothing. */
export const profileOf = (name: Json | undefined): Profile | undefined =>
  profiles.find((profile) => profile.name === name);

export const hasLimits = (profile: Profile): boolean => Object.keys(profile.rules).length > 0;

/** The settings with a programme's rules. Settings that the programme does not mention stay. */
export function filledBy(profile: Profile, settings: JsonObject): JsonObject {
  const groups = Object.entries(profile.rules as JsonObject).map(([name, rules]) => {
    const own = settings[name];
    return [name, { ...(isObject(own) ? own : {}), ...(rules as JsonObject) }] as const;
  });
  return { ...settings, ...Object.fromEntries(groups) };
}

/** Whether settings have all of a programme's rules. */
export const isFilledBy = (profile: Profile, settings: JsonObject): boolean =>
  JSON.stringify(filledBy(profile, settings)) === JSON.stringify(settings);
