import type { OpenFence } from '../dmsg/open-fence.ts';
import type { Session } from './session.ts';

/** Clients whose newest epoch is remembered; beyond, the one that opened longest ago is forgotten. */
const KEPT_CLIENTS = 4096;

/**
 * Keeps what a client's earlier opens still have under way from being carried out once it has opened anew: a
 * write it has sent again elsewhere must not be overtaken by its own older copy.
 */
export class Fence {
  /** Newest epoch by client. */
  readonly #newest = new Map<string, number>();

  /** Whether the client has opened again after this epoch. */
  isOvertaken({ client, epoch }: OpenFence): boolean {
    return epoch < (this.#newest.get(client) ?? 0);
  }

  /**
   * End the client's sessions of lower epochs; resolves when nothing of them is at the medium any more.
   * Opens of lower epochs are stale from now on.
   */
  async raise(fence: OpenFence, sessions: Iterable<Session>): Promise<void> {
    const { client, epoch } = fence;
    if (epoch > (this.#newest.get(client) ?? 0)) this.#remember(client, epoch);
    const older = [...sessions].filter(
      (session) => session.fence?.client === client && session.fence.epoch < epoch,
    );
    await Promise.all(older.map((session) => session.fenceOff()));
  }

  #remember(client: string, epoch: number): void {
    this.#newest.delete(client);
    this.#newest.set(client, epoch);
    if (this.#newest.size <= KEPT_CLIENTS) return;
    for (const oldest of this.#newest.keys()) {
      this.#newest.delete(oldest);
      return;
    }
  }
}
