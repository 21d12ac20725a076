import { BytesInFlight } from './bytesInFlight';

test('what is held together stays within the bound, and room that is given back counts once', () => {
  const room = new BytesInFlight(10);
  const [first, second] = [room.take(6), room.take(4)];
  expect([typeof first, typeof second]).toEqual(['function', 'function']);
  expect(room.take(1)).toBeNull();
  first!();
  first!();
  expect(room.take(7)).toBeNull();
  expect(room.take(6)).not.toBeNull();
  expect(room.take(0)).not.toBeNull();
});
