"use server";

import { redirect } from "next/navigation";
import { env } from "@/server/env";
import { supabase } from "@/server/supabase";
import { forgot, reset, safeNext, signIn, signUp } from "./schema";

/** What a form shows after it was sent: a key of the messages, and the e-mail so that it need not be typed again. */
export interface FormState {
  readonly error: string | null;
  readonly email: string;
}

const KNOWN = new Set([
  "invalid_credentials",
  "user_already_exists",
  "email_exists",
  "weak_password",
  "over_request_rate_limit",
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
  if (error) return failed(form, keyOf(error));
  redirect(safeNext(next));
}

export async function signUpAction(_: FormState, form: FormData): Promise<FormState> {
  const read = signUp.safeParse(Object.fromEntries(form));
  if (!read.success) return failed(form, read.error.issues[0]?.path[0] === "email" ? "invalid_email" : "weak_password");
  const options = { emailRedirectTo: `${env().LOCKSTEP_SITE_URL}/confirm` };
  const { data, error } = await (await supabase()).auth.signUp({ ...read.data, options });
  if (error) return failed(form, keyOf(error));
  redirect(data.session ? "/app" : "/check-mail");
}

export async function forgotAction(_: FormState, form: FormData): Promise<FormState> {
  const read = forgot.safeParse(Object.fromEntries(form));
  if (!read.success) return failed(form, "invalid_email");
  const redirectTo = `${env().LOCKSTEP_SITE_URL}/confirm?next=/reset`;
  const { error } = await (await supabase()).auth.resetPasswordForEmail(read.data.email, { redirectTo });
  // Whether there is such a person is nobody's business: only a service that is away is told.
  if (error && (error.status ?? 500) >= 500) return failed(form, "unavailable");
  redirect("/check-mail");
}

export async function resetAction(_: FormState, form: FormData): Promise<FormState> {
  const read = reset.safeParse(Object.fromEntries(form));
  if (!read.success) return failed(form, "weak_password");
  const { error } = await (await supabase()).auth.updateUser({ password: read.data.password });
  if (error) return failed(form, error.status === 401 || error.status === 403 ? "session_expired" : keyOf(error));
  redirect("/app");
}

export async function signOutAction(): Promise<void> {
  await (await supabase()).auth.signOut({ scope: "local" });
  redirect("/sign-in");
}
