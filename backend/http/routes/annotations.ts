import { Router } from 'express';
import { z } from 'zod';
import { ANNOTATIONS, annotationSql, instant, OPERATORS, parseQuery } from '../../../src/query';
import { readViewTable } from '../../query/viewTable';
import { principalOf, requires } from '../auth';
import { rawBody } from '../body';
import { checkedBody } from '../parameters';
import { explainQueryError } from './query';
import type { Services } from '../services';

/** Which marks, `[from, to)`, and of whom; filters are those of the cost query. */
export const annotationsSchema = z.strictObject({
  annotation: z.enum(ANNOTATIONS.map(({ name }) => name)),
  from: z.string(),
  to: z.string(),
  filters: z
    .array(z.strictObject({ dimension: z.string(), operator: z.enum(OPERATORS), values: z.array(z.string()) }))
    .max(50)
    .default([]),
});

/** `POST /v1/annotations`: what dashboards mark on their time axes, of the tenants that the caller sees. */
export function annotationRoutes({ pool, authenticator }: Services): Router {
  const router = Router();
  const read = requires(authenticator, 'read', { severalTenants: true });
  router.post('/v1/annotations', read, rawBody(), async (request, response) => {
    const { annotation, ...asked } = checkedBody(annotationsSchema, request);
    try {
      // Times and filters are those of any cost query, and so are the words for what is wrong with them.
      const { filters, from, to } = parseQuery({ ...asked, metrics: ['calls'] });
      const range = { from: instant(Date.parse(from)), to: instant(Date.parse(to)) };
      const sql = annotationSql(annotation, filters, range, principalOf(response).tenants);
      response.json(await readViewTable(pool, sql));
    } catch (error) {
      throw explainQueryError(error);
    }
  });
  return router;
}
