import type { APIRequestContext } from '@playwright/test';

const COLLECTOR = process.env.LLMCOST_URL ?? 'http://127.0.0.1:4318';

/** The rows of a cost query, as the collector answers it. */
export async function askCollector(request: APIRequestContext, query: object): Promise<Array<Array<string | number>>> {
  const reply = await request.post(`${COLLECTOR}/v1/query`, { data: query });
  if (!reply.ok()) {
    throw new Error(`the collector answered ${reply.status()}: ${await reply.text()}`);
  }
  return ((await reply.json()) as { rows: Array<Array<string | number>> }).rows;
}

const DAY_MS = 86_400_000;

/** Whole days that are over, so that the numbers stand still while the demo goes on. */
export function pastDays(days: number): { from: string; to: string; url: string } {
  const end = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const [from, to] = [new Date(end - days * DAY_MS).toISOString(), new Date(end).toISOString()];
  // Grafana's end is the last instant shown, the collector's is the first that isn't.
  return { from, to, url: `from=${Date.parse(from)}&to=${Date.parse(to)}` };
}

/** Sends one call to the collector. */
export async function postEvent(request: APIRequestContext, event: object): Promise<void> {
  const reply = await request.post(`${COLLECTOR}/v1/events`, { data: event });
  if (!reply.ok()) {
    throw new Error(`the collector answered ${reply.status()}: ${await reply.text()}`);
  }
}
