import { type Api, api, type Copier, type Copy, type Schemas, unwrap } from "./client";

// All changes that the website requests of the API.

/** Rules as the editor holds them. Their type is loose on purpose: the API validates them. */
type Rules = object;
const asSettings = (rules: Rules): Schemas["CopierSettings"] => rules as Schemas["CopierSettings"];

export const addAccount = (body: Schemas["NewAccount"]) => unwrap(api.POST("/v1/accounts", { body }));

export const changeAccount = (account: string, body: Schemas["AccountChange"]) =>
  unwrap(api.PATCH("/v1/accounts/{account}", { params: { path: { account } }, body }));

export const changeCredentials = (account: string, body: Schemas["NewCredentials"]) =>
  unwrap(api.PUT("/v1/accounts/{account}/credentials", { params: { path: { account } }, body }));

export const setProxy = (account: string, body: Schemas["NewProxy"]) =>
  unwrap(api.PUT("/v1/accounts/{account}/proxy", { params: { path: { account } }, body }));

export const setOfferedProxy = (account: string, name: string) =>
  unwrap(api.PUT("/v1/accounts/{account}/offered-proxy", { params: { path: { account } }, body: { name } }));

export const removeProxy = (account: string) =>
  unwrap(api.DELETE("/v1/accounts/{account}/proxy", { params: { path: { account } } }));

export const moveAccount = (account: string, body: Schemas["NewServer"]) =>
  unwrap(api.PUT("/v1/accounts/{account}/server", { params: { path: { account } }, body }));

export const restartAccount = (account: string) =>
  unwrap(api.POST("/v1/accounts/{account}/restart", { params: { path: { account } } }));

export const removeAccount = (account: string) =>
  unwrap(api.DELETE("/v1/accounts/{account}", { params: { path: { account } } }));

export const addCopier = (body: Omit<Schemas["NewCopier"], "settings"> & { readonly settings: Rules }) =>
  unwrap(api.POST("/v1/copiers", { body: { ...body, settings: asSettings(body.settings) } }));

export const setMode = (copier: string, mode: Schemas["CopierResponse"]["mode"] | null) =>
  unwrap(api.PATCH("/v1/copiers/{copier}", { params: { path: { copier } }, body: { mode } }));

/** Replaces the rules of the copier that was read. Refused as `changed_meanwhile` if its version has changed since. */
export const setRules = ({ id: copier, version }: Pick<Copier, "id" | "version">, rules: Rules) =>
  unwrap(
    api.PATCH("/v1/copiers/{copier}", {
      params: { path: { copier } },
      body: { settings: asSettings(rules), version },
    }),
  );

/** What happens to the open copies of a removed copier. */
export type CopiesLeft = "leave" | "close" | "follow";

export const removeCopier = (copier: string, copies: CopiesLeft) =>
  unwrap(api.DELETE("/v1/copiers/{copier}", { params: { path: { copier }, query: { copies } } }));

export const resetGuard = (copier: string, guard: number) =>
  unwrap(api.POST("/v1/copiers/{copier}/guards/{guard}/reset", { params: { path: { copier, guard } } }));

export const addTemplate = (name: string, rules: Rules) =>
  unwrap(api.POST("/v1/templates", { body: { name, settings: asSettings(rules) } }));

export const renameTemplate = (template: string, name: string) =>
  unwrap(api.PATCH("/v1/templates/{template}", { params: { path: { template } }, body: { name } }));

export const replaceTemplate = (template: string, rules: Rules) =>
  unwrap(
    api.PATCH("/v1/templates/{template}", { params: { path: { template } }, body: { settings: asSettings(rules) } }),
  );

export const removeTemplate = (template: string) =>
  unwrap(api.DELETE("/v1/templates/{template}", { params: { path: { template } } }));

// A copy's id exceeds 53 bits: the website keeps it as text, though the generated type is a number.
const linkOf = (copy: Pick<Copy, "link_id">) => ({ params: { path: { link_id: copy.link_id as never } } });

export const copyNow = (copy: Pick<Copy, "link_id">) => unwrap(api.POST("/v1/copies/{link_id}/copy-now", linkOf(copy)));

export const flattenCopy = (copy: Pick<Copy, "link_id">) =>
  unwrap(api.POST("/v1/copies/{link_id}/flatten", linkOf(copy)));

export const flattenCopier = (copier: string) =>
  unwrap(api.POST("/v1/copiers/{copier}/flatten", { params: { path: { copier } } }));

export const flattenAccount = (account: string) =>
  unwrap(api.POST("/v1/accounts/{account}/flatten", { params: { path: { account } } }));

/** Stops the copiers of these accounts, or all of them. */
export const stopCopying = (what: Schemas["StopRequest"]["what"], accounts: string[] | null) =>
  unwrap(api.POST("/v1/stop", { body: { what, account_ids: accounts } }));

export const stopCopiers = (what: Schemas["StopRequest"]["what"], copiers: readonly string[]) =>
  unwrap(api.POST("/v1/stop", { body: { what, copier_ids: [...copiers] } }));

/** Changes many accounts at once, or none. */
export const changeAccounts = (body: Schemas["AccountsChange"]) => unwrap(api.PATCH("/v1/accounts", { body }));

export const setModes = (copiers: readonly string[], mode: Copier["mode"]) =>
  unwrap(api.PATCH("/v1/copiers", { body: { copier_ids: [...copiers], mode } }));

/** Gives many copiers the same rules. */
export const setManyRules = (copiers: readonly string[], rules: Rules) =>
  unwrap(api.PATCH("/v1/copiers", { body: { copier_ids: [...copiers], settings: asSettings(rules) } }));

/** Links a master to many slaves. The response has a result for each. */
export const addCopiers = (body: Omit<Schemas["NewCopiers"], "settings"> & { readonly settings: Rules }) =>
  unwrap(api.POST("/v1/copiers/many", { body: { ...body, settings: asSettings(body.settings) } }));

/** Marks alerts as read; null means all of them. */
export const readAlerts = (ids: string[] | null) => unwrap(api.POST("/v1/alerts/read", { body: { ids } }));

export const removeToken = (token: string) => unwrap(api.DELETE("/v1/tokens/{token}", { params: { path: { token } } }));

export const makeToken = (body: Schemas["NewApiToken"]) => unwrap(api.POST("/v1/tokens", { body }));

export const changeNotifications = (body: Schemas["NotificationChange"]) =>
  unwrap(api.PATCH("/v1/notifications", { body }));

export const testNotification = (channel: Schemas["TestRequest"]["channel"], webhook_id: string | null) =>
  unwrap(api.POST("/v1/notifications/test", { body: { channel, webhook_id } }));

export const addWebhook = (url: string) => unwrap(api.POST("/v1/webhooks", { body: { url } }));

export const replaceWebhookSecret = (webhook: string) =>
  unwrap(api.POST("/v1/webhooks/{webhook}/secret", { params: { path: { webhook } } }));

export const removeWebhook = (webhook: string) =>
  unwrap(api.DELETE("/v1/webhooks/{webhook}", { params: { path: { webhook } } }));

export const sendAgain = (webhook: string, delivery: string) =>
  unwrap(
    api.POST("/v1/webhooks/{webhook}/deliveries/{delivery}/send-again", { params: { path: { webhook, delivery } } }),
  );

export const endSession = (session: string) =>
  unwrap(api.DELETE("/v1/sessions/{session}", { params: { path: { session } } }));

export const beginSecondFactor = () => unwrap(api.POST("/v1/second-factor"));

export const confirmSecondFactor = (code: string) => unwrap(api.POST("/v1/second-factor/confirm", { body: { code } }));

export const verifySecondFactor = (code: string) => unwrap(api.POST("/v1/second-factor/verify", { body: { code } }));

export const makeBackupCodes = (code: string) => unwrap(api.POST("/v1/second-factor/backup-codes", { body: { code } }));

export const removeSecondFactor = (code: string) => unwrap(api.DELETE("/v1/second-factor", { body: { code } }));

/**
 * Permits a session to change its sign-in data. The website's server asks, as that session and in its reader's
 * language.
 */
export const permitChange = (
  as: Api,
  what: Schemas["SignInChange"]["what"],
  code: string | undefined,
  language: string,
) =>
  unwrap(
    as.POST("/v1/sign-in-changes", {
      body: { what, ...(code ? { code } : {}) },
      headers: { "accept-language": language },
    }),
  );

/** Deletes the person with all their data. `confirm` is their e-mail address, typed by themselves. */
export const removeMe = (confirm: string) => unwrap(api.DELETE("/v1/me", { body: { confirm } }));

export const actOnUser = (user: string, body: Schemas["StaffPersonActionRequest"]) =>
  unwrap(api.POST("/v1/staff/users/{user}/actions", { params: { path: { user } }, body }));

export const actOnAccount = (account: string, body: Schemas["StaffActionRequest"]) =>
  unwrap(api.POST("/v1/staff/accounts/{account}/actions", { params: { path: { account } }, body }));

export const supplyCalendar = (body: Schemas["CalendarUploadRequest"]) =>
  unwrap(api.POST("/v1/staff/calendar", { body }));
