import { Router } from 'express';
import { z } from 'zod';
import { formatInstant, parseInstant } from '../../pricing/instant';
import { mappedRows } from '../../pricing/mapping';
import { nearestRows } from '../../pricing/unpricedWords';
import { reprice } from '../../repricing/reprice';
import { addPrices, PriceConflict } from '../../storage/prices';
import { firstUnpriced, unpricedUsage } from '../../storage/unpriced';
import { principalOf, requires } from '../auth';
import { rawBody } from '../body';
import { checkedBody, instantParameter, queryParameters } from '../parameters';
import { badRequest, HttpProblem, notFound } from '../problem';
import type { Services } from '../services';

const DAY_MS = 86_400_000;
const MAX_GROUPS = 200;

const rangeSchema = z.strictObject({ from: instantParameter.optional(), to: instantParameter.optional() });

const name = z.string().min(1).max(300);
const mapSchema = z.strictObject({
  provider: name.nullable().default(null),
  model: name,
  to: z.strictObject({ provider: name, model: name }),
  from: instantParameter.optional(),
  tenant: name.nullable().default(null),
  why: z.string().max(1_000).default(''),
});

/** What has no price, and giving it one: `/v1/prices/unpriced`, `/v1/prices/map`. */
export function unpricedRoutes({ pool, authenticator, book, log }: Services): Router {
  const router = Router();

  router.get(
    '/v1/prices/unpriced',
    requires(authenticator, 'read', { severalTenants: true }),
    async (request, response) => {
      const { tenant, tenants } = principalOf(response);
      const asked = queryParameters(rangeSchema, request);
      const to = asked.to === undefined ? Date.now() + DAY_MS : asked.to / 1000;
      const from = asked.from === undefined ? to - 31 * DAY_MS : asked.from / 1000;
      if (from >= to) {
        throw badRequest('from: must be before to');
      }
      const [groups, prices] = [
        await unpricedUsage(pool, { from, to, tenants }, MAX_GROUPS),
        await book.current(pool),
      ] as const;
      const near = (provider: string | null, model: string | null) =>
        nearestRows({ provider, model, request_model: null }, prices.rows, tenant);
      response.json({
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        unpriced: groups.map((group) => ({
          ...group,
          nearest: near(group.provider, group.model).map(({ price_id, provider, model }) => ({
            price_id,
            provider,
            model,
          })),
        })),
      });
    }
  );

  router.post('/v1/prices/map', requires(authenticator, 'admin'), rawBody(), async (request, response) => {
    const input = checkedBody(mapSchema, request);
    const bound = principalOf(response).tenant;
    if (bound !== null && input.tenant !== null && input.tenant !== bound) {
      throw new HttpProblem(403, 'Forbidden', `your key is bound to the tenant ${bound}: leave out "tenant"`);
    }
    const tenant = bound ?? input.tenant;
    const called = `${input.provider ?? 'no provider'}/${input.model}`;
    const first = input.from === undefined ? await firstUnpriced(pool, { ...input, tenant }) : input.from / 1000;
    if (first === null) {
      throw notFound(`no call of ${called} is without a price; GET /v1/prices/unpriced lists those that are`);
    }
    const { provider, model, to: target } = input;
    const rows = mappedRows(await book.current(pool), { provider, model, target, tenant, from: first * 1000 });
    if (rows.length === 0) {
      throw notFound(
        `no price of ${target.provider}/${target.model} holds on or after ${formatInstant(first * 1000)}; GET /v1/prices lists the known ones`
      );
    }
    const by = principalOf(response).name;
    const added = await addPrices(pool, rows, by).catch((error: unknown) => {
      throw error instanceof PriceConflict
        ? new HttpProblem(409, 'Conflict', error.message, { existing: error.existing })
        : error;
    });
    const from = Math.min(...rows.map(({ effective_from }) => parseInstant(effective_from!)! / 1000));
    const repricing = await reprice(pool, await book.current(pool), {
      from,
      to: Date.now() + DAY_MS,
      filters: [
        { dimension: 'provider', operator: '=', values: [provider ?? ''] },
        { dimension: 'model', operator: '=', values: [model] },
        ...(tenant === null ? [] : [{ dimension: 'tenant' as const, operator: '=' as const, values: [tenant] }]),
      ],
      dryRun: false,
      by,
      why: input.why || `mapped ${called} to ${target.provider}/${target.model}`,
    });
    log.info({ by, model: called, calls: repricing.newly_priced }, 'unpriced calls mapped to a price');
    response.status(201).json({ ...added, repricing });
  });
  return router;
}
