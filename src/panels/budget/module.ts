import { FieldConfigProperty, PanelPlugin } from '@grafana/data';
import { BudgetPanel } from './BudgetPanel';
import { type BudgetOptions, DEFAULT_OPTIONS } from './options';

export const plugin = new PanelPlugin<BudgetOptions>(BudgetPanel)
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
      path: 'showIdeal',
      name: 'Ideal line',
      description: 'The pace at which the limit would last exactly until the reset',
      defaultValue: DEFAULT_OPTIONS.showIdeal,
    })
  );
