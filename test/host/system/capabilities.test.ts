import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KernelNbdFacts, kernelNbd } from '../../../electron/host/system/kernel-nbd.ts';
import { installCommand, isInstalled } from '../../../electron/host/system/programs.ts';
import { without } from '../../e2e/support/needs.ts';

const READY: KernelNbdFacts = {
  platform: 'linux',
  isLoaded: true,
  isShipped: true,
  hasClient: true,
  installClient: 'sudo apt install nbd-client',
  isRoot: true,
};

test('devices of the kernel are available where nothing is missing', () => {
  assert.deepEqual(kernelNbd(READY), { available: true, reason: null, fix: null });
});

test('all that is missing is told, with the commands that help', () => {
  assert.deepEqual(kernelNbd({ ...READY, isLoaded: false, hasClient: false, isRoot: false }), {
    available: false,
    reason:
      'the kernel module nbd is not loaded; nbd-client is not installed; ' +
      'only root may connect a device: run nbd-client with sudo',
    fix: 'sudo modprobe nbd && sudo apt install nbd-client',
  });
});

test('what cannot be helped has no command', () => {
  assert.deepEqual(kernelNbd({ ...READY, isLoaded: false, isShipped: false }), {
    available: false,
    reason: 'this kernel has no module nbd',
    fix: null,
  });
  const { available, fix } = kernelNbd({ ...READY, platform: 'darwin' });
  assert.deepEqual([available, fix], [false, null]);
  assert.equal(kernelNbd({ ...READY, hasClient: false, installClient: null }).fix, null);
});

test('this machine is looked at', () => {
  const { available, reason } = kernelNbd();
  assert.equal(available, reason === null);
  if (without('nbd-client') !== false && process.platform === 'linux') {
    assert.match(reason ?? '', /nbd-client is not installed/);
  }
});

test('packages are named as the system names them', () => {
  assert.equal(installCommand('nbd-client', 'NAME="Debian"\nID=debian\n'), 'sudo apt install nbd-client');
  assert.equal(
    installCommand('ss', 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="21"\n'),
    'sudo apt install iproute2',
  );
  assert.equal(
    installCommand('nbd-client', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n'),
    'sudo dnf install nbd',
  );
  assert.equal(installCommand('ss', 'ID=plan9\n'), null);
  assert.equal(installCommand('ss', ''), null);
});

test('programs for administrators are found though they are not on the path', {
  skip: without('ss'),
}, (t) => {
  const before = process.env.PATH;
  t.after(() => {
    process.env.PATH = before;
  });
  assert.equal(isInstalled('ss'), true);
});
