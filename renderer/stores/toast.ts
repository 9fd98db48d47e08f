import { notifications } from '@mantine/notifications';
import { toCallError } from '../connection/call-failure.ts';

/**
 * Toasts tell the result of something the person just did, and nothing else: what happens by itself is in
 * the journal.
 */
export function toastDone(message: string): void {
  notifications.show({ message, color: 'ok', autoClose: 4000, withCloseButton: true });
}

/** A failed act that has no dialog to show it in; the journal has it as well. */
export function toastFailed(what: string, thrown: unknown): void {
  const { message, code } = toCallError(thrown);
  if (code === 'cancelled') return;
  notifications.show({ title: what, message, color: 'err', autoClose: 10_000, withCloseButton: true });
}
