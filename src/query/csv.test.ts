import { toCsv } from './csv';

it('quotes, keeps unknown values empty and defuses formulas in names, not in numbers', () => {
  const csv = toCsv({
    columns: [
      { name: 'user_id', type: 'text' },
      { name: 'total_cost', type: 'money' },
    ],
    rows: [
      ['a "b", c', '0.16'],
      ['=HYPERLINK("x")', '-1.5'],
      [null, null],
    ],
  });
  expect(csv).toBe('user_id,total_cost\r\n"a ""b"", c",0.16\r\n"\'=HYPERLINK(""x"")",-1.5\r\n,\r\n');
});
