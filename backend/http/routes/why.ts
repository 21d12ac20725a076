import { Router } from 'express';
import { issueText } from '../../receivers/events/eventInput';
import { periodsOf, whySchema } from '../../reports/why/request';
import { whyChanged } from '../../reports/why/why';
import { principalOf, requires } from '../auth';
import { jsonBody, rawBody } from '../body';
import { badRequest } from '../problem';
import { explainQueryError } from './query';
import type { Services } from '../services';

/** `POST /v1/reports/why-changed`: the difference of two periods' costs, split into its causes, and who is behind it. */
export function whyRoutes({ pool, authenticator }: Services): Router {
  const router = Router();
  router.post(
    '/v1/reports/why-changed',
    requires(authenticator, 'read', { severalTenants: true }),
    rawBody(),
    async (request, response) => {
      const asked = whySchema.safeParse(jsonBody(request));
      if (!asked.success) {
        throw badRequest(issueText(asked.error, Object.keys(whySchema.shape)));
      }
      const { tenants } = principalOf(response);
      try {
        response.json(await whyChanged(pool, periodsOf(asked.data), tenants));
      } catch (error) {
        throw explainQueryError(error);
      }
    }
  );
  return router;
}
