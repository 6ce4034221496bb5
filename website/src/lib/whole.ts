/** A call with its body in one piece: the API needs a body's length, which a `Request`'s stream does not have. */
export async function whole(call: Request): Promise<RequestInit> {
  const body = call.body === null ? null : await call.arrayBuffer();
  return { method: call.method, headers: call.headers, body };
}
