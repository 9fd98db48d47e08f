import { z } from 'zod';
import { CallError } from '../errors.ts';
import { Bytes, Id, Time } from './common.ts';
import { FingerprintText } from './trust.ts';

/** How a link is protected. */
export const LinkSecurity = z.enum(['local', 'plain', 'libdmsg', 'tls']);
export type LinkSecurity = z.infer<typeof LinkSecurity>;

export const PeerState = z.enum([
  'connecting',
  'up',
  'waiting', // lost or refused; tried again by itself
  'disconnected', // by you
]);
export type PeerState = z.infer<typeof PeerState>;

/** A machine we connect to, as configured, with the state of its link. */
export const Peer = z.object({
  id: Id,
  name: z.string(),
  address: z.string(),
  auto_connect: z.boolean(),
  /** Plain links to other hosts were allowed for this peer. */
  insecure_plain: z.boolean(),
  /** The key it must show; null: none was confirmed yet, so links with TLS are refused. */
  fingerprint: FingerprintText.nullable(),
  state: PeerState,
  security: LinkSecurity,
  /** Why there is no link, if there is none and one is wanted. */
  error: z.string().nullable(),
  dialect: z.enum(['2014', 'current']).nullable(),
  /** How it calls itself, once it did. */
  label: z.string().nullable(),
  role: z.enum(['exporter', 'router', 'client', 'other']).nullable(),
  spans: z.number(),
  /** Since when the state is as it is. */
  since: Time,
  reconnects: z.number(),
  /** Times the link was lost in the last 10 minutes; 3 and more is flapping. */
  recent_losses: z.number(),
  demo: z.boolean(),
});
export type Peer = z.infer<typeof Peer>;

/** One step of a test of a peer. */
export const PeerStage = z.object({
  stage: z.enum(['address', 'resolve', 'connect', 'secure', 'protocol', 'spans', 'rtt']),
  state: z.enum(['running', 'ok', 'failed', 'skipped']),
  /** What came out: addresses, dialect, number of disks, round-trip time; or the cause in plain words. */
  detail: z.string(),
  ms: z.number().nullable(),
  error: CallError.nullable(),
  /** Of the stage `secure`, where the peer showed a key: which, and what is known of it. */
  key: z
    .object({
      fingerprint: FingerprintText,
      trust: z.enum(['pinned', 'unknown', 'changed', 'revoked']),
      /** The one that was expected, where it has changed. */
      pinned: FingerprintText.nullable(),
    })
    .optional(),
});
export type PeerStage = z.infer<typeof PeerStage>;

export const PeerTest = z.object({
  stages: z.array(PeerStage),
  ok: z.boolean(),
  spans: z.array(
    z.object({ serial: z.string(), label: z.string(), size_bytes: Bytes, block_bytes: z.number() }),
  ),
  rtt_ms: z.number().nullable(),
});
export type PeerTest = z.infer<typeof PeerTest>;
