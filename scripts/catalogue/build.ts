import type { ModelInfo, Provider } from '@pydantic/genai-prices';
import { ADDED, corrected, leftOut, REPLACED } from './corrections';
import { exactIds } from './exactIds';
import { resolve, type PriceData } from './readPackage';
import { withServiceTiers } from './serviceTiers';
import { toRows, type CatalogueRow } from './toRows';

export interface LeftOut {
  readonly provider: string;
  readonly model: string;
  readonly why: string;
}

export interface Catalogue {
  readonly source: string;
  readonly licence: string;
  readonly package_version: string;
  readonly generated_on: string;
  readonly rows: readonly CatalogueRow[];
  readonly left_out: readonly LeftOut[];
}

type Built = { rows: readonly CatalogueRow[] } | { leftOut: LeftOut };

/** The catalogue from the package's data. The same data gives the same catalogue. */
export function buildCatalogue({ version, providers }: PriceData, generatedOn: string): Catalogue {
  const built = providers.flatMap((provider) => [
    ...provider.models.map((model) => build(provider, provider, model)),
    ...soldByOthers(provider, providers),
  ]);
  return {
    source: '@pydantic/genai-prices',
    licence: 'MIT',
    package_version: version,
    generated_on: generatedOn,
    rows: [...ADDED, ...built.flatMap((each) => ('rows' in each ? each.rows : []))].sort(byName),
    left_out: built.flatMap((each) => ('leftOut' in each ? [each.leftOut] : [])),
  };
}

const sortKey = (row: CatalogueRow): string => `${row.provider}\n${row.model}\n${row.effective_from ?? ''}`;
const byName = (a: CatalogueRow, b: CatalogueRow): number => (sortKey(a) < sortKey(b) ? -1 : 1);

function build(seller: Provider, maker: Provider, model: ModelInfo): Built {
  const skip = (why: string): Built => ({ leftOut: { provider: seller.id, model: model.id, why } });
  const replaced = REPLACED.get(`${seller.id}:${model.id}`);
  if (replaced) {
    return { rows: replaced };
  }
  const why = leftOut(maker.id, model);
  if (why !== undefined) {
    return skip(why);
  }
  const ids = exactIds(seller, model);
  if (!ids) {
    return skip('its rules name no whole id');
  }
  return {
    rows: toRows(seller.id, ids, model).map((row) =>
      withServiceTiers(corrected(row, maker.id, model), model.price_comments ?? '')
    ),
  };
}

/**
 * Azure and Vertex sell other makers' models at the makers' list prices (`fallback_model_providers`). DeepSeek's hours of
 * the day and everybody's web search are the maker's own offers.
 */
function soldByOthers(seller: Provider, providers: readonly Provider[]): Built[] {
  return (seller.fallback_model_providers ?? []).flatMap((id) => {
    const maker = providers.find((provider) => provider.id === id);
    const models = (maker?.models ?? []).filter(
      (model) => !REPLACED.has(`${id}:${model.id}`) && resolve(seller, exampleId(maker!, model)) === model
    );
    return models.map((model) => {
      const built = build(seller, maker!, model);
      return 'rows' in built
        ? { rows: built.rows.map((row) => resold(row, id)).filter((row) => !row.time_of_day) }
        : built;
    });
  });
}

const exampleId = (maker: Provider, model: ModelInfo): string => exactIds(maker, model)?.model ?? model.id;

function resold(row: CatalogueRow, maker: string): CatalogueRow {
  const { web_search_per_1k: _search, service_tiers: _tiers, ...rest } = row;
  return { ...rest, note: [`At ${maker}'s list price`, row.note].filter(Boolean).join('. ') };
}

/** JSON with one row a line, so that a change of price is a change of one line. */
export function serialise(catalogue: Catalogue): string {
  const { rows, left_out, ...head } = catalogue;
  const lines = (list: readonly unknown[]) =>
    `[\n${list.map((each) => `    ${JSON.stringify(each)}`).join(',\n')}\n  ]`;
  const fields = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${[...fields, `  "rows": ${lines(rows)}`, `  "left_out": ${lines(left_out)}`].join(',\n')}\n}\n`;
}
