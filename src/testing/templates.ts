import type { ScopedVars, TypedVariableModel } from '@grafana/data';
import { setTemplateSrv } from '@grafana/runtime';

/** A dashboard variable: its value or values, and whether it is set to All. */
export interface TestVariable {
  readonly value: string | string[];
  readonly all?: boolean;
  /** The list behind it, and which source answers that. */
  readonly query?: object;
  readonly source?: string;
}

const EXPRESSION = /\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)\]\]/g;

type Format = string | ((value: unknown, variable: unknown) => string);

/** Puts template variables in place that behave as Grafana's do. */
export function givenTemplates(variables: Readonly<Record<string, TestVariable>>): void {
  const valueOf = (name: string, scoped: ScopedVars): unknown =>
    (scoped[name] as { value: unknown } | undefined)?.value ?? variables[name]?.value;
  const textOf = (name: string, scoped: ScopedVars): string => {
    const local = scoped[name] as { text: string } | undefined;
    return local ? local.text : variables[name].all ? 'All' : [variables[name].value].flat().join(' + ');
  };
  const models = Object.entries(variables).map(([name, { value, all, query, source }]) => ({
    name,
    type: 'query',
    query: query ?? '',
    datasource: source ? { uid: source } : null,
    current: all ? { text: ['All'], value: ['$__all'] } : { text: value, value },
  }));
  setTemplateSrv({
    getVariables: () => models as unknown as TypedVariableModel[],
    replace: (target = '', scoped: ScopedVars = {}, format?: Format) =>
      target.replace(EXPRESSION, (match, plain?: string, braced?: string, explicit?: string, old?: string) => {
        const name = plain ?? braced ?? old ?? '';
        const value = valueOf(name, scoped);
        if (value === undefined) {
          return match;
        }
        const how = explicit ?? format;
        if (typeof how === 'function') {
          return how(value, { name });
        }
        return how === 'text' ? textOf(name, scoped) : [value].flat().map(String).join(',');
      }),
    containsTemplate: () => false,
    updateTimeRange: () => undefined,
  });
}
