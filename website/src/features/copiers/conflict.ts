/** Finds conflicts between two people's, or two windows', changes of the same rules. Pure. */
import { isObject, type Json, type JsonObject, same, valueAt, withValue } from "./schema";

/** A rule that was changed elsewhere, or both elsewhere and here. */
export interface Difference {
  readonly path: string;
  readonly mine: Json | undefined;
  readonly theirs: Json | undefined;
  /** Both sides changed it, to different values. */
  readonly clash: boolean;
}

/** The rules that were changed elsewhere since a draft began, each with the draft's value. */
export function differences(base: JsonObject, mine: JsonObject, theirs: JsonObject): readonly Difference[] {
  const own = changedPaths(base, mine);
  return changedPaths(base, theirs)
    .map((path) => {
      const both = { path, mine: valueAt(mine, path), theirs: valueAt(theirs, path) };
      return { ...both, clash: !same(both.mine, both.theirs) && own.some((other) => overlap(other, path)) };
    })
    .filter((one) => !same(one.mine, one.theirs));
}

/** The rules as they were saved elsewhere, with the draft's changes on top. */
export function onTop(base: JsonObject, mine: JsonObject, theirs: JsonObject): JsonObject {
  return changedPaths(base, mine).reduce((settings, path) => withValue(settings, path, valueAt(mine, path)), theirs);
}

/** Whether the two paths are equal, or one lies within the other. */
const overlap = (a: string, b: string): boolean => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);

/**
 * The paths of the smallest parts that differ. Rules of different modes have different fields, so they differ as a
 * whole.
 */
function changedPaths(before: Json | undefined, after: Json | undefined, at = ""): readonly string[] {
  if (same(before, after)) return [];
  if (at !== "" && !(isObject(before) && isObject(after) && same(before.mode, after.mode))) return [at];
  const [old, next] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  return names.flatMap((name) => changedPaths(old[name], next[name], at ? `${at}.${name}` : name));
}
