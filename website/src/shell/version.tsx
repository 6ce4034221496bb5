import { version } from "../../package.json";

/** The service's version. Only for pages that the server renders: a browser would be sent the whole package.json. */
export function Version() {
  return <bdi className="num text-xs text-muted">Lockstep {version}</bdi>;
}
