import { type RefObject, useEffect } from "react";

/** Moves the focus to the first faulty field below an element, whenever the errors of a submission arrive. */
export function useFirstError(ref: RefObject<HTMLElement | null>, errors: object): void {
  useEffect(() => {
    if (Object.keys(errors).length > 0) focusFirstError(ref.current);
  }, [ref, errors]);
}

/** The first field below an element that is marked as faulty gets the focus. */
export const focusFirstError = (within: ParentNode | null): void =>
  within?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
