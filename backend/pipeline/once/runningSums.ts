import { AG2_RECORD } from '../../normalize/clients/ag2';
import { isSpring, SPRING_BEGINNING } from '../../normalize/clients/springAi';
import { VOLT_AGENT, VOLT_AGENT_SUM } from '../../normalize/clients/voltAgent';
import { AG2 } from '../../normalize/conventions';
import { hasTokens, type Sighting } from './sighting';

/**
 * Clients whose reports of one run hold one another's tokens: Spring AI's calls of a tool loop each hold those before,
 * VoltAgent's agent holds what its model's span lost, AG2 writes an account of each. The report that has most is believed,
 * as one call.
 */

/** Its tokens are in another report of the same client too, where there is one. */
export const isPart = ({ instrumentation }: Sighting): boolean => PARTS.has(instrumentation);

const PARTS: ReadonlySet<string> = new Set([SPRING_BEGINNING, VOLT_AGENT, AG2_RECORD]);

/** Among parts, which one holds more. */
export const sizeOfPart = (sighting: Sighting): number =>
  isPart(sighting) ? (sighting.event.input_tokens ?? 0) + (sighting.event.output_tokens ?? 0) : 0;

/** An agent's sum, which knows more than the same client's spans below it. */
export const isBelievedSum = (sighting: Sighting): boolean =>
  sighting.instrumentation === VOLT_AGENT_SUM && hasTokens(sighting);

/** A call below another client's sum tells it better. */
export const isPartOf = (sighting: Sighting, sum: Sighting | undefined): boolean =>
  sighting.instrumentation === VOLT_AGENT && sum !== undefined && isBelievedSum(sum);

/** Parts stand under what holds them too, of which the tree of spans says nothing. */
export function foldParts(spans: readonly Sighting[], under: Map<string, string | null>): void {
  if (spans.some(isPart)) {
    foldLoops(spans, under);
    foldAccounts(spans, under);
  }
}

/** Spring AI's calls that ended in tools stand under the next call of the same loop. */
function foldLoops(spans: readonly Sighting[], under: Map<string, string | null>): void {
  const loops = spans.filter(({ instrumentation }) => isSpring(instrumentation));
  for (const sighting of loops.toSorted((a, b) => b.start - a.start)) {
    if (sighting.instrumentation === SPRING_BEGINNING && under.get(sighting.id) === null) {
      const [next] = loops.filter((other) => goesOn(sighting, other)).toSorted((a, b) => a.start - b.start);
      under.set(sighting.id, next ? (under.get(next.id) ?? next.id) : null);
    }
  }
}

const goesOn = (first: Sighting, next: Sighting): boolean =>
  next.parentSpanId !== '' &&
  next.parentSpanId === first.parentSpanId &&
  next.start >= first.end &&
  next.event.model === first.event.model &&
  (next.event.input_tokens ?? 0) >= (first.event.input_tokens ?? 0) &&
  (next.event.output_tokens ?? 0) >= (first.event.output_tokens ?? 0);

/** AG2's accounts stand under the call beside them that they repeat: each call has one account. */
function foldAccounts(spans: readonly Sighting[], under: Map<string, string | null>): void {
  const byStart = spans.toSorted((a, b) => a.start - b.start);
  const calls = byStart.filter(({ instrumentation }) => instrumentation === AG2);
  for (const account of byStart) {
    if (account.instrumentation === AG2_RECORD && under.get(account.id) === null) {
      const at = calls.findIndex((call) => isAccountOf(account, call));
      const [call] = at < 0 ? [] : calls.splice(at, 1);
      under.set(account.id, call ? (under.get(call.id) ?? call.id) : null);
    }
  }
}

const isAccountOf = (account: Sighting, { event, parentSpanId, end }: Sighting): boolean =>
  parentSpanId !== '' &&
  parentSpanId === account.parentSpanId &&
  end <= account.end &&
  event.input_tokens === account.event.input_tokens &&
  event.output_tokens === account.event.output_tokens;
