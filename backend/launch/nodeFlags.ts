/**
 * What Node is started with for the collector.
 *
 * Room for garbage that lives as long as a batch of calls (MiB). Node's own 16 are full before a batch is stored; what is
 * alive then is copied and kept far longer than it is needed. With 32 the same calls take a quarter less processor time
 * (docs/benchmarks.md, from OTLP to rows).
 *
 * A bound of the heap below 2 GiB (MiB): V8 lets a heap grow to four times what is alive in it where it may become larger than
 * that, and to twice where it may not. The same calls then take a sixth less memory, and as much time.
 */
export const COLLECTOR_NODE_FLAGS = ['--max-semi-space-size=32', '--max-old-space-size=2000'] as const;
