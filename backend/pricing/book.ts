import type { UsageEvent } from '../events/usageEvent';
import { CompiledPrice, datesOf, rowNames, sellerOf } from './compiledPrice';
import { modelName, nameCandidates, withoutDate, type NameCandidate } from './match';
import type { PriceRow, StoredPrice } from './priceRow';
import { canonicalProvider, homeProvider, isKnownProvider } from './providers';

/** What decides about the row of a call. */
export type CallKey = Pick<UsageEvent, 'time' | 'tenant' | 'deployment' | 'provider' | 'model' | 'request_model'>;

/** No row for this model, or rows but none that holds at the time of the call. */
export type NotFound = 'unknown_model' | 'no_price_at_time';

/** Precedence (rule 2), the strongest first. */
export const LEVELS = ['tenant and deployment', 'tenant', 'deployment', 'model override', 'catalogue'] as const;
export type Level = (typeof LEVELS)[number];

/** A row that may not be stored yet. */
export type NewPrice = PriceRow & Partial<Pick<StoredPrice, 'price_id' | 'version' | 'origin'>>;

export function levelOf(row: NewPrice): Level {
  if (row.tenant !== null) {
    return row.deployment !== null ? 'tenant and deployment' : 'tenant';
  }
  if (row.deployment !== null) {
    return 'deployment';
  }
  return row.origin === 'catalogue' ? 'catalogue' : 'model override';
}

/** Remembered (tenant, deployment, provider, model); bounds the memory that made-up model names can take. */
const MAX_REMEMBERED = 50_000;

type Remembered = Map<string, Map<string, Map<string, Map<string, readonly CompiledPrice[]>>>>;

/**
 * All price rows, compiled. Immutable: a change of prices makes a new book. Finding a price is a lookup by tenant,
 * deployment, provider and model that is worked out once for each combination.
 */
export class PriceBook {
  readonly #byName = new Map<string, CompiledPrice[]>();
  readonly #ofDeployment = new Map<string, CompiledPrice[]>();
  readonly #byId = new Map<string, CompiledPrice>();
  readonly #tenants = new Set<string>();
  #remembered: Remembered = new Map();
  #size = 0;

  private constructor(readonly rows: readonly StoredPrice[]) {
    // Where rows of one level overlap after all, the one that began last wins, then the one changed last.
    const prices = rows
      .map((row) => CompiledPrice.of(row))
      .sort((a, b) => compare(b.from, a.from) || b.row.version - a.row.version);
    prices.forEach((price) => this.#add(price));
  }

  /** @throws SyntaxError for a row that did not go through `parsePriceRow`. */
  static from(rows: readonly StoredPrice[]): PriceBook {
    return new PriceBook(rows);
  }

  /** A book with further rows, e.g. overrides on top of the catalogue. */
  with(rows: readonly StoredPrice[]): PriceBook {
    return new PriceBook([...this.rows, ...rows]);
  }

  /** The row of this id, compiled. */
  get(priceId: string): CompiledPrice | undefined {
    return this.#byId.get(priceId);
  }

  /** The price in force for a call at ITS time (rules 1 to 3). */
  find(call: CallKey): CompiledPrice | NotFound {
    const prices = this.candidates(call);
    for (let i = 0; i < prices.length; i++) {
      if (prices[i]!.holdsAt(call.time)) {
        return prices[i]!;
      }
    }
    return prices.length === 0 ? 'unknown_model' : 'no_price_at_time';
  }

  /** Every row that matches a call whatever its dates, the strongest first. */
  candidates(call: CallKey): readonly CompiledPrice[] {
    const tenant = this.#tenants.size > 0 && this.#tenants.has(call.tenant) ? call.tenant : '';
    const deployment =
      call.deployment !== null && this.#ofDeployment.size > 0 && this.#ofDeployment.has(call.deployment)
        ? call.deployment
        : '';
    const provider = call.provider ?? '';
    const model = call.model ?? call.request_model ?? '';
    const byModel = child(child(child(this.#remembered, tenant), deployment), provider);
    let prices = byModel.get(model);
    if (prices === undefined) {
      prices = this.#resolve(tenant, deployment, provider, model);
      if (++this.#size > MAX_REMEMBERED) {
        this.#remembered = new Map();
        this.#size = 0;
      } else {
        byModel.set(model, prices);
      }
    }
    return prices;
  }

  #add(price: CompiledPrice): void {
    const { row } = price;
    this.#byId.set(row.price_id, price);
    if (row.tenant !== null) {
      this.#tenants.add(row.tenant);
    }
    if (row.deployment !== null) {
      append(this.#ofDeployment, row.deployment, price);
    }
    for (const name of price.names) {
      append(this.#byName, name, price);
    }
  }

  #resolve(tenant: string, deployment: string, provider: string, model: string): readonly CompiledPrice[] {
    const canonical = canonicalProvider(provider);
    const applies = ({ row }: CompiledPrice) =>
      (row.tenant === null || row.tenant === tenant) && (row.deployment === null || row.deployment === deployment);
    const byModel = nameCandidates(canonical, model).flatMap((candidate) => this.#named(candidate, provider, applies));
    const ofDeployment = (this.#ofDeployment.get(deployment) ?? []).filter(
      (price) => applies(price) && sellsTo(price.row, canonical) && runsModel(price.row, deployment, model)
    );
    const found = [...new Set([...byModel, ...ofDeployment])];
    return LEVELS.flatMap((level) => found.filter((price) => levelOf(price.row) === level));
  }

  #named(
    { provider, name, kind }: NameCandidate,
    reported: string,
    applies: (price: CompiledPrice) => boolean
  ): CompiledPrice[] {
    const prices = (this.#byName.get(name) ?? []).filter(
      (price) => applies(price) && (kind === 'id' || price.row.match === 'prefix-date')
    );
    const seller = provider ?? unnamedSeller(prices, reported) ?? homeProvider(name);
    return prices.filter((price) => sellerOf(price.row) === seller);
  }
}

/** The row at the same level whose dates overlap, which forbids a new row; undefined when there is none (rule 2). */
export function overlaps(rows: readonly StoredPrice[], row: NewPrice): StoredPrice | undefined {
  const names = new Set(rowNames(row));
  const dates = datesOf(row);
  return rows.find(
    (other) =>
      other.price_id !== row.price_id &&
      levelOf(other) === levelOf(row) &&
      other.tenant === row.tenant &&
      other.deployment === row.deployment &&
      sellerOf(other) === sellerOf(row) &&
      rowNames(other).some((name) => names.has(name)) &&
      dates.from < datesOf(other).to &&
      datesOf(other).from < dates.to
  );
}

/** A deployment's row for a provider that nobody else knows (`self-hosted`, `*`) holds whatever the client calls it. */
function sellsTo(row: StoredPrice, provider: string | null): boolean {
  return provider === null || !isKnownProvider(row.provider) || canonicalProvider(row.provider) === provider;
}

/** A deployment's row prices its model by any name, and calls that only repeat the deployment's name or say nothing. */
function runsModel(row: StoredPrice, deployment: string, model: string): boolean {
  const reported = modelName(model);
  if (row.model === '*' || reported === '' || reported === modelName(deployment)) {
    return true;
  }
  const names = rowNames(row);
  return names.includes(reported) || (row.match === 'prefix-date' && names.includes(withoutDate(reported) ?? ''));
}

/** Whose rows are meant when the call names no provider that is known: the one it says literally, or the only one. */
function unnamedSeller(prices: readonly CompiledPrice[], reported: string): string | undefined {
  const sellers = new Set(prices.map((price) => sellerOf(price.row)));
  const literal = reported.trim().toLowerCase();
  if (sellers.has(literal)) {
    return literal;
  }
  const [only] = sellers;
  return sellers.size === 1 ? only : undefined;
}

const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) {
    list.push(value);
  } else {
    map.set(key, [value]);
  }
}

function child<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let value = map.get(key);
  if (value === undefined) {
    value = new Map();
    map.set(key, value);
  }
  return value;
}
