import { DimensionReader } from '../normalize/dimensions';
import { spanEventId } from '../normalize/eventId';
import { eventName } from '../normalize/logEvents';
import type { DimensionMapping } from '../normalize/mapping';
import { firstText, numberOf, textOf } from '../normalize/values';
import type { DecodedLog, DecodedLogs } from '../receivers/otlp/decoded';
import type { Feedback, TargetKey } from './feedback';

/**
 * OpenTelemetry's event for the result of an evaluation (GenAI semantic conventions, gen_ai.evaluation.result): it is
 * parented to the span that was evaluated, or names the response by `gen_ai.response.id`.
 */
const EVENT = 'gen_ai.evaluation.result';
const NO_TRACE = /^0*$/;

function keysOf(log: DecodedLog): TargetKey[] {
  const response = textOf(log.attributes.get('gen_ai.response.id'));
  const placed = log.traceId.length === 32 && log.spanId.length === 16 && !NO_TRACE.test(log.spanId);
  return [
    ...(placed ? [{ kind: 'event' as const, key: spanEventId(log.traceId, log.spanId) }] : []),
    ...(response === undefined ? [] : [{ kind: 'response' as const, key: response }]),
  ];
}

/** What an evaluation says; undefined when it says nothing, or of nothing that can be found. */
function readEvaluation(log: DecodedLog, tenant: string): Feedback | undefined {
  const { attributes } = log;
  const run = firstText(attributes, ['run_id', 'gen_ai.workflow.run.id']);
  const session = firstText(attributes, ['gen_ai.conversation.id', 'session.id']);
  const keys = keysOf(log);
  const [kind, target] =
    keys[0] !== undefined
      ? (['call', keys[0].key] as const)
      : run !== undefined
        ? (['run', run] as const)
        : (['session', session] as const);
  const score = numberOf(attributes.get('gen_ai.evaluation.score.value'));
  const label = textOf(attributes.get('gen_ai.evaluation.score.label'));
  if (target === undefined || (score === undefined && label === undefined)) {
    return undefined;
  }
  return {
    tenant,
    kind,
    target,
    keys: kind === 'call' ? keys : [{ kind, key: target }],
    name: textOf(attributes.get('gen_ai.evaluation.name')) ?? '',
    time: log.time,
    success: null,
    score: score === undefined ? null : decimal(score),
    label: label?.slice(0, 200) ?? null,
    comment: textOf(attributes.get('gen_ai.evaluation.explanation'))?.slice(0, 2_000) ?? null,
    source: EVENT,
  };
}

const decimal = (value: number): string =>
  value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 15 });

/**
 * The evaluations among log records.
 *
 * @param bound the tenant that the caller's key is bound to: it wins over the payload's
 */
export function readEvaluations(decoded: DecodedLogs, mapping: DimensionMapping, bound: string | null): Feedback[] {
  const reader = DimensionReader.of(mapping);
  return decoded.flatMap((group) => {
    const logs = group.logs.filter((log) => eventName(log) === EVENT || textOf(log.eventName) === EVENT);
    const outer = logs.length > 0 ? reader.read(group.resource).dimensions.tenant : undefined;
    return logs.flatMap((log) => {
      const tenant = bound ?? reader.read(log.attributes).dimensions.tenant ?? outer ?? '';
      return readEvaluation(log, tenant) ?? [];
    });
  });
}
