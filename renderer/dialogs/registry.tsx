import { type ComponentType, createElement, useEffect, useRef } from 'react';
import { useUi } from '../stores/ui.ts';
import { AboutDialog } from './about.tsx';
import { AddPeerDialog } from './add-peer.tsx';
import { AttachDialog } from './attach.tsx';
import { BenchmarkDialog } from './benchmark.tsx';
import { CopyDialog } from './copy.tsx';
import { DetachDialog } from './detach.tsx';
import { DiagnosticsDialog } from './diagnostics.tsx';
import { EditPeerDialog } from './edit-peer.tsx';
import { ExportDialog } from './export.tsx';
import { ExposeDialog } from './expose.tsx';
import { ForgetDiskDialog } from './forget-disk.tsx';
import { ForgetKeyDialog } from './forget-key.tsx';
import { ForgetPeerDialog } from './forget-peer.tsx';
import { HelpDialog } from './help.tsx';
import { ImportConfigDialog } from './import-config.tsx';
import { RemoveExportDialog } from './remove-export.tsx';
import type { DialogKind, DialogRequest, RequestOf } from './requests.ts';
import { RevokeKeyDialog } from './revoke-key.tsx';

type Dialogs = { readonly [K in DialogKind]: ComponentType<{ request: RequestOf<K> }> };

const DIALOGS: Dialogs = {
  add_peer: AddPeerDialog,
  edit_peer: EditPeerDialog,
  forget_peer: ForgetPeerDialog,
  forget_disk: ForgetDiskDialog,
  attach: AttachDialog,
  detach: DetachDialog,
  expose: ExposeDialog,
  export: ExportDialog,
  remove_export: RemoveExportDialog,
  revoke_key: RevokeKeyDialog,
  forget_key: ForgetKeyDialog,
  copy: CopyDialog,
  benchmark: BenchmarkDialog,
  import_config: ImportConfigDialog,
  diagnostics: DiagnosticsDialog,
  help: HelpDialog,
  about: AboutDialog,
};

/** The dialog that was asked for, if one was. */
export function OpenDialog() {
  const request = useUi((state) => state.dialog);
  useReturnFocus(request !== null);
  if (request === null) return null;
  // The request is of the kind its component takes: that is what the type of DIALOGS says.
  const dialog = DIALOGS[request.kind] as ComponentType<{ request: DialogRequest }>;
  return createElement(dialog, { key: JSON.stringify(request), request });
}

/** A dialog is gone at once when it is closed, so it cannot give the focus back itself. */
function useReturnFocus(open: boolean): void {
  const before = useRef<Element | null>(null);
  const wasOpen = useRef(false);
  // Read while it is drawn the first time: after that the dialog has the focus.
  if (open && !wasOpen.current) before.current = document.activeElement;
  wasOpen.current = open;
  useEffect(() => {
    if (open || !(before.current instanceof HTMLElement) || !before.current.isConnected) return;
    before.current.focus({ preventScroll: true });
    before.current = null;
  }, [open]);
}
