import type { DataFrame } from '@grafana/data';
import { compile, compileLists, DEFAULT_GROUPS, type DimensionName, isFilteredBy } from '../../query';
import type { ListQuestion } from './path';

type Answer = DataFrame | undefined | Error;

/** A statement that answers one question or several. */
export interface ListStatement {
  readonly refId: string;
  readonly sql: string;
  readonly questions: readonly ListQuestion[];
  /** From the statement's answer those of its questions. */
  read(answer: Answer): Array<string[] | Error>;
}

export const firstColumn = (frame: DataFrame | undefined): string[] => (frame?.fields[0]?.values ?? []).map(String);

/** The dimension of a list that is summed from the same few rows as others; undefined for other questions. */
function commonDimension({ query: { group_by } }: ListQuestion): DimensionName | undefined {
  const [name] = group_by;
  return group_by.length === 1 && name !== undefined && isFilteredBy(name) ? name : undefined;
}

function alone(question: ListQuestion, now: number): ListStatement {
  return {
    refId: question.refId,
    sql: compile(question.query, { dialect: 'grafana', now }).sql,
    questions: [question],
    read: (answer) => [answer instanceof Error ? answer : firstColumn(answer)],
  };
}

function together(questions: readonly ListQuestion[], now: number): ListStatement {
  const { refId, query } = questions[0];
  const dimensions = questions.flatMap((one) => commonDimension(one) ?? []);
  return {
    refId,
    sql: compileLists({ ...query, dimensions, limit: query.limit ?? DEFAULT_GROUPS }, { now }),
    questions,
    read: (answer) => {
      if (answer instanceof Error) {
        return questions.map(() => answer);
      }
      const [numbers = [], values = []] = (answer?.fields ?? []).map((field): unknown[] => field.values);
      const lists = questions.map((): string[] => []);
      numbers.forEach((list, row) => lists[Number(list)]?.push(String(values[row])));
      return lists;
    },
  };
}

/**
 * The statements that answer questions. Lists of what dashboards filter by, over the same calls, are one: it reads the calls
 * once, and planning it takes as long as planning one of them.
 *
 * @param now ms since 1970
 */
export function listStatements(questions: readonly ListQuestion[], now: number): ListStatement[] {
  const groups = new Map<string, ListQuestion[]>();
  for (const question of questions) {
    const { from, to, filters, limit } = question.query;
    const name = commonDimension(question);
    const key = JSON.stringify(name ? [from, to, filters, limit] : question.refId);
    const group = groups.get(key);
    if (group) {
      group.push(question);
    } else {
      groups.set(key, [question]);
    }
  }
  return [...groups.values()].map((group) => (group.length > 1 ? together(group, now) : alone(group[0], now)));
}
