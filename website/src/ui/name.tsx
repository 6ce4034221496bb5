/**
 * A name that people chose, in one line. A long name is cut and shown whole on hover: it must not push figures off
 * the page.
 */
export function Name({ children }: { readonly children: string }) {
  return (
    <bdi title={children} className="inline-block max-w-[18em] truncate align-bottom">
      {children}
    </bdi>
  );
}
