import { Router } from 'express';
import { z } from 'zod';
import { isDecimal } from '../../pricing/decimal';
import { listRates, setRates } from '../../storage/currencies';
import { principalOf, requires } from '../auth';
import { jsonBody, rawBody } from '../body';
import { checked, queryParameters } from '../parameters';
import type { Services } from '../services';

const code = z.string().regex(/^[A-Z]{3}$/, 'must be a currency code like EUR (ISO 4217)');
const rateSchema = z.strictObject({
  date: z.iso.date('must be a day like 2026-01-31'),
  currency: code.refine((text) => text !== 'USD', 'must not be USD: amounts are USD, so that its rate is always 1'),
  rate: z
    .string('must be a decimal string like "0.8625"')
    .refine((text) => isDecimal(text) && /[1-9]/.test(text), 'must be a decimal above 0 like "0.8625": USD → currency'),
  source: z.string().min(1, 'must name who published the rate').max(1_000),
});
const KEYS = Object.keys(rateSchema.shape);

/** Most rates in a reply and in a body. */
const MAX_RATES = 10_000;
const ratesSchema = z.array(rateSchema).min(1, 'must have at least one rate').max(MAX_RATES);

/** The rates of the day for showing amounts in other currencies; amounts themselves stay USD. */
export function currencyRoutes({ pool, authenticator }: Services): Router {
  const router = Router();

  router.get('/v1/currencies', requires(authenticator, 'read'), async (request, response) => {
    const { currency } = queryParameters(z.strictObject({ currency: code.optional() }), request);
    response.json({ base: 'USD', rates: await listRates(pool, currency ?? null, MAX_RATES) });
  });

  router.post(
    '/v1/currencies',
    requires(authenticator, 'admin', { everyTenant: true }),
    rawBody(),
    async (request, response) => {
      const body = jsonBody(request);
      const given = Array.isArray(body) ? checked(ratesSchema, body, KEYS) : [checked(rateSchema, body, KEYS)];
      // Of two rates for one day the last counts; the database takes only one in a statement.
      const rates = [...new Map(given.map((rate) => [`${rate.date} ${rate.currency}`, rate])).values()];
      await setRates(pool, rates, principalOf(response).name);
      response.status(201).json({ base: 'USD', rates });
    }
  );
  return router;
}
