import { type TimeRange, urlUtil } from '@grafana/data';
import { getFromCollector } from '../../collector/client';
import type { CostReply } from '../../collector/reply';

/** `GET /v1/me/usage` of the collector: the usage of whoever is signed in. */
export interface OwnUsage {
  user: { name: string | null; user_ids: string[] };
  total: CostReply;
  /** The period of the same length before. */
  previous: CostReply;
  by_day: CostReply;
  by_model: CostReply;
  by_project: CostReply;
}

/** Asks for the own usage; whose that is is up to the identity that Grafana signs, not to the page. */
export const getOwnUsage = ({ from, to }: TimeRange): Promise<OwnUsage> =>
  getFromCollector<OwnUsage>(
    urlUtil.renderUrl('api/me/usage', {
      from: from.toISOString(),
      to: to.toISOString(),
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    })
  );
