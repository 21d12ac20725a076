import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Candidate } from '../../normalize/candidate';
import type { VllmTarget } from './config';
import { advance, isIdle, readSeries, type Series } from './counters';
import { candidateOf } from './event';
import { parseMetrics } from './prometheusText';
import { clearPending, loadStates, saveState, type SeriesState } from './state';

export interface ScraperOptions {
  readonly pool: Pool;
  readonly log: Logger;
  /** Resolves once the call is durable; the same call may come again. */
  readonly submit: (candidate: Candidate) => Promise<unknown>;
}

export interface Scraper {
  /** Resolves when what is running has ended. */
  stop(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
const MAX_PAGE_CHARACTERS = 64 * 1024 * 1024;

const nameOf = ({ model, engine }: Series): string => JSON.stringify([model, engine]);

/**
 * Scrapes a vLLM server once: what its counters went on by since the last time becomes one event for each model and
 * engine. The first scrape of a server is where counting begins; a series that appears later is counted from 0.
 *
 * Nothing is counted twice or lost when the collector ends at any point: the counters and the interval are written as
 * one before the interval is handed over, and are handed over again, under the same id, if it didn't come to its end.
 *
 * @throws Error when the server or the database can't be reached; the next scrape covers this time too.
 */
export async function scrapeOnce(target: VllmTarget, { pool, submit }: Omit<ScraperOptions, 'log'>): Promise<void> {
  const states = await loadStates(pool, target.url);
  const handOver = async ({ series, pending, scraped_at }: SeriesState) => {
    if (pending) {
      await submit(candidateOf(target, pending));
      await clearPending(pool, target.url, series, scraped_at);
    }
  };
  for (const state of states.values()) {
    await handOver(state);
  }
  const at = new Date();
  const page = readSeries(parseMetrics(await fetchPage(target.url)));
  for (const series of page) {
    const before = states.get(nameOf(series)) ?? null;
    if (before && before.scraped_at >= at) {
      continue; // Another collector was here since.
    }
    const next = nextState(series, before, { at, isFirst: states.size === 0 });
    if (await saveState(pool, target.url, next, before?.scraped_at ?? null)) {
      await handOver(next);
    }
  }
}

function nextState(
  series: Series,
  before: SeriesState | null,
  { at, isFirst }: { readonly at: Date; readonly isFirst: boolean }
): SeriesState {
  const { model, engine, epoch } = series;
  const state = { series: nameOf(series), epoch, scraped_at: at };
  if (isFirst) {
    return { ...state, counted: series.counters, pending: null };
  }
  const { used, counted } = advance(before, series);
  const from = before?.scraped_at.getTime() ?? null;
  return { ...state, counted, pending: isIdle(used) ? null : { model, engine, used, from, to: at.getTime() } };
}

async function fetchPage(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { accept: 'text/plain;version=0.0.4' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) {
    throw new Error(`it answered ${response.status}`);
  }
  const page = await response.text();
  if (page.length > MAX_PAGE_CHARACTERS) {
    throw new Error('its metrics page is too large');
  }
  return page;
}

/** Scrapes every server of the configuration at its interval, until stopped. */
export function startScrapers(targets: readonly VllmTarget[], options: ScraperOptions): Scraper {
  const running = targets.map((target) => startScraper(target, options));
  return { stop: async () => void (await Promise.all(running.map((scraper) => scraper.stop()))) };
}

function startScraper(target: VllmTarget, { pool, log, submit }: ScraperOptions): Scraper {
  let stopped = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();

  async function scrape(): Promise<void> {
    try {
      await scrapeOnce(target, { pool, submit });
      failing = false;
    } catch (error) {
      // Once per outage: the same line every few seconds helps nobody.
      log[failing ? 'debug' : 'warn']({ err: error, server: new URL(target.url).host }, 'vLLM could not be scraped');
      failing = true;
    }
  }

  function run(): void {
    round = scrape().finally(() => {
      if (!stopped) {
        timer = setTimeout(run, target.interval_seconds * 1000);
      }
    });
  }

  run();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return round;
    },
  };
}
