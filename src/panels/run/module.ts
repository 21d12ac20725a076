import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { DEFAULT_OPTIONS, type RunOptions } from './options';
import { RunPanel } from './RunPanel';

export const plugin = new PanelPlugin<RunOptions>(RunPanel)
  .useFieldConfig({
    disableStandardOptions: [
      FieldConfigProperty.Thresholds,
      FieldConfigProperty.Color,
      FieldConfigProperty.Min,
      FieldConfigProperty.Max,
    ],
  })
  .setPanelOptions((builder) =>
    builder.addBooleanSwitch({
      path: 'showTimeline',
      name: 'Timeline',
      description: 'The calls in the order of their start',
      defaultValue: DEFAULT_OPTIONS.showTimeline,
    })
  );
