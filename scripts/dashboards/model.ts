import type { LlmCostQuery, LlmCostVariableQuery } from '../../src/datasource/types';

/** The part of Grafana's classic dashboard JSON that the shipped dashboards use. */
export interface Dashboard {
  readonly id: null;
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schemaVersion: number;
  readonly version: number;
  readonly editable: boolean;
  readonly graphTooltip: 0 | 1 | 2;
  readonly refresh: string;
  readonly timezone: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly timepicker: Readonly<Record<string, unknown>>;
  readonly links: ReadonlyArray<Readonly<Record<string, unknown>>>;
  readonly annotations: { readonly list: ReadonlyArray<Readonly<Record<string, unknown>>> };
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
}

export interface DataSourceRef {
  readonly type: string;
  readonly uid: string;
}

export interface Variable {
  readonly name: string;
  readonly label: string;
  readonly type: 'datasource' | 'query' | 'custom' | 'adhoc' | 'textbox';
  readonly description?: string;
  readonly datasource?: DataSourceRef;
  readonly query?: string | LlmCostVariableQuery;
  readonly [key: string]: unknown;
}

export type CostTarget = Omit<LlmCostQuery, 'datasource'> & { readonly datasource: DataSourceRef };

/** Takes what another panel of the dashboard was answered, so that one query feeds several panels. */
export interface PanelTarget {
  readonly refId: string;
  readonly datasource: DataSourceRef;
  readonly panelId: number;
}

/** A query of the user's own Prometheus. */
export interface PrometheusTarget {
  readonly refId: string;
  readonly datasource: DataSourceRef;
  readonly expr: string;
  readonly legendFormat: string;
}

export type Target = CostTarget | PanelTarget | PrometheusTarget;

export interface GridPosition {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface FieldOverride {
  readonly matcher: { readonly id: string; readonly options: unknown };
  readonly properties: ReadonlyArray<{ readonly id: string; readonly value: unknown }>;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly gridPos: GridPosition;
  readonly datasource: DataSourceRef;
  readonly targets: readonly Target[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly fieldConfig: {
    readonly defaults: Readonly<Record<string, unknown>>;
    readonly overrides: readonly FieldOverride[];
  };
  readonly transformations?: ReadonlyArray<{
    readonly id: string;
    /** The frames that it is for; all of them unless said otherwise. */
    readonly filter?: { readonly id: 'byRefId'; readonly options: string };
    readonly options: unknown;
  }>;
  readonly maxDataPoints?: number;
  /** Panels of a collapsed row: they ask nothing until it is opened. */
  readonly collapsed?: boolean;
  readonly panels?: readonly Panel[];
}
