/**
 * What Node is started with for the collector: room for garbage that lives as long as a batch of calls (MiB). Node's own
 * 16 are full before a batch is stored; what is alive then is copied and kept far longer than it is needed. With 32 the
 * same calls take a quarter less processor time (docs/benchmarks.md, from OTLP to rows).
 */
export const COLLECTOR_NODE_FLAGS = ['--max-semi-space-size=32'] as const;
