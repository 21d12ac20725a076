import type { Normalized } from './candidate';

/**
 * Puts what a request says under the tenant that the caller's key is bound to: it wins over the payload, and nothing of
 * this request can touch what another tenant's key reports.
 */
export function bindTenant(normalized: Normalized, tenant: string | null): Normalized {
  if (tenant === null) {
    return normalized;
  }
  for (const candidate of normalized.candidates) {
    candidate.event.tenant = tenant;
    candidate.boundTenant = tenant;
  }
  for (const link of normalized.links) {
    link.boundTenant = tenant;
    if (link.context?.tenant !== undefined) {
      delete link.context.tenant;
    }
  }
  normalized.readings = normalized.readings?.map((reading) => ({ ...reading, boundTenant: tenant }));
  return normalized;
}
