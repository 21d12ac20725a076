import { Router } from 'express';
import { parseQuery, QueryError } from '../../../src/query';
import { toCsv } from '../../query/csv';
import { runQuery } from '../../query/runQuery';
import { sqlState } from '../../storage/errors';
import { principalOf, requires } from '../auth';
import { jsonBody, rawBody } from '../body';
import { badRequest, HttpProblem } from '../problem';
import type { Services } from '../services';

const INVALID_REGULAR_EXPRESSION = '2201B';
const QUERY_CANCELED = '57014';

/** A problem reply for what went wrong with a cost query; other errors as they are. */
export function explainQueryError(error: unknown): unknown {
  if (error instanceof QueryError) {
    return badRequest(error.message, { problems: error.problems });
  }
  switch (sqlState(error)) {
    case INVALID_REGULAR_EXPRESSION:
      return badRequest(`a value of =~ or !~ is not a regular expression: ${(error as Error).message}`);
    case QUERY_CANCELED:
      return new HttpProblem(504, 'Query took too long', 'narrow the range or ask for fewer dimensions');
    default:
      return error;
  }
}

/** `POST /v1/query`: the structured cost query; JSON, or CSV by `Accept: text/csv`. */
export function queryRoutes({ pool, authenticator }: Services): Router {
  const router = Router();
  router.post(
    '/v1/query',
    requires(authenticator, 'read', { severalTenants: true }),
    rawBody(),
    async (request, response) => {
      const { tenants } = principalOf(response);
      try {
        const reply = await runQuery(pool, parseQuery(jsonBody(request)), tenants);
        if (request.accepts(['application/json', 'text/csv']) === 'text/csv') {
          response.type('text/csv; charset=utf-8').send(toCsv(reply));
        } else {
          response.json(reply);
        }
      } catch (error) {
        throw explainQueryError(error);
      }
    }
  );
  return router;
}
