import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { basename, join } from 'node:path';
import prettier from 'prettier';
import { countStolen } from './stolen';

/**
 * `npm run bench [-- --write] [NAME…]`: the benches of this folder, or those that are named, one after the other. With
 * --write what a bench found replaces its part of docs/benchmarks.md.
 */
interface Bench {
  /** Resolves with what it found in Markdown, or prints it. */
  run?: () => void | string | Promise<void | string>;
}

const DOCS = join(__dirname, '../../docs/benchmarks.md');
const HELPERS = ['run', 'events', 'statistics', 'stolen', 'copyText'];

const known = readdirSync(__dirname)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => basename(file, '.ts'))
  .filter((name) => !HELPERS.includes(name));

/** @param stolen the share of processor time that the machine's host took away meanwhile */
const machine = (stolen: number | null): string => {
  const [cpu] = os.cpus();
  const gigabytes = Math.round(os.totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  const load = os.loadavg()[1]!.toFixed(1);
  return `_${day}, ${os.cpus().length} × ${cpu?.model ?? 'unknown'}, ${gigabytes} GB, Node ${process.versions.node}; load average ${load}${
    stolen === null ? '' : `, ${(100 * stolen).toFixed(0)} % of the processors' time taken by the host`
  }._`;
};

/** @throws Error when the page has no place for this bench. */
async function write(part: string, found: string, stolen: number | null): Promise<void> {
  const page = readFileSync(DOCS, 'utf8');
  const [begin, end] = [`<!-- ${part} -->`, `<!-- /${part} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(`docs/benchmarks.md has no part ${begin} … ${end}`);
  }
  const text = `${page.slice(0, from)}${begin}\n\n${machine(stolen)}\n\n${found}\n\n${page.slice(to)}`;
  const options = await prettier.resolveConfig(DOCS);
  writeFileSync(DOCS, await prettier.format(text, { ...options, filepath: DOCS }));
}

/** A bench that knows two databases has a part for each. */
const partOf = (name: string): string =>
  ['ingest', 'authorize'].includes(name)
    ? `${name} ${process.env.LLMCOST_BENCH_DATABASE_URL ? 'native' : 'embedded'}`
    : name;

async function main(args: readonly string[]): Promise<void> {
  const names = args.filter((name) => name !== '--write');
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`no bench ${unknown.join(', ')} in tests/bench: ${known.join(', ')}`);
  }
  for (const name of names.length > 0 ? names : known) {
    const { run } = (await import(join(__dirname, `${name}.ts`))) as Bench;
    const stolen = countStolen();
    const found = await run?.();
    if (typeof found === 'string') {
      process.stdout.write(`${found}\n`);
      if (args.includes('--write')) {
        await write(partOf(name), found, stolen());
      }
    }
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
