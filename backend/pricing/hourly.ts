import { usdToPico } from './decimal';
import { MICROSECONDS_PER_HOUR, type Microseconds } from './instant';

/** A call of a deployment that is paid by the hour. */
export interface HourlyCall {
  readonly event_id: string;
  /** Input and output, 0 when unknown. */
  readonly tokens: number;
}

/** The UTC hour that a call belongs to, `[start, start + 1 h)`. */
export const hourOf = (time: Microseconds): Microseconds =>
  Math.floor(time / MICROSECONDS_PER_HOUR) * MICROSECONDS_PER_HOUR;

/**
 * Spreads a deployment's hourly amount over ALL calls of one hour by their tokens (rule 10 of the price book); by equal
 * parts where no call has tokens. The parts add up to the amount exactly, so that the hour is charged once: what rounding
 * down leaves goes, one pico-USD each, to the largest remainders, ties to the smaller event id.
 * @param hourlyAmount USD, a decimal string
 * @returns pico-USD per event id, to be stored as `other_cost`; empty for an hour without calls, which nobody pays
 */
export const spreadHour = (hourlyAmount: string, calls: readonly HourlyCall[]): Map<string, bigint> =>
  spreadAmount(usdToPico(hourlyAmount), calls);

/** The same for an amount in pico-USD, e.g. the part of the hour in which the price holds. */
export function spreadAmount(amount: bigint, calls: readonly HourlyCall[]): Map<string, bigint> {
  const tokens = calls.reduce((sum, call) => sum + BigInt(call.tokens), 0n);
  const weight = (call: HourlyCall): bigint => (tokens === 0n ? 1n : BigInt(call.tokens));
  const whole = tokens === 0n ? BigInt(calls.length) : tokens;
  const parts = calls.map((call) => ({
    event_id: call.event_id,
    pico: (amount * weight(call)) / whole,
    remainder: (amount * weight(call)) % whole,
  }));
  const left = calls.length === 0 ? 0n : amount - parts.reduce((sum, part) => sum + part.pico, 0n);
  const byRemainder = parts.toSorted((a, b) =>
    a.remainder === b.remainder ? (a.event_id < b.event_id ? -1 : 1) : a.remainder > b.remainder ? -1 : 1
  );
  return new Map(byRemainder.map(({ event_id, pico }, index) => [event_id, BigInt(index) < left ? pico + 1n : pico]));
}
