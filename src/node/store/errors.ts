import { WpError } from '../../shared/errors.ts';

/** The error for an entry that is to be deleted and has been deleted already. */
export function alreadyDeletedError(n: number): WpError {
  return new WpError('scroll', `entry ${n} was deleted`);
}

/** The error for an entry that was deleted. Senders who still send to it see this message. */
export function deletedError(n: number): WpError {
  return new WpError('show', `entry ${n} was deleted`, 'show it again as a new entry', { isFinal: true });
}
