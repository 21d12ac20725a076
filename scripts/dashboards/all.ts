import { agents } from './agents';
import { budgets } from './budgets';
import { calls } from './calls';
import { latency } from './latency';
import { efficiency } from './efficiency';
import type { Dashboard } from './model';
import { models } from './models';
import { overview } from './overview';
import { quality } from './quality';
import { releases } from './releases';
import { run } from './run';
import { tokens } from './tokens';
import { users } from './users';

/** Every shipped dashboard, by the name of its file in `dashboards/`. */
export const DASHBOARDS: Readonly<Record<string, Dashboard>> = Object.fromEntries(
  [agents, budgets, latency, calls, models, overview, quality, efficiency, releases, run, tokens, users]
    .map((one) => [`${one.uid}.json`, one] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
);

/** The text of a dashboard's file. */
export const fileText = (dashboard: Dashboard): string => `${JSON.stringify(dashboard, null, 2)}\n`;
