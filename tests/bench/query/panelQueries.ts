import { readdirSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { JSDOM } from 'jsdom';

/** One query of a shipped dashboard, as the data source sends it. */
export interface PanelQuery {
  readonly dashboard: string;
  readonly panel: string;
  readonly refId: string;
  readonly sql: string;
  /** Tables and rollups that answer it. */
  readonly source: string;
}

/** A query in a dashboard's file. */
interface Target {
  readonly refId: string;
}

/** What is used of the data source, which is compiled under other rules than this code: `query/toPostgres.ts`. */
interface Compiler {
  compileForPanel(target: Target, context: object): { compiled: { sql: string; source: string } };
}

/** `src/testing/templates.ts` */
interface Templates {
  givenTemplates(variables: Readonly<Record<string, { value: string | string[]; all?: boolean }>>): void;
}

interface Dashboard {
  readonly panels: ReadonlyArray<{
    readonly title?: string;
    readonly targets?: readonly Target[];
    readonly panels?: Dashboard['panels'];
  }>;
  readonly templating: { readonly list: ReadonlyArray<{ readonly name: string; readonly type: string }> };
}

const ROOT = path.join(__dirname, '../../..');
const FOLDER = path.join(ROOT, 'dashboards');
const DAY_MS = 86_400_000;
/** Points of a panel of usual width. */
const POINTS = 60;

/**
 * Lets the data source's compiler run outside of a browser: Grafana's packages look for a window when they are loaded,
 * and of its runtime only the template service is needed.
 */
function withoutBrowser(): void {
  const { window } = new JSDOM('', { url: 'http://localhost/' });
  for (const name of ['window', 'document', 'localStorage', 'location', 'Element', 'HTMLElement'] as const) {
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true });
  }
  let templates: unknown;
  const runtime = {
    getTemplateSrv: () => templates,
    setTemplateSrv: (service: unknown) => {
      templates = service;
    },
  };
  const loader = Module as unknown as { _load: (request: string, ...rest: unknown[]) => unknown };
  const load = loader._load.bind(Module);
  loader._load = (request, ...rest) => (request === '@grafana/runtime' ? runtime : load(request, ...rest));
}

const panelsOf = (panels: Dashboard['panels']): Dashboard['panels'] =>
  panels.flatMap((panel) => [panel, ...panelsOf(panel.panels ?? [])]);

/** Every query of every panel of every shipped dashboard over the last `days` days, nothing filtered. */
export async function panelQueries(days: number, now = Date.now()): Promise<PanelQuery[]> {
  withoutBrowser();
  const { compileForPanel } = (await import(path.join(ROOT, 'src/datasource/query/toPostgres.ts'))) as Compiler;
  const { givenTemplates } = (await import(path.join(ROOT, 'src/testing/templates.ts'))) as Templates;
  const context = {
    range: { from: now - days * DAY_MS, to: now },
    now,
    intervalMs: (days * DAY_MS) / POINTS,
    timeZone: 'UTC',
    scopedVars: {},
  };
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const { panels, templating } = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Dashboard;
      givenTemplates(
        Object.fromEntries(
          templating.list.map(({ name }) => [
            name,
            name === 'split' ? { value: 'project' } : { value: ['-'], all: true },
          ])
        )
      );
      return panelsOf(panels).flatMap(({ title = '', targets = [] }) =>
        targets.map((target) => {
          const { sql, source } = compileForPanel(target, context).compiled;
          return { dashboard: path.basename(file, '.json'), panel: title, refId: target.refId, sql, source };
        })
      );
    });
}
