import { usageEvent } from '../../events/usageEvent';
import type { Candidate } from '../../normalize/candidate';
import { eventId } from '../../normalize/eventId';
import type { VllmTarget } from './config';
import type { Interval } from './state';

/** The event of an interval; the same interval always makes the same one. */
export function candidateOf(target: VllmTarget, { model, engine, used, from, to }: Interval): Candidate {
  const time = to * 1000;
  const event = {
    ...usageEvent({
      event_id: eventId('vllm', target.url, model, engine, String(to)),
      time,
      source: 'vllm',
    }),
    tenant: target.tenant ?? 'unknown',
    project: target.project ?? 'unknown',
    team: target.team ?? null,
    environment: target.environment ?? null,
    cost_center: target.cost_center ?? null,
    provider: target.provider,
    model,
    request_model: model,
    deployment: target.deployment ?? model,
    endpoint: new URL(target.url).host,
    operation: 'chat',
    service: target.service ?? null,
    input_tokens: used.prompt,
    cache_read_tokens: used.cached,
    output_tokens: used.generation,
    requests: used.requests,
    quality: 'from_metrics' as const,
    tags: engine === '' ? null : { engine },
  };
  return {
    event,
    signal: 'metric',
    instrumentation: 'vllm',
    start: from === null ? time : from * 1000,
    parentSpanId: '',
    explicit: true,
    unsampled: false,
    callIds: [],
    weak: [],
  };
}
