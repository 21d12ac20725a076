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

/** A query in a dashboard's file: for our data source (`metrics`), or for the PostgreSQL source; others ask no database. */
interface Target {
  readonly refId: string;
  readonly metrics?: readonly string[];
  readonly rawSql?: string;
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
  /** Begin of the range that it opens with, e.g. `now-30d`. */
  readonly time: { readonly from: string };
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

/** SQL of the PostgreSQL source as that source sends it: its macros and variables filled in, everything being All. */
function withMacros(sql: string, from: number, to: number): string {
  const instant = (ms: number) => `'${new Date(ms).toISOString()}'`;
  return sql
    .replace(/\$__timeFilter\(([^)]*)\)/g, `$1 BETWEEN ${instant(from)} AND ${instant(to)}`)
    .replace(/\$__timeFrom\(\)/g, instant(from))
    .replace(/\$__timeTo\(\)/g, instant(to))
    .replace(/\$\{(\w+):queryparam\}/g, 'var-$1=$__all')
    .replace(/\$\{\w+:sqlstring\}/g, "'$__all'");
}

const tablesOf = (sql: string): string =>
  [...new Set(sql.match(/public\.\w+/g))].map((name) => name.slice(7)).join(' + ');

function valueOf(name: string, type: string, run: string): { value: string | string[]; all?: boolean } {
  const texts: Readonly<Record<string, string>> = { split: 'project', run_id: run };
  return type === 'textbox' || name in texts ? { value: texts[name] ?? '' } : { value: ['-'], all: true };
}

const UNITS_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: DAY_MS };

/** Length of a range that ends now, ms. */
function lengthOf(from: string): number {
  const [, count, unit = ''] = /^now-(\d+)([hd])$/.exec(from) ?? [];
  if (!count) {
    throw new Error(`the bench can't read the range ${from}`);
  }
  return Number(count) * UNITS_MS[unit]!;
}

/**
 * Every query to the database of every panel of every shipped dashboard, over the range that it opens with, nothing filtered
 * but the run that a dashboard of one run shows.
 */
export async function panelQueries(run: string, now = Date.now()): Promise<PanelQuery[]> {
  withoutBrowser();
  const { compileForPanel } = (await import(path.join(ROOT, 'src/datasource/query/toPostgres.ts'))) as Compiler;
  const { givenTemplates } = (await import(path.join(ROOT, 'src/testing/templates.ts'))) as Templates;
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const { panels, templating, time } = JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Dashboard;
      const length = lengthOf(time.from);
      const context = {
        range: { from: now - length, to: now },
        now,
        intervalMs: length / POINTS,
        timeZone: 'UTC',
        scopedVars: {},
      };
      givenTemplates(Object.fromEntries(templating.list.map(({ name, type }) => [name, valueOf(name, type, run)])));
      return panelsOf(panels).flatMap(({ title = '', targets = [] }) =>
        targets.flatMap((target) => {
          const panel = { dashboard: path.basename(file, '.json'), panel: title, refId: target.refId };
          if (target.rawSql !== undefined) {
            const sql = withMacros(target.rawSql, context.range.from, now);
            return [{ ...panel, sql, source: tablesOf(sql) }];
          }
          if (!target.metrics) {
            return [];
          }
          const { sql, source } = compileForPanel(target, context).compiled;
          return [{ ...panel, sql, source }];
        })
      );
    });
}
