import { canonicalProvider, isKnownProvider, pricedLike } from './providers';

/**
 * Which names a reported model id may have in the price book (rule 3 of the price book). Only whole names are ever
 * compared: there is no prefix and no substring match, so `gpt-5.1-codex` is not `gpt-5.1`.
 */

/** One name to look for, in the order of trust. */
export interface NameCandidate {
  /** Whose rows to look in; null: the event doesn't say, the book decides. */
  readonly provider: string | null;
  /** Lower case. */
  readonly name: string;
  /** `id`: the id as reported, without wrapping. `snapshot`: without its date, for rows that match dated snapshots. */
  readonly kind: 'id' | 'snapshot';
}

interface Form {
  readonly provider: string | null;
  readonly name: string;
}

/** Models are compared in lower case and without blanks around. */
export const modelName = (text: string): string => text.trim().toLowerCase();

/**
 * All names of a reported model, most literal first.
 * @param provider canonical, or null when unknown
 */
export function nameCandidates(provider: string | null, model: string): readonly NameCandidate[] {
  const found = new Map<string, NameCandidate>();
  const add = (form: Form, kind: NameCandidate['kind']) => {
    for (const owner of form.provider === null ? [null] : pricedLike(form.provider)) {
      const key = `${owner ?? ''}\n${form.name}\n${kind}`;
      if (form.name !== '' && !found.has(key)) {
        found.set(key, { provider: owner, name: form.name, kind });
      }
    }
  };
  for (const form of forms({ provider, name: modelName(model) })) {
    add(form, 'id');
    const undated = withoutDate(form.name);
    if (undated !== undefined) {
      add({ ...form, name: undated }, 'snapshot');
    }
  }
  return [...found.values()];
}

/** A row's own id in the book: its provider's prefix is not part of it. */
export function canonicalModel(provider: string, model: string): string {
  return unwrapped({ provider, name: modelName(model) }).at(-1)!.name;
}

function forms(reported: Form): Form[] {
  return unwrapped(reported).flatMap((form) => [form, ...fineTune(form), ...bedrock(form)]);
}

const RESOURCE = /^(?:projects\/.+\/|publishers\/.+\/)?models\/([^/]+)$/;
const ARN = /^arn:aws[\w-]*:bedrock:.*(?:inference-profile|foundation-model)\/([^/]+)$/;
const PREFIX = /^([^/:]+)([/:])(.+)$/;

/** `models/…`, resource names, and the provider's own prefix taken off, one after the other. */
function unwrapped(form: Form): Form[] {
  const next = unwrapOnce(form);
  return next ? [form, ...unwrapped(next)] : [form];
}

function unwrapOnce({ provider, name }: Form): Form | undefined {
  const resource = RESOURCE.exec(name);
  if (resource) {
    return { provider, name: resource[1]! };
  }
  const arn = ARN.exec(name);
  if (arn) {
    return { provider: provider ?? 'aws', name: arn[1]! };
  }
  const prefix = PREFIX.exec(name);
  if (!prefix || !isKnownProvider(prefix[1]!)) {
    return undefined;
  }
  // The prefix of another provider (`openai/gpt-4o` at OpenRouter) belongs to the id.
  const owner = canonicalProvider(prefix[1]!);
  const sameOwner = provider === null || (owner !== null && pricedLike(provider).includes(owner));
  return sameOwner ? { provider: provider ?? owner, name: prefix[3]! } : undefined;
}

/** `ft:gpt-4o-mini-2024-07-18:acme::abc` is priced by a row for `ft:gpt-4o-mini`, never by the base model's. */
function fineTune({ provider, name }: Form): Form[] {
  const match = /^(ft:[^:]+):/.exec(name);
  return match ? [{ provider, name: match[1]! }] : [];
}

const BEDROCK_ID =
  /^((?:us-gov|us|eu|apac|ap|jp|au|ca|sa|me|af|global)\.)?((?:ai21|amazon|anthropic|cohere|deepseek|google|luma|meta|minimax|mistral|moonshot|moonshotai|nvidia|openai|qwen|stability|twelvelabs|writer|zai)\.)(.+)$/;
const BEDROCK_VERSION = /(-v\d+)?(:\d+)?(:\d+k)?$/;

/** Whose models begin how: for clients that leave the vendor out of a Bedrock id (OpenLLMetry: `nova-lite-v1:0`). */
const VENDORS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^(nova|titan)-/, 'amazon.'],
  [/^claude-/, 'anthropic.'],
  [/^llama/, 'meta.'],
  [/^(mistral|mixtral|ministral|magistral|pixtral)-/, 'mistral.'],
  [/^(command|embed|rerank)-/, 'cohere.'],
  [/^jamba-/, 'ai21.'],
  [/^gpt-oss-/, 'openai.'],
  [/^qwen/, 'qwen.'],
];

/** A Bedrock id without its vendor: by itself, and as the vendor's. */
function withVendor(name: string): Form[] {
  const bare = name.replace(BEDROCK_VERSION, '');
  const vendor = VENDORS.find(([pattern]) => pattern.test(name))?.[1];
  const names = vendor === undefined ? [bare] : [bare, vendor + name, vendor + bare];
  return names.map((form) => ({ provider: 'aws', name: form }));
}

/**
 * `us.anthropic.claude-sonnet-4-5-20250929-v1:0`: without its version; then without its region, for models that have no
 * price of their own there; then the bare id, which may also stand in the vendor's own list when the client calls the
 * vendor the provider.
 */
function bedrock({ provider, name }: Form): Form[] {
  const match = BEDROCK_ID.exec(name);
  if (!match) {
    return provider === 'aws' ? withVendor(name) : [];
  }
  const [, region = '', vendor = '', id = ''] = match;
  const vendorProvider = canonicalProvider(vendor.slice(0, -1));
  const bare = id.replace(BEDROCK_VERSION, '');
  const atBedrock = [region + vendor + id, region + vendor + bare, vendor + id, vendor + bare, id, bare];
  const hosted = atBedrock.map((form) => ({ provider: 'aws', name: form }));
  if (provider === 'aws') {
    return hosted;
  }
  const sold = { provider: provider ?? vendorProvider, name: bare };
  return provider === null || provider === vendorProvider ? [...hosted, sold] : [];
}

const DATES = [
  /^(.+)[-@](\d{4})-(\d{2})-(\d{2})$/, // gpt-4o-mini-2024-07-18
  /^(.+)[-@](\d{4})(\d{2})(\d{2})$/, // claude-sonnet-4-5-20250929, …@20250929
  /^(.+)-()(\d{2})(\d{2})$/, // gpt-4-0613
];

/** The id without the date of its snapshot; undefined when it doesn't end in a real date. */
export function withoutDate(name: string): string | undefined {
  for (const pattern of DATES) {
    const match = pattern.exec(name);
    // A year that isn't told may be a leap year.
    if (match && isDate(match[2] || '2024', match[3]!, match[4]!)) {
      return match[1];
    }
  }
  return undefined;
}

function isDate(year: string, month: string, day: string): boolean {
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return Number(year) >= 2000 && Number(year) < 2100 && date.getUTCDate() === Number(day);
}
