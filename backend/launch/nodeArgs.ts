/**
 * Arguments of `node` that run a TypeScript file, without the extra process that the tsx command would be. `--require` and
 * not `--import`: everything here is CommonJS, and for modules tsx would keep a thread with a heap of its own (17 MiB).
 */
export const nodeArgs = (file: string, ...args: readonly string[]): string[] => [
  '--require',
  require.resolve('tsx/cjs'),
  file,
  ...args,
];
