import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Gate } from '../budgets/authorize/gate';
import type { Settler } from '../budgets/authorize/reservations';
import type { Wakeable } from '../repeating';
import type { DimensionMapping } from '../normalize/mapping';
import type { Metrics } from '../observe';
import type { Feedback, FeedbackStatus } from '../outcomes/feedback';
import type { BookCache } from '../pipeline/bookCache';
import type { Ingest } from '../pipeline/ingest';
import type { StoredPrice } from '../pricing/priceRow';
import type { ProviderAccesses } from '../reports/reconcile/pull';
import type { Authenticator } from './auth';

/** Everything that the routes work with. */
export interface Services {
  readonly version: string;
  readonly startedAt: Date;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Full rights. */
  readonly pool: Pool;
  readonly authenticator: Authenticator;
  readonly ingest: Ingest;
  /** Decides about calls before they are made. */
  readonly gate: Gate;
  readonly settler: Settler;
  /** Whether webhooks of budgets can be signed and so be sent. */
  readonly webhooks: boolean;
  /** Finds what calls brought. */
  readonly outcomes: Wakeable;
  /** Compares releases. */
  readonly releases: Wakeable;
  /** Closes months and delivers their statements, as configured. */
  readonly statements: Pick<Wakeable, 'wake'> & { readonly names: readonly string[] };
  /** Stores feedback and lets its calls be found soon; durable when it resolves. */
  readonly takeFeedback: (feedback: readonly Feedback[], by: string) => Promise<FeedbackStatus[]>;
  readonly book: BookCache;
  readonly catalogue: readonly StoredPrice[];
  readonly mapping: DimensionMapping;
  readonly providerAccess: ProviderAccesses;
  /** What a person needs to know to go on, for the page at `/`. */
  readonly addresses: { readonly http: string; readonly grpc: string | null };
  /** False while starting or draining. */
  ready: boolean;
}
