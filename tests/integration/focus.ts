/**
 * The columns of FOCUS 1.2, from its specification (specification/columns at tag v1.2 of
 * github.com/FinOps-Open-Cost-and-Usage-Spec/FOCUS_Spec): feature level, whether null is allowed, data type, allowed values.
 */
type Level = 'Mandatory' | 'Conditional' | 'Recommended';
type DataType = 'String' | 'Decimal' | 'Date/Time' | 'JSON';
interface Column {
  readonly level: Level;
  readonly nulls: boolean;
  readonly type: DataType;
  readonly allowed?: readonly string[];
}

const column = (level: Level, nulls: boolean, type: DataType, allowed?: readonly string[]): Column => ({
  level,
  nulls,
  type,
  ...(allowed && { allowed }),
});

export const FOCUS: Readonly<Record<string, Column>> = {
  AvailabilityZone: column('Recommended', true, 'String'),
  BilledCost: column('Mandatory', false, 'Decimal'),
  BillingAccountId: column('Mandatory', false, 'String'),
  BillingAccountName: column('Mandatory', true, 'String'),
  BillingAccountType: column('Conditional', false, 'String'),
  BillingCurrency: column('Mandatory', false, 'String'),
  BillingPeriodEnd: column('Mandatory', false, 'Date/Time'),
  BillingPeriodStart: column('Mandatory', false, 'Date/Time'),
  CapacityReservationId: column('Conditional', true, 'String'),
  CapacityReservationStatus: column('Conditional', true, 'String'),
  ChargeCategory: column('Mandatory', false, 'String', ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment']),
  ChargeClass: column('Mandatory', true, 'String', ['Correction']),
  ChargeDescription: column('Mandatory', true, 'String'),
  ChargeFrequency: column('Recommended', false, 'String', ['One-Time', 'Recurring', 'Usage-Based']),
  ChargePeriodEnd: column('Mandatory', false, 'Date/Time'),
  ChargePeriodStart: column('Mandatory', false, 'Date/Time'),
  CommitmentDiscountCategory: column('Conditional', true, 'String'),
  CommitmentDiscountId: column('Conditional', true, 'String'),
  CommitmentDiscountName: column('Conditional', true, 'String'),
  CommitmentDiscountQuantity: column('Conditional', true, 'Decimal'),
  CommitmentDiscountStatus: column('Conditional', true, 'String'),
  CommitmentDiscountType: column('Conditional', true, 'String'),
  CommitmentDiscountUnit: column('Conditional', true, 'String'),
  ConsumedQuantity: column('Conditional', true, 'Decimal'),
  ConsumedUnit: column('Conditional', true, 'String'),
  ContractedCost: column('Mandatory', false, 'Decimal'),
  ContractedUnitPrice: column('Conditional', true, 'Decimal'),
  EffectiveCost: column('Mandatory', false, 'Decimal'),
  InvoiceId: column('Recommended', true, 'String'),
  InvoiceIssuerName: column('Mandatory', false, 'String'),
  ListCost: column('Mandatory', false, 'Decimal'),
  ListUnitPrice: column('Conditional', true, 'Decimal'),
  PricingCategory: column('Conditional', true, 'String', ['Standard', 'Dynamic', 'Committed', 'Other']),
  PricingCurrency: column('Conditional', true, 'String'),
  PricingCurrencyContractedUnitPrice: column('Conditional', true, 'Decimal'),
  PricingCurrencyEffectiveCost: column('Conditional', true, 'Decimal'),
  PricingCurrencyListUnitPrice: column('Conditional', true, 'Decimal'),
  PricingQuantity: column('Mandatory', true, 'Decimal'),
  PricingUnit: column('Mandatory', true, 'String'),
  ProviderName: column('Mandatory', false, 'String'),
  PublisherName: column('Mandatory', false, 'String'),
  RegionId: column('Conditional', true, 'String'),
  RegionName: column('Conditional', true, 'String'),
  ResourceId: column('Conditional', true, 'String'),
  ResourceName: column('Conditional', true, 'String'),
  ResourceType: column('Conditional', true, 'String'),
  ServiceCategory: column('Mandatory', false, 'String', ['AI and Machine Learning']),
  ServiceName: column('Mandatory', false, 'String'),
  ServiceSubcategory: column('Recommended', false, 'String', ['Generative AI']),
  SkuId: column('Conditional', true, 'String'),
  SkuMeter: column('Conditional', true, 'String'),
  SkuPriceDetails: column('Conditional', true, 'JSON'),
  SkuPriceId: column('Conditional', true, 'String'),
  SubAccountId: column('Conditional', true, 'String'),
  SubAccountName: column('Conditional', true, 'String'),
  SubAccountType: column('Conditional', true, 'String'),
  Tags: column('Conditional', true, 'JSON'),
};

export type FocusRow = Readonly<Record<string, string>>;

/** NumericFormat and DateTimeFormat of the specification. */
const FORMATS: Partial<Record<DataType, RegExp>> = {
  Decimal: /^-?\d+(\.\d+)?(E-?\d+)?$/,
  'Date/Time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
};

function valueFault(name: string, value: string): string | undefined {
  const { nulls, type, allowed } = FOCUS[name]!;
  if (value === '') {
    return nulls ? undefined : 'is null';
  }
  if (allowed && !allowed.includes(value)) {
    return `"${value}" is not allowed`;
  }
  if (type === 'JSON') {
    JSON.parse(value);
  }
  return FORMATS[type]?.test(value) === false ? `"${value}" is no ${type}` : undefined;
}

/** Rules that concern several columns of a row (the normative requirements of the columns named). */
const RULES: ReadonlyArray<readonly [string, (row: FocusRow) => boolean]> = [
  ['ChargePeriodStart < ChargePeriodEnd', (row) => row.ChargePeriodStart! < row.ChargePeriodEnd!],
  ['BillingPeriodStart < BillingPeriodEnd', (row) => row.BillingPeriodStart! < row.BillingPeriodEnd!],
  ['ConsumedQuantity: null unless Usage', (row) => row.ChargeCategory === 'Usage' || row.ConsumedQuantity === ''],
  [
    'ConsumedQuantity, PricingQuantity, PricingCategory, SkuId, SkuPriceId: not null for Usage that is no correction',
    (row) =>
      row.ChargeCategory !== 'Usage' ||
      row.ChargeClass === 'Correction' ||
      ['ConsumedQuantity', 'PricingQuantity', 'PricingCategory', 'SkuId', 'SkuPriceId'].every(
        (name) => row[name] !== ''
      ),
  ],
  ['ConsumedUnit: with its quantity only', (row) => (row.ConsumedQuantity === '') === (row.ConsumedUnit === '')],
  ['PricingUnit: with its quantity only', (row) => (row.PricingQuantity === '') === (row.PricingUnit === '')],
  [
    'ChargeFrequency: not Usage-Based for a purchase',
    (row) => row.ChargeCategory !== 'Purchase' || row.ChargeFrequency !== 'Usage-Based',
  ],
  [
    'SubAccountName and SubAccountType: null where SubAccountId is',
    (row) => row.SubAccountId !== '' || (row.SubAccountName === '' && row.SubAccountType === ''),
  ],
  [
    'Correction: of an earlier billing period',
    (row) => row.ChargeClass !== 'Correction' || row.ChargePeriodEnd! <= row.BillingPeriodStart!,
  ],
  [
    'Credit: ContractedCost and ListCost match BilledCost',
    (row) =>
      row.ChargeCategory !== 'Credit' || (row.ContractedCost === row.BilledCost && row.ListCost === row.BilledCost),
  ],
];

/** Everything about a dataset that the specification forbids. */
export function focusFaults(rows: readonly FocusRow[]): string[] {
  const names = Object.keys(rows[0] ?? {});
  const missing = Object.entries(FOCUS)
    .filter(([name, { level }]) => level === 'Mandatory' && !names.includes(name))
    .map(([name]) => `${name} is missing`);
  // Custom columns MUST begin with x_ (attribute "Column Naming and Ordering").
  const unknown = names.filter((name) => !FOCUS[name] && !name.startsWith('x_')).map((name) => `${name} is no column`);
  const parents = new Map<string, string>();
  const faults = rows.flatMap((row, i) => {
    const values = names.flatMap((name) => (FOCUS[name] ? (valueFault(name, row[name]!) ?? []) : []));
    const broken = RULES.filter(([, holds]) => !holds(row)).map(([rule]) => rule);
    const parent = parents.get(row.SkuPriceId!) ?? row.SkuId!;
    parents.set(row.SkuPriceId!, parent);
    return [...values, ...broken, ...(parent === row.SkuId ? [] : ['SkuPriceId has two SkuIds'])].map(
      (fault) => `row ${i}: ${fault}`
    );
  });
  return [...missing, ...unknown, ...faults];
}
