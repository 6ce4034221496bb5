import { z } from "zod";

const VIEWS = z.array(z.object({ name: z.string().min(1).max(64), query: z.string().max(2000) })).max(50);

/** A named view of a list: the search parameters of its address. */
export type SavedView = z.infer<typeof VIEWS>[number];

/** The views that a browser stored; none if somebody has changed the text. */
export function readViews(kept: string | null): readonly SavedView[] {
  try {
    return VIEWS.parse(JSON.parse(kept ?? "[]"));
  } catch {
    return [];
  }
}

/** The views with this one, which replaces another with its name. */
export const withView = (views: readonly SavedView[], view: SavedView): readonly SavedView[] =>
  [...views.filter(({ name }) => name !== view.name), view].toSorted((a, b) => a.name.localeCompare(b.name));
