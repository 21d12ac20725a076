import { Router } from 'express';
import { z } from 'zod';
import { type ImportFormat, type ImportPlan, IMPORT_FORMATS, planImport } from '../../pricing/importers/plan';
import type { StoredPrice } from '../../pricing/priceRow';
import { addPrices, loadPrices, PriceConflict } from '../../storage/prices';
import { principalOf, requires } from '../auth';
import { bytes, rawBody, requireMediaType, utf8 } from '../body';
import { flagParameter, queryParameters } from '../parameters';
import { badRequest, HttpProblem } from '../problem';
import type { Services } from '../services';

const importSchema = z.strictObject({
  format: z.enum(IMPORT_FORMATS, `must be ${IMPORT_FORMATS.join(' or ')}`),
  dry_run: flagParameter.default(true),
});

export const IMPORT_MEDIA_TYPES: Readonly<Record<ImportFormat, readonly string[]>> = {
  litellm: ['application/json'],
  yaml: ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/plain'],
};

function readPlan(
  format: ImportFormat,
  text: string,
  known: readonly StoredPrice[],
  tenant: string | null
): ImportPlan {
  try {
    return planImport(format, text, known, tenant);
  } catch (error) {
    // The YAML library refuses too many aliases with a ReferenceError.
    throw error instanceof SyntaxError || error instanceof ReferenceError
      ? badRequest(`the file ${error.message}`)
      : error;
  }
}

/** `POST /v1/prices/import`: LiteLLM's price file or YAML. A dry run, the default, only shows what would come of it. */
export function priceImportRoutes({ pool, authenticator, log }: Services): Router {
  const router = Router();
  router.post('/v1/prices/import', requires(authenticator, 'admin'), rawBody(), async (request, response) => {
    const { format, dry_run: dryRun } = queryParameters(importSchema, request);
    requireMediaType(request, IMPORT_MEDIA_TYPES[format]);
    const { tenant, name } = principalOf(response);
    const plan = readPlan(format, utf8(bytes(request)), await loadPrices(pool), tenant);
    const foreign = tenant === null ? undefined : plan.added.find((row) => row.tenant !== tenant);
    if (foreign) {
      throw new HttpProblem(
        403,
        'Forbidden',
        `your key is bound to the tenant ${tenant}: set "tenant" of each row to it`
      );
    }
    if (dryRun || plan.added.length === 0) {
      response.json({ dry_run: dryRun, format, ...plan, version: null });
      return;
    }
    try {
      const { version } = await addPrices(pool, plan.added, name);
      log.info({ by: name, format, rows: plan.added.length, left_out: plan.left_out.length }, 'prices imported');
      response.status(201).json({ dry_run: false, format, ...plan, version });
    } catch (error) {
      throw error instanceof PriceConflict
        ? new HttpProblem(409, 'Conflict', `${error.message}; the book changed meanwhile, import again`)
        : error;
    }
  });
  return router;
}
