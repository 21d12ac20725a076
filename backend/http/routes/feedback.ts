import { Router } from 'express';
import { z } from 'zod';
import type { FeedbackStatus } from '../../outcomes/feedback';
import { FEEDBACK_FIELDS, type FeedbackInput, feedbackSchema, toFeedback } from '../../outcomes/request';
import { listFeedback } from '../../outcomes/list';
import { tenantsWithEvents } from '../../storage/events';
import { principalOf, requires } from '../auth';
import { jsonBody, rawBody } from '../body';
import { checked, countParameter, queryParameters, rangeOf, rangeSchema } from '../parameters';
import { badRequest, HttpProblem } from '../problem';
import type { Services } from '../services';

const MAX_ITEMS = 1_000;
const DAY_MS = 86_400_000;

interface ItemReply {
  readonly index: number;
  readonly status: FeedbackStatus | 'rejected';
  readonly reason?: string;
}

function items(body: unknown): unknown[] {
  const list: unknown[] = Array.isArray(body) ? body : [body];
  if (list.length === 0 || list.length > MAX_ITEMS) {
    throw badRequest(`send 1 to ${MAX_ITEMS} items at once, not ${list.length}`);
  }
  return list;
}

/** An item, or why it is none. */
function readItem(item: unknown): FeedbackInput | string {
  try {
    return checked(feedbackSchema, item, FEEDBACK_FIELDS);
  } catch (error) {
    if (error instanceof HttpProblem) {
      return error.detail;
    }
    throw error;
  }
}

const listing = z.strictObject({ ...rangeSchema, limit: countParameter(1, 10_000).default(100) });

/** `POST /v1/feedback`: what a call, run or session brought; before or after the usage, any number of times. */
export function feedbackRoutes({ pool, authenticator, takeFeedback }: Services): Router {
  const router = Router();

  router.post('/v1/feedback', requires(authenticator, 'ingest'), rawBody(), async (request, response) => {
    const { tenant, name } = principalOf(response);
    const read = items(jsonBody(request)).map(readItem);
    const inputs = read.filter((item) => typeof item !== 'string');
    const unnamed = tenant === null && inputs.some((input) => input.tenant === undefined);
    const tenants = unnamed ? [...new Set([...(await tenantsWithEvents(pool)), 'unknown'])] : [];
    const now = Date.now() * 1000;
    const statuses = await takeFeedback(
      inputs.map((input) => toFeedback(input, tenant, tenants, now)),
      name
    );
    let next = 0;
    const replies: ItemReply[] = read.map((item, index) =>
      typeof item === 'string' ? { index, status: 'rejected', reason: item } : { index, status: statuses[next++]! }
    );
    const count = (status: ItemReply['status']) => replies.filter((item) => item.status === status).length;
    const counts = {
      accepted: count('accepted'),
      corrected: count('corrected'),
      duplicate: count('duplicate'),
      outdated: count('outdated'),
      rejected: count('rejected'),
    };
    if (counts.rejected === replies.length) {
      const first = replies[0]!.reason!;
      throw badRequest(replies.length === 1 ? first : `all ${replies.length} items were refused; the first: ${first}`, {
        ...counts,
        items: replies,
      });
    }
    response.json({ ...counts, items: replies });
  });

  router.get('/v1/feedback', requires(authenticator, 'read', { severalTenants: true }), async (request, response) => {
    const { limit, ...asked } = queryParameters(listing, request);
    const range = rangeOf(asked, 7 * DAY_MS);
    response.json({ feedback: await listFeedback(pool, range, principalOf(response).tenants, limit) });
  });
  return router;
}
