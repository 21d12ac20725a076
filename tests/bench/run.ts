import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** `npm run bench [NAME…]`: the benches of this folder, or those that are named, one after the other. */
interface Bench {
  run?: () => void | Promise<void>;
}

const known = readdirSync(__dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => basename(file, '.ts'));

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new Error(`no bench ${unknown.join(', ')} in tests/bench: ${known.join(', ')}`);
  }
  for (const name of names.length > 0 ? names : known) {
    const { run } = (await import(join(__dirname, name))) as Bench;
    await run?.();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
