import { createHmac } from 'node:crypto';

const PATIENCE_MS = 10_000;

/**
 * The headers of a webhook (standardwebhooks.com): an id that stays the same when it is sent again, the time (s since 1970)
 * and an HMAC-SHA256 over `id.time.body`. A secret that begins with `whsec_` is base64, any other one is text.
 */
export function signed(secret: string, id: string, seconds: number, body: string): Record<string, string> {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` };
}

/** What is sent. */
export interface Webhook {
  /** The same when it is sent again. */
  readonly id: string;
  readonly body: string;
  /** Beside those of the signature, e.g. the content type. */
  readonly headers: Readonly<Record<string, string>>;
}

/** @returns why it was not delivered, or null: delivered is what was answered with 2xx within ten seconds. */
export async function postSigned(url: string, secret: string, { id, body, headers }: Webhook): Promise<string | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { ...headers, 'user-agent': 'llm-cost', ...signed(secret, id, Math.floor(Date.now() / 1000), body) },
      // A receiver must not lead the collector elsewhere.
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await response.arrayBuffer();
    return response.ok ? null : `answered ${response.status}`;
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    return (cause?.message || message).slice(0, 500);
  }
}
