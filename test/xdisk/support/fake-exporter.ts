import type { Conn } from '../../../electron/dmsg/conn.ts';
import { Command, PeerType, Wire } from '../../../electron/dmsg/constants.ts';
import type { Link, LinkUser } from '../../../electron/dmsg/link.ts';
import { exporterConn } from '../../../electron/dmsg/link-options.ts';
import type { Message } from '../../../electron/dmsg/message.ts';
import { EMPTY_SPAN, type Span } from '../../../electron/dmsg/span.ts';
import type { Transaction } from '../../../electron/dmsg/transaction.ts';
import type { Address } from '../../../electron/stream/address.ts';
import type { Net } from '../../target/support/net.ts';

/** A disk as spans show it. */
export const DISK: Span = {
  ...EMPTY_SPAN,
  peerType: PeerType.BLOCK,
  sizeBytes: 1n << 20n,
  blockBytes: 512,
  pfsLabel: 'S1',
};

/** What an exporter that is not ours does; without an answer it keeps silent. */
export interface FakeManners {
  readonly opened?: (link: Link, transaction: Transaction, message: Message) => void;
  readonly command?: (link: Link, transaction: Transaction, message: Message) => void;
  /** After the spans were offered. */
  readonly up?: (link: Link) => void;
  /** How it introduces itself. */
  readonly conn?: Conn;
}

/** An exporter with whatever spans and manners. */
export function startFake(
  net: Net,
  spans: readonly Span[],
  { opened = accept, command, up, conn = exporterConn() }: FakeManners = {},
): Promise<Address> {
  const user: LinkUser = {
    up: (link) => {
      const ending = (transaction: Transaction): void => {
        if (transaction.rxClosed) link.mux.end(transaction);
      };
      for (const span of spans) {
        link.offer(span, {
          message: ending,
          lost: ending,
          opened: (child, message) => {
            child.handler = {
              message: ending,
              lost: ending,
              opened: (inner, asked) => {
                inner.handler = { message: ending, lost: ending };
                command?.(link, inner, asked);
              },
            };
            opened(link, child, message);
          },
        });
      }
      up?.(link);
    },
    spanOffered: () => null,
    down: () => {},
  };
  return net.listen(user, conn);
}

/** Grant what is asked. */
export const accept = (link: Link, transaction: Transaction): void => link.mux.result(transaction);

/** Refuse it, as an exporter that may not be written. */
export const refuse =
  (error: number = Wire.PARAM) =>
  (link: Link, transaction: Transaction): void =>
    link.mux.end(transaction, error);

/** Answer with data. */
export function answer(link: Link, transaction: Transaction, data: Uint8Array): void {
  link.mux.begin(transaction, Command.LNK_ERROR, true);
  link.mux.writer.finishWith(data, () => {});
}
