import { dimensionLabel, SCOPE_DIMENSIONS } from '../../query';
import { count, usd } from '../shared/format';
import type { Approval, AskedFor } from './approvals';

/** Dimensions that say who asks; the others say what for. */
const WHO = ['user_id', 'agent', 'service', 'team', 'project', 'run_id'];

const named = (request: AskedFor, names: readonly string[]): string =>
  names
    .flatMap((name) => (typeof request[name] === 'string' ? `${dimensionLabel(name)} ${request[name]}` : []))
    .join(', ');

/** Who asks, in words. */
export const whoText = ({ request, tenant }: Approval): string =>
  [`Tenant ${tenant}`, named(request, WHO)].filter(Boolean).join(', ');

/** What for, in words. */
export function whatText({ request }: Approval): string {
  const what = named(
    request,
    SCOPE_DIMENSIONS.filter((name) => !WHO.includes(name))
  );
  const tokens = Object.entries(request.estimated_tokens ?? {}).map(
    ([name, value]) => `${count(value)} ${name.replace(/_/g, ' ')}`
  );
  return [what, tokens.join(', ')].filter(Boolean).join('; ') || 'A call that names no model';
}

/** How the request ended, in words. */
export function outcomeText({ state, grant, grant_amount, reason }: Approval): string {
  switch (state) {
    case 'approved':
      return grant === 'amount'
        ? `Approved, ${usd(grant_amount)} more`
        : grant === 'until_reset'
          ? 'Approved until the reset'
          : 'Approved once';
    case 'denied':
      return `Denied: ${reason ?? ''}`;
    default:
      return 'Expired: nobody decided';
  }
}

/** How long something takes, in one or two units. */
export function lengthText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 1) {
    return 'less than a minute';
  }
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours ? `${hours} h ${rest} min` : `${minutes} min`;
}
