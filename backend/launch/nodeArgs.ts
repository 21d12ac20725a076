import { pathToFileURL } from 'node:url';

/** Arguments of `node` that run a TypeScript file, without the extra process that the tsx command would be. */
export const nodeArgs = (file: string, ...args: readonly string[]): string[] => [
  '--import',
  pathToFileURL(require.resolve('tsx')).href,
  file,
  ...args,
];
