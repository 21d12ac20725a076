import { Attributes } from '../../receivers/otlp/attributes';
import type { SpanRole } from '../candidate';
import type { CallReading, ClientHabit, SpanReading } from '../reading';
import { readSemconv, semconvUsage } from '../semconv';
import { child, jsonOf, reportedPico, textOf, type Json } from '../values';

/**
 * LangWatch's own spans: what the application tells of usage is JSON in one attribute, plain in Python and under
 * `value` in JavaScript (0.16), where nothing else says it.
 */
export const langWatch: ClientHabit = {
  owns: (span) => span.attributes.has('langwatch.metrics'),
  read(span): SpanReading {
    const type = textOf(span.attributes.get('langwatch.span.type'));
    const role = type === undefined ? undefined : ROLES[type];
    if (role !== undefined) {
      return { role };
    }
    const reading = readSemconv(span);
    const said = jsonOf(span.attributes.get('langwatch.metrics'));
    if (reading.call && said) {
      addMetrics(reading.call, 'value' in said ? child(said, 'value') : said);
    }
    return reading;
  },
};

/** Spans whose metrics are sums of what is below them. */
const ROLES: Readonly<Record<string, SpanRole>> = {
  tool: 'tool',
  agent: 'aggregate',
  workflow: 'aggregate',
  chain: 'aggregate',
  task: 'aggregate',
  component: 'aggregate',
  module: 'aggregate',
};

/** Fills in what the span's other attributes lack. */
function addMetrics(call: CallReading, metrics: Json): void {
  const counts = Object.entries(metrics).flatMap(([key, value]) =>
    typeof value === 'number' ? [[`gen_ai.usage.${snake(key)}`, value]] : []
  );
  const told = semconvUsage(Attributes.of(Object.fromEntries(counts) as Record<string, number>));
  for (const part of Object.keys(told) as Array<keyof typeof told>) {
    call.usage[part] ??= told[part];
  }
  call.reportedCost ??= reportedPico(metrics.cost);
}

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
