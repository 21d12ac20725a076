/**
 * What Node is started with for the collector.
 *
 * Room for garbage that lives as long as a batch of calls (MiB). Node's own 16 are full before a batch is stored; what is
 * alive then is copied and kept far longer than it is needed. With 32 the same calls take a quarter less processor time
 * (docs/benchmarks.md, from OTLP to rows).
 *
 * No bound of the heap: below 2 GiB V8 lets it grow to twice what is alive instead of four times, which is a sixth less memory,
 * and collects it whole every four seconds at 1,000 decisions a second, which costs those that wait 20 to 30 ms.
 */
export const COLLECTOR_NODE_FLAGS = ['--max-semi-space-size=32'] as const;
