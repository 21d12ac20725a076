import { verifier } from './readerLogin';

// The keys of RFC 7677's example (user "user", password "pencil", 4096 rounds).
test('a password is kept as SCRAM-SHA-256 keys', () => {
  expect(verifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU='
  );
});

test('every call has a salt of its own', () => {
  expect(verifier('pencil')).not.toBe(verifier('pencil'));
});
