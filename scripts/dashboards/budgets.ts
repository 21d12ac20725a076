import type { BudgetView } from '../../src/query';
import { at, dashboard } from './dashboard';
import { filterBar } from './filterBar';
import type { GridPosition, Panel } from './model';
import { field, panel, table } from './panels';
import { blank, viewTable } from './tables';
import { UIDS } from './uids';

/** A view of the budgets of the tenants and projects that are chosen, by the budget's own scope. */
const view = (name: BudgetView, refId = 'A') => table({ refId, reference: 'budgets', view: name });

const NO_BUDGET = 'No budget of these tenants and projects. Make one on the page LLM Cost → Budgets.';

/** States from the best to the worst, as they are shown. */
const STATES = [
  { name: 'ok', text: 'OK', color: 'green' },
  { name: 'warning', text: 'Warning', color: 'orange' },
  { name: 'needs_approval', text: 'Needs approval', color: 'purple' },
  { name: 'exceeded', text: 'Exceeded', color: 'red' },
  { name: 'blocked', text: 'Blocking', color: 'dark-red' },
];

const mapping = (key: (name: string, index: number) => string) => ({
  type: 'value',
  options: Object.fromEntries(STATES.map(({ name, text, color }, index) => [key(name, index), { text, color, index }])),
});

/** Columns of one width, px. */
const narrow = (width: number, ...names: readonly string[]) => names.map((name) => field(name, { 'custom.width': width }));

/** The page with the budget opened; its id is the second column. */
const PAGE = { title: 'Open this budget', url: '/a/llmcost-app/budgets?budget=${__data.fields[1]:percentencode}' };

const states = (position: GridPosition): Panel =>
  panel(
    {
      id: 1,
      title: 'Budgets',
      description:
        'The state of every budget now, whatever the time range; a click opens it. Copy this panel into any dashboard.',
      at: position,
      noValue: NO_BUDGET,
      targets: [
        view('states'),
      ],
      overrides: [field('State', { displayName: '${__data.fields[0]}', links: [PAGE] })],
    },
    {
      type: 'stat',
      options: {
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: true, limit: 40 },
        colorMode: 'background',
        graphMode: 'none',
        justifyMode: 'auto',
        orientation: 'auto',
        textMode: 'value_and_name',
        wideLayout: true,
        // On a phone five stand in two rows at this height, and the longest state fits.
        text: { titleSize: 12, valueSize: 14 },
      },
    },
    { unit: 'short', mappings: [mapping((_, index) => String(index))], color: { mode: 'fixed', fixedColor: 'transparent' } }
  );

const burnDown = panel(
  {
    id: 2,
    title: 'Burn-down',
    description:
      'The current window of each budget, whatever the time range: what is spent (line), the pace at which the limit would last exactly (dots), what is expected until the reset (dashes, with a range that held in eight of ten past cases), and the limit and thresholds with the dates on which they were or will be crossed.',
    at: at(0, 6, 24, 15),
    noValue: NO_BUDGET,
    targets: [
      view('burn_down'),
      view('crossings', 'B'),
    ],
  },
  { type: 'llmcost-budget-panel', options: { showIdeal: true } },
  { unit: 'currencyUSD' }
);

const status = viewTable(
  {
    id: 3,
    title: 'Status',
    description: 'How every budget stands now, whatever the time range; of a budget per run its most expensive run of the last day.',
    at: at(0, 21, 24, 9),
    noValue: NO_BUDGET,
    targets: [
      view('status'),
    ],
    overrides: [
      field('Budget', { links: [PAGE] }),
      field('id', { 'custom.hidden': true }),
      field('State', { mappings: [mapping((name) => name)], 'custom.cellOptions': { type: 'color-text' } }),
      ...blank('Resets', 'Error of the estimate'),
      ...narrow(180, 'Budget'),
      ...narrow(100, 'Tenant', 'State', 'Spent', 'Limit', 'Left', 'Reserved'),
      ...narrow(75, 'Used', 'Period'),
      ...narrow(155, 'Resets', 'Expected at the reset'),
      field('Used', { unit: 'percentunit', decimals: 1 }),
      field('Error of the estimate', { unit: 'percentunit', decimals: 1 }),
    ],
  },
  { Spent: 'currencyUSD', Limit: 'currencyUSD', Left: 'currencyUSD', Reserved: 'currencyUSD' }
);

const projections = viewTable(
  {
    id: 4,
    title: 'Projections',
    description:
      'What the calls of each budget will cost, whatever its period: today at its end, the next 7 and the next 30 days, each with a range that held in eight of ten past cases, and how far the same estimate was off over the last 30 days.',
    at: at(0, 30, 24, 10),
    noValue: NO_BUDGET,
    targets: [
      view('outlook'),
    ],
    overrides: [
      field('Budget', { links: [PAGE] }),
      field('id', { 'custom.hidden': true }),
      field('Error, last 30 days', { unit: 'percentunit', decimals: 1 }),
      ...narrow(180, 'Budget'),
      ...narrow(100, 'Expected', 'Low', 'High'),
      ...narrow(150, 'Of', 'Error, last 30 days'),
      ...blank('Expected', 'Low', 'High', 'Error, last 30 days'),
    ],
  },
  { Expected: 'currencyUSD', Low: 'currencyUSD', High: 'currencyUSD' }
);

const thresholds = viewTable(
  {
    id: 5,
    title: 'Thresholds',
    description: 'When each threshold was crossed in the current window, or is expected to be before the reset.',
    at: at(0, 40, 24, 10),
    noValue: NO_BUDGET,
    targets: [
      view('thresholds'),
    ],
    overrides: [
      field('Budget', { links: [PAGE] }),
      field('id', { 'custom.hidden': true }),
      field('Threshold', { unit: 'percentunit', 'custom.width': 90 }),
      ...narrow(180, 'Budget'),
      ...narrow(100, 'From'),
      ...narrow(170, 'Crossed', 'Expected'),
      ...blank('Crossed', 'Expected'),
    ],
  },
  { From: 'currencyUSD', Crossed: 'dateTimeAsIso', Expected: 'dateTimeAsIso' }
);

/** How budgets stand and where they will end. */
export const budgets = dashboard({
  uid: UIDS.budgets,
  title: 'LLM Cost budgets and forecast',
  description: 'Every budget: state, burn-down, where it ends and when thresholds are crossed, and projections with their back-test.',
  variables: filterBar('project'),
  panels: [states(at(0, 0, 24, 6)), burnDown, status, projections, thresholds],
});
