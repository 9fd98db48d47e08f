/** A protection, and the test that sees it go. */
export interface Protection {
  readonly name: string;
  readonly file: string;
  /** The code that makes it, which is once in the file. */
  readonly code: string;
  /** What is left without it. */
  readonly instead: string;
  /** A word of the path of the test's file. */
  readonly test: string;
  /** The test starts processes, which must be built first. */
  readonly processes?: boolean;
}

export const PROTECTIONS: readonly Protection[] = [
  // Ghost writes.
  {
    name: 'an open ends the same client’s older ones',
    file: 'electron/target/fence.ts',
    code: 'await Promise.all(older.map((session) => session.fenceOff()));',
    instead: '',
    test: 'faults/ghost',
  },
  {
    name: 'an open waits for what the older ones have at the medium',
    file: 'electron/target/session.ts',
    code: 'if (this.isChanging) await new Promise<void>((resolve) => this.#drained.push(resolve));',
    instead: '',
    test: 'xdisk/stuck-writes',
  },
  {
    name: 'an open of an epoch that is over is refused',
    file: 'electron/target/fence.ts',
    code: 'return epoch < (this.#newest.get(client) ?? 0);',
    instead: 'return false;',
    test: 'target/fence',
  },
  {
    name: 'the other exporters of a medium raise the fence too',
    file: 'electron/target/export.ts',
    code: '[mayOpen] = await Promise.all([this.#siblings?.opens(opening) ?? true, this.#raise(opening)]);',
    instead: 'await this.#raise(opening);',
    test: 'faults/ghost',
  },
  {
    name: 'where no fence reaches, a unit with unanswered writes waits',
    file: 'electron/xdisk/stuck-writes.ts',
    code: 'if (this.#stuck.length === 0) {',
    instead: 'if (this.#stuck.length >= 0) {',
    test: 'xdisk/stuck-writes',
  },
  {
    name: 'a client that would write beside another one is refused',
    file: 'electron/target/writers.ts',
    code: "return this.limit === 'many' || this.#others(client).length === 0;",
    instead: 'return true;',
    test: 'target/writers',
  },
  {
    name: 'an engine that comes again is the client it was',
    file: 'electron/host/attachments.ts',
    code: 'known?.client ?? newClient().client',
    instead: 'newClient().client',
    test: 'faults/engine-death',
    processes: true,
  },
  // Writes acknowledged and not flushed.
  {
    name: 'a flush does not vouch for writes lost with a cache',
    file: 'electron/xdisk/request-queue.ts',
    code: 'if (verifier !== this.#verifier && this.#answeredWrites > this.#stableWrites) {',
    instead: 'if (verifier === "" && this.#answeredWrites > this.#stableWrites) {',
    test: 'xdisk/lost-writes',
  },
  {
    name: 'a write answered in part by a lost cache begins again',
    file: 'electron/xdisk/request-queue.ts',
    code: 'for (const io of this.#waiting) io.restart();',
    instead: '',
    test: 'xdisk/lost-writes',
  },
  {
    name: 'whoever comes anew hears of lost writes nobody heard of',
    file: 'electron/xdisk/unit-user.ts',
    code: 'this.#lossesBefore = this.unit.toldLosses;',
    instead: 'this.#lossesBefore = this.unit.losses;',
    test: 'xdisk/lost-writes',
  },
  {
    name: 'a sync that failed stays failed',
    file: 'electron/target/media/syncer.ts',
    code: "this.#failure = new BlockError('io', message, { cause });",
    instead:
      "const failure = new BlockError('io', message, { cause }); " +
      'for (const request of this.#running.splice(0)) this.#settle(request, failure);',
    test: 'media/file-faults',
  },
  // Failover.
  {
    name: 'a command lost with its path runs again',
    file: 'electron/xdisk/request-queue.ts',
    code: 'io.giveBack(tag.op, tag.offset, tag.length);',
    instead: 'io.error = new BlockError("path", "lost");',
    test: 'xdisk/failover.test',
  },
  {
    name: 'a write refused on one path runs on another that takes it',
    file: 'electron/xdisk/unit.ts',
    code: 'return this.#moving;',
    instead: 'return false;',
    test: 'xdisk/write-right',
  },
  {
    name: 'a request without an answer ends in time',
    file: 'electron/xdisk/request-queue.ts',
    code: 'if (io === undefined || nowMs - tag.startedMs < timeoutMs) continue;',
    instead: 'continue;',
    test: 'xdisk/timeout',
  },
  {
    name: 'a silent peer is noticed',
    file: 'electron/dmsg/pulse.ts',
    code: 'silentMs > silent_seconds * 1000',
    instead: 'silentMs > silent_seconds * 1_000_000',
    test: 'faults/failover',
    processes: true,
  },
  // Messages.
  {
    name: 'a message repeated, left out or out of order ends the link',
    file: 'electron/dmsg/message-reader.ts',
    code: 'if (sequence !== this.#sequence) {',
    instead: 'if (sequence > 255) {',
    test: 'dmsg/message-reader-refusals',
  },
  {
    name: 'a header with a flipped bit ends the link',
    file: 'electron/dmsg/message-reader.ts',
    code: 'if (headerCrc(bytes, at, length) !== view.getUint32(at + Off.hdrCrc, le)) {',
    instead: 'if (headerCrc(bytes, at, length) === -1) {',
    test: 'dmsg/message-reader-refusals',
  },
  {
    name: 'a payload with a flipped bit ends the link',
    file: 'electron/dmsg/message-reader.ts',
    code: "if (crc !== this.#message.payloadCrc) throw new LinkError('payload-crc', 'payload CRC does not match');",
    instead: 'void crc;',
    test: 'dmsg/message-reader-refusals',
  },
  {
    name: 'a payload over the limit takes no memory',
    file: 'electron/dmsg/message-reader.ts',
    code: 'if (payloadBytes > this.maxPayloadBytes) {',
    instead: 'if (payloadBytes > 2 ** 31) {',
    test: 'dmsg/message-reader-refusals',
  },
  {
    name: 'a read is not answered with more than was asked',
    file: 'electron/xdisk/tag.ts',
    code: 'if (this.op === BlockOp.read && message.payload.length > this.length) {',
    instead: 'if (this.op === BlockOp.read && message.payload.length > 2 ** 31) {',
    test: 'xdisk/hostile-answers',
  },
  // What an exporter carries out.
  {
    name: 'what is out of range does not reach the medium',
    file: 'electron/target/session.ts',
    code: 'return checkRange(medium, command.offset, length);',
    instead: 'return checkRange === undefined || medium === undefined ? null : null;',
    test: 'target/commands',
  },
  {
    name: 'a disk opened for reading is not written',
    file: 'electron/target/session.ts',
    code: "return this.claim !== undefined && this.#export.accessOf(this.link) === 'rw';",
    instead: "return this.#export.accessOf(this.link) === 'rw';",
    test: 'target/commands',
  },
  {
    name: 'the right to write is looked at with each command',
    file: 'electron/target/session.ts',
    code: "return this.claim !== undefined && this.#export.accessOf(this.link) === 'rw';",
    instead: 'return this.claim !== undefined;',
    test: 'target/access',
  },
  {
    name: 'the bytes a peer may have at the media are bounded',
    file: 'electron/target/session.ts',
    code: 'if (!this.load.free) {',
    instead: 'if (this.load === undefined) {',
    test: 'target/load',
  },
  // Limits of a peer.
  {
    name: 'the bytes that wait for a peer are bounded',
    file: 'electron/dmsg/backlog.ts',
    code: 'if (bytes > limits.waiting_bytes) {',
    instead: 'if (bytes < 0) {',
    test: 'target/limits',
  },
  {
    name: 'the bytes that wait for all peers are bounded',
    file: 'electron/dmsg/backlog.ts',
    code: '} else if (allBytes > limits.all_waiting_bytes) {',
    instead: '} else if (allBytes < 0) {',
    test: 'target/limits',
  },
  {
    name: 'the transactions of a peer are bounded',
    file: 'electron/dmsg/mux.ts',
    code: 'if (this.#table.remoteCount >= transactions) {',
    instead: 'if (this.#table.remoteCount < 0) {',
    test: 'dmsg/mux-violations',
  },
  {
    name: 'a peer that never ends what we have ended is dropped',
    file: 'electron/dmsg/mux.ts',
    code: 'if (this.#unagreed <= transactions) return;',
    instead: 'if (this.#unagreed > 0) return;',
    test: 'dmsg/link-end',
  },
  {
    name: 'connections that say nothing make room for others',
    file: 'electron/stream/door.ts',
    code: "check(this.#strangers.size, 'unintroduced_links', 'connections here have not said who they are');",
    instead: '',
    test: 'stream/door',
  },
  {
    name: 'the links of an address are bounded',
    file: 'electron/stream/door.ts',
    code: "check(ofHost.get(host) ?? 0, 'links_per_address',",
    instead: "check(0, 'links_per_address',",
    test: 'stream/door',
  },
  // Trust.
  {
    name: 'an unknown key gets no link',
    file: 'electron/host/link-listener.ts',
    code: 'if (reason !== undefined) throw new TrustError(',
    instead: 'if (reason === "") throw new TrustError(',
    test: 'e2e/trust.test',
    processes: true,
  },
  {
    name: 'a revoked key gets no link',
    file: 'electron/host/link-listener.ts',
    code: 'trust.checkRevoked(remote, identity);',
    instead: '',
    test: 'e2e/trust.test',
    processes: true,
  },
  {
    name: 'a TLS handshake has its time',
    file: 'electron/stream/tls-handshake.ts',
    code: "() => settle(new TlsError('timeout',",
    instead: "() => void (new TlsError('timeout',",
    test: 'stream/tls-refusals',
  },
  {
    name: 'NBD is served to this machine alone, unless the network is trusted',
    file: 'electron/host/gateway.ts',
    code: 'if (isLoopback(address) || insecurePlain) return;',
    instead: 'return;',
    test: 'host/app/records',
  },
  // What peers say.
  {
    name: 'a disk of another size or block size is another disk, whatever its serial',
    file: 'electron/xdisk/identity.ts',
    code: 'return a.serial === b.serial && a.sizeBytes === b.sizeBytes && a.blockBytes === b.blockBytes;',
    instead: 'return a.serial === b.serial;',
    test: 'xdisk/offered-again',
  },
  {
    name: 'labels of peers are made printable',
    file: 'electron/xdisk/path.ts',
    code: 'this.label = printable(span.peerLabel);',
    instead: 'this.label = span.peerLabel;',
    test: 'host/app/hostile-words',
  },
  {
    name: 'words of a disk’s errors are made printable',
    file: 'electron/xdisk/tag.ts',
    code: ': printable(text);',
    instead: ': text;',
    test: 'host/app/hostile-words',
  },
  {
    name: 'a disk called __proto__ keeps its number',
    file: 'electron/host/state-file.ts',
    code: "return Numbers.parse(JSON.parse(readFileSync(this.#path, 'utf8'))).units;",
    instead:
      'return Numbers.parse(JSON.parse(readFileSync(this.#path, \'utf8\'))).units.filter(([key]) => key !== "__proto__");',
    test: 'e2e/hostile-words',
    processes: true,
  },
  // State on disk.
  {
    name: 'a file is replaced as a whole',
    file: 'electron/host/atomic-file.ts',
    code: 'const draft = `',
    instead: 'const draft = target; void `',
    test: 'host/config/config-crash',
  },
];
