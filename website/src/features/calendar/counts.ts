import type { Schemas } from "@/api/client";

type Counted = Schemas["CalendarTaken"] | Schemas["CalendarUpload"];

/** What became of a file's entries, as the sentence about them wants it. */
export const countsOf = ({ added, changed, removed, unchanged, refused }: Counted) => ({
  added,
  changed,
  removed,
  unchanged,
  refused,
});
