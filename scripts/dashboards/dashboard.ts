import { ANNOTATIONS, type AnnotationName } from '../../src/query';
import type { Dashboard, GridPosition, Panel, Variable } from './model';
import { byVariable, filterBar, SOURCE } from './filterBar';

export const at = (x: number, y: number, w: number, h: number): GridPosition => ({ x, y, w, h });

interface Asked {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
  /** Begin of the range, up to now. */
  readonly from?: string;
  readonly variables?: readonly Variable[];
  readonly refresh?: string;
}

const mark = (name: AnnotationName, iconColor: string, enable: boolean) => ({
  name: ANNOTATIONS.find((one) => one.name === name)?.label,
  datasource: SOURCE,
  iconColor,
  // Those that are off cost nothing until they are wanted.
  enable,
  hide: false,
  target: { refId: 'Anno', annotation: name, filters: [byVariable('tenant')] },
});

/** Marks on the time axes, each with a switch beside the filters. */
const MARKS = [
  mark('releases', 'purple', false),
  mark('budget_crossings', 'red', true),
  mark('repricings', 'blue', false),
];

/** What all dashboards have in common: the filter bar, links to the others that keep range and filters, shared crosshair. */
export function dashboard({ from = 'now-30d', variables = filterBar(), refresh = '30s', ...own }: Asked): Dashboard {
  const { uid, title, description, panels } = own;
  return {
    id: null,
    uid,
    title,
    description,
    tags: ['llm-cost'],
    schemaVersion: 42,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh,
    timezone: 'browser',
    time: { from, to: 'now' },
    timepicker: {},
    links: [
      {
        type: 'dashboards',
        title: 'LLM Cost',
        tags: ['llm-cost'],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
        targetBlank: false,
        icon: 'external link',
        tooltip: 'Other dashboards about cost, with the same filters and range',
        url: '',
      },
    ],
    annotations: { list: MARKS },
    templating: { list: variables },
    panels,
  };
}
