/** A call with its body in one piece: the API wants a body's length, which the stream of a `Request` does not tell. */
export async function whole(call: Request): Promise<RequestInit> {
  const body = call.body === null ? null : await call.arrayBuffer();
  return { method: call.method, headers: call.headers, body };
}
