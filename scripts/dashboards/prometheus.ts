import type { DataSourceRef, Panel, PrometheusTarget, Variable } from './model';
import { type Basics, panel } from './panels';

const PROMETHEUS: DataSourceRef = { type: 'prometheus', uid: '${prometheus}' };

/** The user's Prometheus; the first one, when there are several. */
export const prometheusVariable: Variable = {
  name: 'prometheus',
  label: 'Prometheus',
  description: 'Your own Prometheus, for panels beside the cost and for the collector’s health',
  type: 'datasource',
  query: 'prometheus',
  regex: '',
  refresh: 1,
  hide: 3,
  current: {},
  options: [],
};

interface Asked extends Omit<Basics, 'targets'> {
  readonly targets: ReadonlyArray<Omit<PrometheusTarget, 'datasource'>>;
  readonly unit?: string;
}

/** Lines of a Prometheus query. */
export const prometheusSeries = ({ targets, unit = 'short', ...basics }: Asked): Panel =>
  panel(
    { ...basics, targets: targets.map((target) => ({ ...target, datasource: PROMETHEUS })) },
    {
      type: 'timeseries',
      options: {
        legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
        tooltip: { mode: 'multi', sort: 'desc', hideZeros: true },
      },
    },
    {
      unit,
      color: { mode: 'palette-classic' },
      custom: { drawStyle: 'line', lineWidth: 2, fillOpacity: 10, showPoints: 'never', spanNulls: true, axisSoftMin: 0 },
    }
  );
