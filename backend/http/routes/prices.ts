import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { parseQuery, QueryError } from '../../../src/query';
import { parsePriceRow, type PriceRow } from '../../pricing/priceRow';
import { issueText } from '../../receivers/events/eventInput';
import { reprice, undoReprice } from '../../repricing/reprice';
import { addPrices, listAudit, loadPrices, PriceConflict, removePrice } from '../../storage/prices';
import { principalOf, requires } from '../auth';
import { jsonBody, rawBody } from '../body';
import { queryParameters } from '../parameters';
import { listingSchema, listPrices } from '../priceListing';
import { badRequest, HttpProblem, notFound } from '../problem';
import type { Services } from '../services';

const repriceSchema = z.strictObject({
  from: z.string(),
  to: z.string(),
  filters: z.array(z.unknown()).default([]),
  dry_run: z.boolean().default(true),
  why: z.string().max(1_000).default(''),
});

const undoSchema = z.strictObject({ audit_id: z.int().min(1), why: z.string().max(1_000).default('') });

/** The rows of a body: one or an array. A caller that is bound to a tenant sets prices for that tenant only. */
function readRows(body: unknown, tenant: string | null): PriceRow[] {
  const many = Array.isArray(body);
  const inputs: unknown[] = Array.isArray(body) ? body : [body];
  return inputs.map((input, index) => {
    const parsed = parsePriceRow(input);
    if (!parsed.ok) {
      const problems = parsed.errors.map(({ path, message }) => ({ path: many ? `${index}.${path}` : path, message }));
      const [first] = problems;
      throw badRequest(`${first!.path || 'the price'}: ${first!.message}`, { problems });
    }
    if (tenant !== null && parsed.row.tenant !== tenant) {
      throw new HttpProblem(403, 'Forbidden', `your key is bound to the tenant ${tenant}: set "tenant" to it`);
    }
    return parsed.row;
  });
}

function parse<Schema extends z.ZodObject>(schema: Schema, request: Request): z.output<Schema> {
  const parsed = schema.safeParse(jsonBody(request));
  if (!parsed.success) {
    throw badRequest(issueText(parsed.error, Object.keys(schema.shape)));
  }
  return parsed.data;
}

/** Checks range and filters as those of a cost query. */
function readRange(input: z.output<typeof repriceSchema>, tenant: string | null) {
  try {
    const { from, to, filters } = parseQuery({
      from: input.from,
      to: input.to,
      filters: input.filters,
      metrics: ['calls'],
    });
    const odd = filters.find(({ dimension }) => dimension === 'cost_type');
    if (odd) {
      throw badRequest("filters: a call can't be priced again for one cost type only");
    }
    const bound = tenant === null ? [] : [{ dimension: 'tenant' as const, operator: '=' as const, values: [tenant] }];
    return { from: Date.parse(from), to: Date.parse(to), filters: [...filters, ...bound] };
  } catch (error) {
    throw error instanceof QueryError ? badRequest(error.message, { problems: error.problems }) : error;
  }
}

/** The price book: `/v1/prices`, `/v1/prices/reprice`, `/v1/prices/audit`. */
export function priceRoutes({ pool, authenticator, book, catalogue, log }: Services): Router {
  const router = Router();
  const admin = requires(authenticator, 'admin');
  const everyTenant = requires(authenticator, 'admin', { everyTenant: true });
  const by = (response: Response) => principalOf(response).name;

  router.get('/v1/prices', requires(authenticator, 'read', { severalTenants: true }), async (request, response) => {
    const listing = queryParameters(listingSchema, request);
    const { tenants } = principalOf(response);
    const stored = await loadPrices(pool);
    const visible = [...stored, ...catalogue].filter(
      (row) => tenants === null || row.tenant === null || tenants.includes(row.tenant)
    );
    response.json({ ...listPrices(visible, listing), version: await book.version(pool) });
  });

  router.post('/v1/prices', admin, rawBody(), async (request, response) => {
    const rows = readRows(jsonBody(request), principalOf(response).tenant);
    try {
      response.status(201).json(await addPrices(pool, rows, by(response)));
    } catch (error) {
      if (error instanceof PriceConflict) {
        throw new HttpProblem(409, 'Conflict', error.message, { existing: error.existing });
      }
      throw error;
    }
  });

  router.post('/v1/prices/reprice', admin, rawBody(), async (request, response) => {
    const input = parse(repriceSchema, request);
    const range = readRange(input, principalOf(response).tenant);
    const order = { ...range, dryRun: input.dry_run, by: by(response), why: input.why };
    const reply = await reprice(pool, await book.current(pool), order);
    log.info({ by: order.by, dry_run: order.dryRun, events: reply.events, changed: reply.changed }, 'repriced');
    response.json(reply);
  });

  router.post('/v1/prices/undo', everyTenant, rawBody(), async (request, response) => {
    const { audit_id: auditId, why } = parse(undoSchema, request);
    const undone = await undoReprice(pool, auditId, by(response), why);
    if (!undone) {
      throw notFound(`there is no repricing ${auditId}; GET /v1/prices/audit lists them`);
    }
    response.json(undone);
  });

  router.get('/v1/prices/audit', everyTenant, async (_request, response) => {
    response.json({ entries: await listAudit(pool, 500) });
  });

  router.delete('/v1/prices/:id', everyTenant, async (request, response) => {
    const id = String(request.params.id);
    if (!(await removePrice(pool, id, by(response)))) {
      throw notFound(`there is no override ${id}; prices of the catalogue are overridden, not removed`);
    }
    response.status(204).end();
  });
  return router;
}
