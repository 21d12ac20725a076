import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The cheap half of Grafana's plugin validator, so that a slip shows before a release. */
const root = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Manifest {
  id: string;
  type: string;
  info: { logos: { small: string; large: string }; description: string; keywords: string[] };
  dependencies: { grafanaDependency: string };
  includes?: Array<{ type: string; path: string; name: string }>;
  routes?: Array<{ path: string; url: string; reqAction?: string; headers: Array<{ name: string; content: string }> }>;
  roles?: Array<{ role: { permissions: Array<{ action: string }> } }>;
}

const tracked = execFileSync('git', ['ls-files', 'src'], { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean);
const manifests = tracked
  .filter((path) => path.endsWith('plugin.json'))
  .map((path) => [path, JSON.parse(read(path)) as Manifest] as const);
const app = manifests.find(([path]) => path === 'src/plugin.json')![1];
const sources = tracked.filter((path) => /\.tsx?$/.test(path) && !/\.test\.|\/testing\//.test(path));

describe('manifests', () => {
  it('plugin.json at the top is the app’s', () => {
    expect(lstatSync(join(root, 'plugin.json')).isSymbolicLink()).toBe(true);
    expect(readlinkSync(join(root, 'plugin.json'))).toBe('src/plugin.json');
  });

  it.each(manifests)('%s: id, version of Grafana, logos, words', (path, { id, type, info, dependencies }) => {
    expect(id).toMatch(/^[0-9a-z]+-([0-9a-z]+-)?(app|panel|datasource)$/);
    expect(id.endsWith(type)).toBe(true);
    expect(dependencies.grafanaDependency).toBe('>=12.3.0');
    expect(existsSync(join(root, dirname(path), info.logos.small))).toBe(true);
    expect(existsSync(join(root, dirname(path), info.logos.large))).toBe(true);
    expect(info.description.split(/\.\s/).length).toBeLessThanOrEqual(2);
    expect(info.keywords).toContain('llm');
  });

  it('the app includes every nested plugin by its path and type', () => {
    const nested = manifests.filter(([path]) => path !== 'src/plugin.json');
    expect(nested.length).toBeGreaterThanOrEqual(2);
    for (const [path, { type }] of nested) {
      expect(app.includes).toContainEqual(expect.objectContaining({ type, path: path.replace('src/', '') }));
    }
  });

  it('every route needs a permission that a role gives, goes to the collector and shows the token', () => {
    const given = app.roles?.flatMap(({ role }) => role.permissions.map(({ action }) => action)) ?? [];
    expect(app.routes?.length).toBeGreaterThan(0);
    for (const { reqAction, url, headers } of app.routes ?? []) {
      expect(given).toContain(reqAction);
      expect(reqAction).toMatch(/^llmcost-app[.:]/);
      expect(url).toMatch(/^\{\{ \.JsonData\.collectorUrl \}\}\//);
      // The collector gives a reading route no more than reading, whatever the token allows.
      const via = reqAction?.endsWith(':read') ? 'grafana-read' : 'grafana-write';
      expect(headers).toEqual([
        { name: 'Authorization', content: 'Bearer {{ .SecureJsonData.collectorToken }}' },
        { name: 'X-LLMCost-Via', content: via },
      ]);
    }
  });
});

describe('what Grafana’s review forbids', () => {
  const forbidden: ReadonlyArray<readonly [string, RegExp]> = [
    ['queries past the data source', /api\/ds\/query/],
    ['the console', /console\./],
    ['window.location', /window\.location/],
    ['window.open', /window\.open/],
    ['dialogs of the browser', /\b(alert|confirm|prompt)\(/],
    ['HTML from strings', /dangerouslySetInnerHTML|innerHTML/],
    ['internals of Grafana', /grafanaBootData|__grafanaSceneContext/],
    ['styles for the whole page', /<Global|import '.*\.css'|gf-form/],
    ['comments that switch checks off', /@ts-(ignore|expect-error|nocheck)|eslint-disable/],
  ];

  it.each(forbidden)('%s', (_name, pattern) => {
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.filter((path) => pattern.test(read(path)))).toEqual([]);
  });

  it('steps to install in the README of the catalogue', () => {
    expect(read('src/README.md')).not.toMatch(/npm |docker|install/i);
  });

  it('nested plugins that load chunks: Grafana would look for them in the wrong place', () => {
    const nested = sources.filter((path) => /^src\/(datasource|panels)\//.test(path));
    expect(nested.filter((path) => /\bimport\(|React\.lazy|\blazy\(/.test(read(path)))).toEqual([]);
  });
});
