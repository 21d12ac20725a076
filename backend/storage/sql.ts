/**
 * Splits a migration into its statements: at semicolons that stand outside of strings, quoted names, dollar quotes and
 * comments. Statements keep their comments; empty ones are left out.
 */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let hasContent = false;
  for (let at = 0; at < sql.length;) {
    const end = skipOpaque(sql, at);
    if (end > at) {
      hasContent ||= !isComment(sql, at);
      at = end;
    } else if (sql[at] === ';') {
      if (hasContent) {
        statements.push(sql.slice(start, at).trim());
      }
      start = ++at;
      hasContent = false;
    } else {
      hasContent ||= /\S/.test(sql[at]!);
      at++;
    }
  }
  if (hasContent) {
    statements.push(sql.slice(start).trim());
  }
  return statements;
}

const isComment = (sql: string, at: number): boolean => sql.startsWith('--', at) || sql.startsWith('/*', at);

const OPAQUE = [
  /--[^\n]*/y,
  // PostgreSQL nests block comments; migrations have no use for it.
  /\/\*[\s\S]*?\*\//y,
  /"(?:[^"]|"")*"/y,
  /\bE'(?:[^'\\]|\\[\s\S]|'')*'/iy,
  /'(?:[^']|'')*'/y,
  /(\$(?:[a-z_]\w*)?\$)[\s\S]*?\1/iy,
];

/** End of the comment, string, quoted name or dollar quote that begins at `at`; `at` when none does. */
function skipOpaque(sql: string, at: number): number {
  for (const pattern of OPAQUE) {
    pattern.lastIndex = at;
    if (pattern.test(sql)) {
      return pattern.lastIndex;
    }
  }
  return at;
}
