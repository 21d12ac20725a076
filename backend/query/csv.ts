export { toCsv } from '../../src/query/csv';
