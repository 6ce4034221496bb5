import type { Schemas } from "@/api/client";

type Counted = Schemas["CalendarUploadResponse"] | Schemas["CalendarUpload"];

/** The counts of a file's entries, as the arguments of the message about them. */
export const countsOf = ({ added, changed, removed, unchanged, refused }: Counted) => ({
  added,
  changed,
  removed,
  unchanged,
  refused,
});
