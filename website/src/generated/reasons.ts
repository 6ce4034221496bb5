// Generated from core/src/lockstep_core/resources/reasons.py by `make reasons`; do not edit.

/** The reasons of an account's state that end only when the account's owner acts. */
export const USER_MUST_ACT: ReadonlySet<string> = new Set([
  "CertificateRequired",
  "CredentialsUnreadable",
  "DemoExpired",
  "InvalidCredentials",
  "OtpRequired",
  "PasswordChangeForced",
  "ProxyRefused",
  "ServerNotFound",
  "WrongAccount",
  "WrongEnvironment",
]);

/** The reasons of an account's state that end only when whoever runs the service acts. */
export const SERVICE_MUST_ACT: ReadonlySet<string> = new Set([
  "BadSettings",
  "BridgeNotStarted",
  "MalformedRequest",
  "OfferedProxyUnusable",
  "OutOfMemory",
  "PodRefused",
  "PodStuck",
  "PodUnknown",
  "PodUnschedulable",
  "RouterMissing",
  "RowUnreadable",
  "ServerNotInBundle",
  "TerminalMissing",
  "TerminalOutdated",
  "UnsupportedWine",
]);
