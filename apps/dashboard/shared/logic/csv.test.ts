import { toCsv } from './csv';

test('numbers keep every digit, gaps stay empty', () => {
  expect(
    toCsv({
      head: ['n', 'quality'],
      rows: [
        [1, 0.123456789],
        [2, null],
      ],
    }),
  ).toBe('n,quality\r\n1,0.123456789\r\n2,\r\n');
});

test('commas, quotes and formulas are made safe', () => {
  expect(toCsv({ head: ['name'], rows: [['a,"b"'], ['=1+1']] })).toBe('name\r\n"a,""b"""\r\n\'=1+1\r\n');
});
