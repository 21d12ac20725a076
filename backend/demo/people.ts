import { randomFor, type Random } from './random';
import { TENANTS, type TenantName } from './workloads';

/** An end user of a tenant. */
export interface Person {
  readonly id: string;
  readonly segment: 'free' | 'pro' | 'enterprise';
}

/**
 * The users' Zipf-Mandelbrot law: the user of rank n (from 0) calls in proportion to 1 / (n + SHIFT)^EXPONENT. Chosen so
 * that over all tenants the top 5% of the users make about two thirds of the calls, and nobody alone makes most of them.
 */
const SHIFT = 3;
const EXPONENT = 1.7;
const ROLES = ['user', 'user', 'user', 'researcher', 'analyst', 'agent'] as const;
const SEGMENTS = [
  [60, 'free'],
  [30, 'pro'],
  [10, 'enterprise'],
] as const;

const crowds = new Map<TenantName, { people: Person[]; cumulative: number[] }>();

function crowdOf(tenant: TenantName) {
  let crowd = crowds.get(tenant);
  if (!crowd) {
    const random = randomFor('people', tenant);
    const numbers = new Set<number>();
    while (numbers.size < TENANTS[tenant].users) {
      numbers.add(100 + Math.floor(random.next() * 900));
    }
    const people = [...numbers].map((number): Person => {
      const role = ROLES[Math.floor(random.next() * ROLES.length)]!;
      return { id: `${tenant}-${role}-${number}`, segment: random.pick(SEGMENTS) };
    });
    let sum = 0;
    crowd = { people, cumulative: people.map((_, rank) => (sum += (rank + SHIFT) ** -EXPONENT)) };
    crowds.set(tenant, crowd);
  }
  return crowd;
}

/** Somebody of this tenant, heavy users more often. */
export function pickPerson(tenant: TenantName, random: Random): Person {
  const { people, cumulative } = crowdOf(tenant);
  const mark = random.next() * cumulative.at(-1)!;
  const rank = cumulative.findIndex((sum) => sum > mark);
  return people[rank === -1 ? people.length - 1 : rank]!;
}
