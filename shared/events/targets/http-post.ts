/** One POST to a target; whatever is not 2xx has not been taken, redirects among it. */

import { exchange } from '../../outbound/exchange.ts';
import { brokenCall } from '../../outbound/failure.ts';
import { retryAfterMs } from '../../outbound/refusal.ts';
import { type Attempt, hushed, type Sent } from './sent.ts';

/** Standard Webhooks: senders wait 15 to 30 s. */
const limits = { connectMs: 5_000, deadlineMs: 20_000, maxBytes: 64 * 1024 };

/** The receiver is gone for good (Standard Webhooks, Responses). */
const gone = 410;

export async function postTo(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { at, signal }: Attempt,
): Promise<Sent> {
  const { host, pathname, search } = new URL(url);
  const secrets = [url, `${pathname}${search}`, pathname].filter((one) => one.length > 1);
  const call = {
    method: 'POST',
    url: new URL(url),
    body,
    agent: false,
    rejectUnauthorized: true,
    ...limits,
    headers: {
      'user-agent': 'syncboard',
      'content-length': String(Buffer.byteLength(body)),
      ...headers,
    },
  } as const;
  try {
    const { status, headers: answered, body: said } = await exchange(call, signal);
    if (status >= 200 && status < 300) return { isTaken: true };
    const words = hushed(said.toString(), secrets);
    const asked = retryAfterMs(answered['retry-after'], at.getTime());
    return {
      isTaken: false,
      error: `it answered ${status}${words && `: ${words}`}`,
      ...(asked > 0 && { retryAfterMs: asked }),
      ...(status === gone && { isFinal: true }),
    };
  } catch (error) {
    signal.throwIfAborted();
    // Which port that is, nobody sees otherwise; the path leads to the receiver, and is a secret.
    const fault = `${brokenCall(error).fault}, asked at ${host}`;
    return { isTaken: false, error: hushed(fault, secrets) };
  }
}
