import type { Sample } from './prometheusText';

/** The counters of one model on one engine of a vLLM server; whole numbers that only grow while its process lives. */
export interface Counters {
  /** All input tokens, cached ones included. */
  readonly prompt: number;
  /** Input tokens from the prefix cache; null where the version of vLLM doesn't count them. */
  readonly cached: number | null;
  readonly generation: number;
  readonly requests: number | null;
}

/** What a server says of one model and engine. */
export interface Series {
  readonly model: string;
  /** '' where there are no engines. */
  readonly engine: string;
  /** When the counters began, seconds since 1970; 0 when the server doesn't say. */
  readonly epoch: number;
  readonly counters: Counters;
}

/**
 * Prefix cache queries and hits are not among them: vLLM counts them again at each check. The names have lost `_total`,
 * which pages of OpenMetrics and of the older format spell differently.
 */
const FIELDS: Readonly<Record<string, keyof Counters>> = {
  'vllm:prompt_tokens': 'prompt',
  'vllm:prompt_tokens_cached': 'cached',
  'vllm:generation_tokens': 'generation',
  'vllm:request_success': 'requests',
};

interface Draft {
  readonly model: string;
  readonly engine: string;
  created: number;
  readonly counters: { -readonly [Name in keyof Counters]: number | null };
}

/** The token counters of a vLLM metrics page, one series for each model and engine, ordered by them. */
export function readSeries(samples: readonly Sample[]): Series[] {
  const drafts = new Map<string, Draft>();
  let processStart = 0;
  for (const { name, labels, value } of samples) {
    if (name === 'process_start_time_seconds') {
      processStart = value;
    }
    const field = FIELDS[name.replace(/_(total|created)$/, '')];
    if (field === undefined || !Number.isFinite(value) || value < 0) {
      continue;
    }
    const { model_name: model = '', engine = '' } = labels;
    const key = JSON.stringify([model, engine]);
    const draft = drafts.get(key) ?? {
      model,
      engine,
      created: 0,
      counters: { prompt: null, cached: null, generation: null, requests: null },
    };
    drafts.set(key, draft);
    if (!name.endsWith('_created')) {
      // Requests are counted by how they ended.
      draft.counters[field] = (draft.counters[field] ?? 0) + Math.round(value);
    } else if (field === 'prompt') {
      draft.created = value;
    }
  }
  return [...drafts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, { model, engine, created, counters }]) => {
      const { prompt, generation, cached, requests } = counters;
      const complete = prompt !== null && generation !== null && model !== '';
      return complete
        ? [{ model, engine, epoch: created || processStart, counters: { prompt, generation, cached, requests } }]
        : [];
    });
}

/** What was used between two readings. */
export interface Advance {
  readonly used: Counters;
  /** Up to where it is counted now. */
  readonly counted: Counters;
}

const ZERO: Counters = { prompt: 0, cached: 0, generation: 0, requests: 0 };

/**
 * How far the counters went since `before`. A process that began at another time, or a counter that fell, has begun at
 * 0. Cached tokens are a part of the prompt's: what a page shows too early of them is counted with the next one.
 */
export function advance(before: { readonly epoch: number; readonly counted: Counters } | null, now: Series): Advance {
  const base = before !== null && !isReset(before, now) ? before.counted : ZERO;
  const { counters } = now;
  const prompt = counters.prompt - base.prompt;
  const cached = counters.cached === null ? null : Math.min(counters.cached - (base.cached ?? counters.cached), prompt);
  const requests = counters.requests === null ? null : counters.requests - (base.requests ?? counters.requests);
  return {
    used: { prompt, cached, generation: counters.generation - base.generation, requests },
    counted: { ...counters, cached: cached === null ? null : (base.cached ?? counters.cached ?? 0) + cached },
  };
}

const COUNTED = ['prompt', 'cached', 'generation', 'requests'] as const;

function isReset(before: { readonly epoch: number; readonly counted: Counters }, now: Series): boolean {
  const otherProcess = before.epoch > 0 && now.epoch > 0 && before.epoch !== now.epoch;
  return otherProcess || COUNTED.some((name) => (now.counters[name] ?? Infinity) < (before.counted[name] ?? 0));
}

/** Whether anything was used at all. */
export const isIdle = ({ prompt, generation, requests }: Counters): boolean =>
  prompt === 0 && generation === 0 && (requests ?? 0) === 0;
