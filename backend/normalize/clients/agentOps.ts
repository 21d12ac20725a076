import type { SpanRole } from '../candidate';
import type { ClientHabit, SpanReading } from '../reading';
import { readSemconv } from '../semconv';
import { textOf } from '../values';

/**
 * AgentOps: spans of its decorators say what they are by a kind, and their name by `operation.name`. Calls are those of
 * its instrumentations, which keep to the conventions.
 */
export const agentOps: ClientHabit = {
  owns: (span) => span.attributes.has('agentops.span.kind'),
  read(span): SpanReading {
    const kind = textOf(span.attributes.get('agentops.span.kind')) ?? '';
    const role = ROLES[kind.slice(kind.lastIndexOf('.') + 1).toLowerCase()];
    if (role === undefined) {
      return readSemconv(span);
    }
    const name = textOf(span.attributes.get('operation.name'));
    return /agent$/i.test(kind) && name !== undefined ? { role, dimensions: { agent: name } } : { role };
  },
};

/** Python's repr of its enumeration (`AgentOpsSpanKindValues.TOOL`) stands in for the value in some releases. */
const ROLES: Readonly<Record<string, SpanRole>> = {
  tool: 'tool',
  agent: 'aggregate',
  session: 'aggregate',
  workflow: 'aggregate',
  operation: 'aggregate',
  task: 'aggregate',
  chain: 'aggregate',
};
