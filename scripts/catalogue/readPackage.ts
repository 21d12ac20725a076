import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { calcPrice, findProvider, type ModelInfo, type Provider } from '@pydantic/genai-prices';

/** The data of `@pydantic/genai-prices` (MIT), as it lies in node_modules. */
export interface PriceData {
  readonly version: string;
  readonly providers: readonly Provider[];
}

const dist = dirname(require.resolve('@pydantic/genai-prices'));

/** Reads every provider of the package. It has no call for a list, so its own command line names them. */
export function readPackage(): PriceData {
  const { version } = JSON.parse(readFileSync(join(dist, '../package.json'), 'utf8')) as { version: string };
  const ids = new Set([...listing().matchAll(/^ +([^:\s]+):/gm)].map((match) => match[1]!));
  const providers = [...ids].map((id) => {
    const provider = findProvider({ providerId: id });
    if (provider?.id !== id) {
      throw new Error(`@pydantic/genai-prices ${version} lists the provider ${id} but doesn't find it`);
    }
    return provider;
  });
  return { version, providers };
}

/** The command ends before a pipe is drained, so it writes into a file. */
function listing(): string {
  const directory = mkdtempSync(join(tmpdir(), 'llm-cost-catalogue-'));
  const path = join(directory, 'list.txt');
  const file = openSync(path, 'w');
  try {
    const { status } = spawnSync(process.execPath, [join(dist, 'cli.js'), 'list'], {
      stdio: ['ignore', file, 'inherit'],
    });
    if (status !== 0) {
      throw new Error(`genai-prices list ended with ${String(status)}`);
    }
    return readFileSync(path, 'utf8');
  } finally {
    closeSync(file);
    rmSync(directory, { recursive: true });
  }
}

/** The model that the package itself takes an id for. */
export function resolve(provider: Provider, id: string): ModelInfo | undefined {
  return calcPrice({}, id, { providerId: provider.id })?.model;
}
