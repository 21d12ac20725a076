/**
 * What Node is started with for the collector.
 *
 * Room for garbage that lives as long as a batch of calls (MiB), which happens to be Node 20's own. Since what is remembered
 * of calls is bytes, twice as much saves no processor time any more, and it is 32 MiB of memory.
 *
 * No bound of the heap: below 2 GiB V8 lets it grow to twice what is alive instead of four times, which is a sixth less memory,
 * and collects it whole every four seconds at 1,000 decisions a second, which costs those that wait 20 to 30 ms.
 */
export const COLLECTOR_NODE_FLAGS = ['--max-semi-space-size=16'] as const;

/**
 * What glibc's malloc is told by the collector's environment (no other allocator reads it): blocks from 128 KiB on, which
 * are request bodies and rows on their way to the database, go back to the system when they are freed. By itself it raises
 * that bound to the largest block that was ever freed, and keeps their holes: 30 MiB at full load.
 */
export const COLLECTOR_ENVIRONMENT = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '4194304',
} as const;
