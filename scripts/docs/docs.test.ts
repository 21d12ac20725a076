import fs from 'node:fs';
import path from 'node:path';
import { OPENAPI } from '../../backend/http/openapi';
import { TABLES, withTables } from './tables';

const ROOT = path.join(__dirname, '..', '..');
const DOCS = ['README.md', ...fs.readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((file) =>
  file.endsWith('.md')
);
const EXAMPLES = fs
  .readdirSync(path.join(ROOT, 'examples'))
  .map((name) => `examples/${name}/README.md`)
  .filter((file) => fs.existsSync(path.join(ROOT, file)));
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');
const everything = [...DOCS, ...EXAMPLES].map((file) => [file, read(file)] as const);

describe.each(everything)('%s', (file, text) => {
  it('has tables that say what the code says (npm run docs writes them)', () => {
    expect(withTables(text)).toBe(text);
  });

  it('links to files and headings that are there', () => {
    const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, target]) => target!);
    const broken = links.filter((link) => {
      const [target = '', heading] = link.split('#');
      const full = target ? path.join(ROOT, path.dirname(file), target) : path.join(ROOT, file);
      return (
        !fs.existsSync(full) || (heading !== undefined && !anchors(fs.readFileSync(full, 'utf8')).includes(heading))
      );
    });
    expect(broken).toEqual([]);
  });

  it('names npm scripts that are there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const known = file.startsWith('examples/') ? { ...scripts, start: '' } : scripts;
    const named = [...text.matchAll(/npm (?:run (?:-s )?([\w:-]+)|(start|test)\b)/g)].map(
      ([, run, short]) => run ?? short!
    );
    expect(named.filter((name) => !(name in known))).toEqual([]);
  });

  it('names files of this repository that are there', () => {
    const named = [
      ...text.matchAll(/`((?:backend|src|docs|examples|provisioning|dashboards|docker|scripts|tests)\/[\w./-]*)`/g),
    ];
    expect(named.map(([, name]) => name!).filter((name) => !fs.existsSync(path.join(ROOT, name)))).toEqual([]);
  });

  it('names routes that the collector has', () => {
    const paths = Object.keys(OPENAPI.paths as object).map((route) => route.replace(/\{\w+\}/g, '{}'));
    const routes = [...text.matchAll(/(?:GET|POST|DELETE|127\.0\.0\.1:4318)[ `]*(\/(?:v1|api)\/[\w/{}-]*)/g)].map(
      ([, route]) => route!.replace(/\{\w+\}/g, '{}')
    );
    expect(routes.filter((route) => !paths.includes(route))).toEqual([]);
  });
});

it('every table is in the docs', () => {
  const text = everything.map(([, content]) => content).join('\n');
  expect(Object.keys(TABLES).filter((name) => !text.includes(`<!-- table:${name} -->`))).toEqual([]);
});

/** Anchors of the headings, as GitHub makes them. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-')
  );
}
