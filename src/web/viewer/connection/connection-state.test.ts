import { expect, test } from 'vitest';
import {
  type ConnectionEffect,
  type ConnectionEvent,
  type ConnectionState,
  connectionTransition,
  NOT_CONNECTED,
} from './connection-state.ts';

const start: ConnectionEvent = { type: 'start', now: 0 };
const token = (attempt = 1): ConnectionEvent => ({ type: 'token', attempt, token: 'T' });
const noToken = (attempt = 1): ConnectionEvent => ({ type: 'token', attempt, token: undefined, reason: 'used' });
const opened: ConnectionEvent = { type: 'opened' };
const subscribed: ConnectionEvent = { type: 'subscribed' };
const live = [start, token(), opened, subscribed];
const closed = (now: number): ConnectionEvent => ({ type: 'closed', now, isRefused: false });
const refused: ConnectionEvent = { type: 'closed', now: 0, isRefused: true };
const retry = (now = 0): ConnectionEvent => ({ type: 'retry', now });
const timer = (now: number): ConnectionEvent => ({ type: 'retry-timer', now });
const noServer = (attempt: number, now: number): ConnectionEvent => ({ type: 'no-server', attempt, now });

function run(...events: ConnectionEvent[]): { state: ConnectionState; effects: readonly ConnectionEffect[] } {
  let result: { state: ConnectionState; effects: readonly ConnectionEffect[] } = { state: NOT_CONNECTED, effects: [] };
  for (const event of events) result = connectionTransition(result.state, event);
  return result;
}

test('connects with a token and is live when the server has sent the missed events', () => {
  expect(run(start).effects).toEqual([
    { type: 'report', status: 'connecting' },
    { type: 'request-token', attempt: 1, isRenewal: false },
  ]);
  expect(run(start, token()).effects).toEqual([{ type: 'open-socket', token: 'T' }]);
  expect(run(start, token(), opened).state.phase).toBe('subscribing');
  expect(run(...live)).toMatchObject({ state: { phase: 'live' }, effects: [{ type: 'report', status: 'live' }] });
});

test('the delay before each further attempt doubles up to five seconds', () => {
  expect(run(...live, closed(0)).effects).toEqual([
    { type: 'report', status: 'reconnecting', reason: undefined },
    { type: 'start-retry-timer', delay: 250 },
  ]);
  const delays: number[] = [];
  let { state } = run(...live, closed(0));
  for (let attempt = 2; attempt < 9; attempt += 1) {
    delays.push(state.retryDelay);
    ({ state } = connectionTransition(state, timer(0)));
    ({ state } = connectionTransition(state, noServer(attempt, 0)));
  }
  expect(delays).toEqual([500, 1000, 2000, 4000, 5000, 5000, 5000]);
});

test('a live connection resets the delay', () => {
  const again = [closed(0), timer(0), token(2), opened, subscribed];
  const { state } = run(...live, ...again);
  expect([state.phase, state.retryDelay, state.lostAt]).toEqual(['live', 250, undefined]);
});

test('after ten seconds without a connection the status is offline', () => {
  const lost = [...live, closed(1000), timer(2000)];
  expect(run(...lost, noServer(2, 11_000)).effects[0]).toMatchObject({ status: 'reconnecting' });
  expect(run(...lost, noServer(2, 11_001)).effects[0]).toMatchObject({ status: 'offline' });
});

test('a server that was never reached is not reported as lost', () => {
  expect(run(start, noServer(1, 0)).effects[0]).toMatchObject({ status: 'connecting' });
});

test('the reason that the server gave is reported', () => {
  const event: ConnectionEvent = { type: 'closed', now: 0, isRefused: false, reason: 'no such scroll' };
  expect(run(...live, event).effects[0]).toMatchObject({ type: 'report', reason: 'no such scroll' });
});

test('without a token the user has to log in, and can try again', () => {
  expect(run(start, noToken())).toMatchObject({
    state: { phase: 'login' },
    effects: [{ type: 'report', status: 'login', reason: 'used' }],
  });
  expect(run(start, noToken(), retry()).effects).toEqual([{ type: 'request-token', attempt: 2, isRenewal: false }]);
});

test('a refused token is replaced once', () => {
  const first = [start, token(), opened, refused];
  expect(run(...first).effects).toEqual([{ type: 'request-token', attempt: 1, isRenewal: true }]);
  expect(run(...first, token(), opened, refused)).toMatchObject({
    state: { phase: 'login' },
    effects: [{ type: 'report', status: 'login' }],
  });
});

test('results of an abandoned attempt are ignored', () => {
  const abandoned = [start, retry()];
  for (const late of [token(1), noToken(1), noServer(1, 0)]) expect(run(...abandoned, late).effects).toEqual([]);
  expect(run(...abandoned, token(2)).effects).toEqual([{ type: 'open-socket', token: 'T' }]);
});

test('a connection that seems to be live is checked, and replaced if the server is silent', () => {
  expect(run(...live, { type: 'check' }).effects).toEqual([{ type: 'ping' }]);
  expect(run(...live, retry()).effects).toEqual([{ type: 'ping' }]);
  expect(run(...live, { type: 'silent', now: 7 })).toMatchObject({
    state: { phase: 'authorizing', attempt: 2, lostAt: 7 },
    effects: [
      { type: 'report', status: 'reconnecting' },
      { type: 'close-socket' },
      { type: 'request-token', attempt: 2, isRenewal: false },
    ],
  });
  for (const phase of [[start], [start, token()]]) expect(run(...phase, { type: 'check' }).effects).toEqual([]);
});

test('a socket that is still opening is replaced on request', () => {
  expect(run(start, token(), retry()).effects.map(({ type }) => type)).toEqual([
    'report',
    'close-socket',
    'request-token',
  ]);
});
