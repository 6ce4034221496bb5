"use server";

import { redirect } from "next/navigation";
import { getLocale } from "next-intl/server";
import { apiFor } from "@/server/api";
import { env } from "@/server/env";
import { forgetRecovery, needsPresentPassword, rememberRecovery } from "@/server/recovery";
import { forgetMail, type RequestedMail, rememberMail, requestedMail } from "@/server/requested-mail";
import { accessToken, requirePerson } from "@/server/session";
import { stranger, supabase } from "@/server/supabase";
import { isEmailChange, isRecovery, type MailLink, mailLink } from "./link";
import { askPermission, type Changed, type Refused } from "./permission";
import { changeEmail, changeEmailProblem, forgot, reset, safeNext, signIn, signUp } from "./schema";

/**
 * What a form shows after it was sent: a key of the messages, and the e-mail address so that it need not be typed
 * again.
 */
export interface FormState {
  readonly error: string | null;
  readonly email: string;
  /** The error in the API's own words, which replace the message. */
  readonly detail?: string | null;
  /** A code was accepted already. It is not asked for again when another password is chosen. */
  readonly permitted?: boolean;
}

/** The outcome of requesting a mail again. */
interface SentState {
  readonly sent: boolean;
  readonly error: string | null;
}

const KNOWN = new Set([
  "invalid_credentials",
  "user_already_exists",
  "email_exists",
  "weak_password",
  "over_request_rate_limit",
  "over_email_send_rate_limit",
  "email_not_confirmed",
  "same_password",
  "session_expired",
]);

interface Refusal {
  readonly code?: string | undefined;
  readonly status?: number | undefined;
}

const keyOf = (error: Refusal): string => (error.code && KNOWN.has(error.code) ? error.code : "unavailable");
const typed = (form: FormData): string => String(form.get("email") ?? "").slice(0, 254);
const failed = (form: FormData, error: string): FormState => ({ error, email: typed(form) });

export async function signInAction(_: FormState, form: FormData): Promise<FormState> {
  const read = signIn.safeParse(Object.fromEntries(form));
  if (!read.success) return failed(form, "invalid_credentials");
  const { email, password, next } = read.data;
  const { error } = await (await supabase()).auth.signInWithPassword({ email, password });
  if (error?.code === "email_not_confirmed") await rememberMail({ email, kind: "signup" });
  if (error) return failed(form, keyOf(error));
  redirect(safeNext(next));
}

export async function signUpAction(_: FormState, form: FormData): Promise<FormState> {
  const read = signUp.safeParse(Object.fromEntries(form));
  if (!read.success) return failed(form, read.error.issues[0]?.path[0] === "email" ? "invalid_email" : "weak_password");
  const options = { emailRedirectTo: `${env().LOCKSTEP_SITE_URL}/confirm` };
  const { data, error } = await (await supabase()).auth.signUp({ ...read.data, options });
  // The rate limit means that a mail was sent to this address a moment ago, so the sign-up goes on.
  const mailed = error?.code === "over_email_send_rate_limit";
  if (error && !mailed) return failed(form, keyOf(error));
  if (data.session) redirect("/app");
  await rememberMail({ email: read.data.email, kind: "signup" });
  redirect("/check-mail");
}

export async function forgotAction(_: FormState, form: FormData): Promise<FormState> {
  const read = forgot.safeParse(Object.fromEntries(form));
  if (!read.success) return failed(form, "invalid_email");
  const error = await sendLink({ email: read.data.email, kind: "recovery" });
  if (isAway(error)) return failed(form, "unavailable");
  redirect("/check-mail");
}

/** Resends the mail that this browser requested last. */
export async function sendAgainAction(): Promise<SentState> {
  const mail = await requestedMail();
  if (!mail) redirect("/sign-in");
  const error = await sendLink(mail);
  if (isAway(error)) return { sent: false, error: "unavailable" };
  return error?.code === "over_email_send_rate_limit"
    ? { sent: false, error: error.code }
    : { sent: true, error: null };
}

/** Sends a new confirmation to a typed address. */
export async function confirmAgainAction(_: FormState, form: FormData): Promise<FormState> {
  const read = forgot.safeParse(Object.fromEntries(form));
  if (!read.success) return failed(form, "invalid_email");
  const error = await sendLink({ email: read.data.email, kind: "signup" });
  if (isAway(error)) return failed(form, "unavailable");
  redirect("/check-mail");
}

// A response must not reveal whether an address is registered, so only an outage is reported.
const isAway = (error: Refusal | null): boolean => error !== null && (error.status ?? 500) >= 500;

async function sendLink(mail: RequestedMail): Promise<Refusal | null> {
  await rememberMail(mail);
  const { auth } = await supabase();
  const to = `${env().LOCKSTEP_SITE_URL}/confirm`;
  const { error } =
    mail.kind === "signup"
      ? await auth.resend({ type: "signup", email: mail.email, options: { emailRedirectTo: to } })
      : await auth.resetPasswordForEmail(mail.email, { redirectTo: `${to}?next=/reset` });
  return error;
}

/** Turns the link in a mail into a session. */
export async function confirmAction(_: FormState, form: FormData): Promise<FormState> {
  const link = mailLink(Object.fromEntries(form));
  if (!link) redirect("/link-ended");
  const { error, signedIn, user } = await redeem(link);
  if (isAway(error)) return failed(form, "unavailable");
  if (error) redirect(isRecovery(link) ? "/link-ended?type=recovery" : "/link-ended");
  await forgetMail();
  // Of the two links for a change of the address, the one that is opened first begins no session.
  if (isEmailChange(link) && !signedIn) redirect("/other-link");
  if (isRecovery(link) && user) await rememberRecovery(user);
  redirect(isRecovery(link) ? "/reset" : safeNext(link.next));
}

interface Redeemed {
  readonly error: Refusal | null;
  readonly signedIn: boolean;
  readonly user: string | undefined;
}

async function redeem(link: MailLink): Promise<Redeemed> {
  const { auth } = await supabase();
  const { data, error } =
    "code" in link
      ? await auth.exchangeCodeForSession(link.code)
      : await auth.verifyOtp({ token_hash: link.token_hash, type: link.type });
  return { error, signedIn: Boolean(data.session), user: data.user?.id };
}

export async function resetAction(before: FormState, form: FormData): Promise<FormState> {
  const read = reset.safeParse(Object.fromEntries(form));
  if (!read.success) return { ...failed(form, "weak_password"), permitted: before.permitted === true };
  if (await needsPresentPassword()) {
    const { email } = await requirePerson();
    const wrong = read.data.present ? await passwordProblem(email, read.data.present) : "wrong_password";
    if (wrong) return failed(form, wrong);
  }
  const refused = before.permitted ? null : await permission("password", read.data.code);
  if (refused) return { ...failed(form, refused.code), detail: refused.detail };
  const { auth } = await supabase();
  const { error } = await auth.updateUser({ password: read.data.password });
  // The database refuses with status 500 if the permission has expired meanwhile. Then a code is asked for again.
  if (error) return { ...failed(form, resetError(error)), permitted: !isAway(error) };
  await forgetRecovery();
  // The database has ended all other sessions, because somebody else may have known the old password.
  redirect("/app");
}

/** Requests another address. It counts once the links in both mails have been opened. */
export async function changeEmailAction(before: FormState, form: FormData): Promise<FormState> {
  const { email: present } = await requirePerson();
  const permitted = before.permitted === true;
  const read = changeEmail.safeParse(Object.fromEntries(form));
  if (!read.success) return { ...failed(form, changeEmailProblem(read.error)), permitted };
  const { email, password, code } = read.data;
  const wrong = email.toLowerCase() === present.toLowerCase() ? "same_email" : await passwordProblem(present, password);
  if (wrong) return { ...failed(form, wrong), permitted };
  const refused = permitted ? null : await permission("email", code);
  if (refused?.code === "session_expired") redirect("/sign-in");
  if (refused) return { ...failed(form, refused.code), detail: refused.detail };
  const { error } = await (await supabase()).auth.updateUser({ email });
  if (error && resetError(error) === "session_expired") redirect("/sign-in");
  // As with a password, the database refuses with status 500 if a code is needed again.
  if (error) return { ...failed(form, changeEmailError(error)), permitted: !isAway(error) };
  redirect("/app/settings/email?sent=yes");
}

/** Checks whether this is the signed-in person's password: null, or why not as a key of the messages. */
export async function checkPasswordAction(password: string): Promise<string | null> {
  const { email } = await requirePerson();
  return passwordProblem(email, password.slice(0, 1024));
}

/** Lets this session delete the person, after a code of the second factor. */
export async function permitDeletionAction(code: string): Promise<Refused | null> {
  return permission("deletion", code.slice(0, 32));
}

/**
 * Why a password is not the person's, as a key of the messages. The session that this check begins is ended at once.
 */
async function passwordProblem(email: string, password: string): Promise<string | null> {
  const { auth } = stranger();
  const { error } = await auth.signInWithPassword({ email, password });
  if (error) return error.code === "invalid_credentials" ? "wrong_password" : keyOf(error);
  await auth.signOut({ scope: "local" });
  return null;
}

async function permission(what: Changed, code: string | undefined): Promise<Refused | null> {
  const token = await accessToken();
  if (!token) return { code: "session_expired", detail: null };
  return askPermission(apiFor(token), what, code, await getLocale());
}

const resetError = (error: Refusal): string =>
  error.status === 401 || error.status === 403 ? "session_expired" : keyOf(error);

const changeEmailError = (error: Refusal): string => {
  const key = keyOf(error);
  return key === "email_exists" || key === "user_already_exists" ? "email_taken" : key;
};

export async function signOutAction(): Promise<void> {
  await (await supabase()).auth.signOut({ scope: "local" });
  redirect("/sign-in");
}
