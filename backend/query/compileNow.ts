import { compile, type CompiledQuery, type CompileOptions, type CostQuery } from '../../src/query';

/**
 * How statements are compiled that run at once: without the moment nothing would count as settled, and even old days would be
 * summed by the rollups' views.
 *
 * @param tenants whose calls are read; null for all
 */
export const optionsNow = (tenants: readonly string[] | null) =>
  ({ dialect: 'api', now: Date.now(), ...(tenants ? { tenants } : {}) }) satisfies CompileOptions;

/** Compiles a query that runs at once. @throws QueryError for what makes no sense. */
export const compileNow = (query: CostQuery, tenants: readonly string[] | null = null): CompiledQuery =>
  compile(query, optionsNow(tenants));
