import { version } from "../../package.json";

/** Which version of the service this is. For pages that the server draws: a browser would be sent the whole package.json. */
export function Version() {
  return <bdi className="num text-xs text-muted">Lockstep {version}</bdi>;
}
