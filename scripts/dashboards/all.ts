import type { Dashboard } from './model';
import { overview } from './overview';

/** Every shipped dashboard, by the name of its file in `dashboards/`. */
export const DASHBOARDS: Readonly<Record<string, Dashboard>> = {
  'llm-cost-overview.json': overview,
};

/** The text of a dashboard's file. */
export const fileText = (dashboard: Dashboard): string => `${JSON.stringify(dashboard, null, 2)}\n`;
