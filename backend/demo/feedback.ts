import { randomFor } from './random';
import type { WireEvent } from './wireEvent';

/** Feedback as the demo posts it to `POST /v1/feedback`. */
export interface WireFeedback {
  readonly tenant: string;
  readonly call: string;
  readonly name: string;
  readonly time: string;
  readonly success: boolean;
  readonly score: number;
}

/** How many of those who may judge an answer do. */
const ANSWERED = 0.03;
/** Share of answers that people are content with; the cheapest models disappoint more often. */
const CONTENT = 0.88;
const CONTENT_WITH_SMALL = 0.74;
const SMALL = /mini|nano|haiku|flash|deepseek/;

/** What users say of these calls: the same of the same call, some seconds after it. */
export function feedbackOn(calls: readonly WireEvent[]): WireFeedback[] {
  return calls.flatMap((call) => {
    const random = randomFor('feedback', call.id);
    if (call.status !== 'ok' || call.operation !== 'chat' || !random.chance(ANSWERED)) {
      return [];
    }
    const success = random.chance(SMALL.test(call.model ?? '') ? CONTENT_WITH_SMALL : CONTENT);
    return {
      tenant: call.tenant,
      call: call.id,
      name: 'stars',
      time: new Date(Date.parse(call.time) + 5_000 + Math.floor(random.next() * 55_000)).toISOString(),
      success,
      score: success ? 4 + Number(random.chance(0.6)) : 1 + Number(random.chance(0.5)),
    };
  });
}
