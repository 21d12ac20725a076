import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { InsightPanel } from './InsightPanel';
import { DEFAULT_OPTIONS, type InsightOptions } from './options';

const PERCENT = { min: 0, max: 100, integer: false };

export const plugin = new PanelPlugin<InsightOptions>(InsightPanel)
  .useFieldConfig({
    disableStandardOptions: Object.values(FieldConfigProperty).filter((one) => one !== FieldConfigProperty.NoValue),
  })
  .setPanelOptions((builder) =>
    builder
      .addNumberInput({
        path: 'concentration',
        name: 'One model dominates from, %',
        description: 'Part of the cost',
        defaultValue: DEFAULT_OPTIONS.concentration,
        settings: PERCENT,
      })
      .addNumberInput({
        path: 'userShare',
        name: 'One user dominates from, %',
        description: 'Part of the cost',
        defaultValue: DEFAULT_OPTIONS.userShare,
        settings: PERCENT,
      })
      .addNumberInput({
        path: 'saving',
        name: 'A cheaper model saves at least, %',
        description: 'Part of the whole cost',
        defaultValue: DEFAULT_OPTIONS.saving,
        settings: PERCENT,
      })
      .addNumberInput({
        path: 'cacheHits',
        name: 'A cache is unused below, %',
        description: 'Input tokens that are read from a cache',
        defaultValue: DEFAULT_OPTIONS.cacheHits,
        settings: PERCENT,
      })
  );
