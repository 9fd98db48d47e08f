/** Every dialog there is, with what it is about. Opened by `openDialog` of the ui store. */
export type DialogRequest =
  | { readonly kind: 'add_peer'; readonly address?: string }
  | { readonly kind: 'edit_peer'; readonly peer_id: string }
  | { readonly kind: 'forget_peer'; readonly peer_id: string }
  | { readonly kind: 'forget_disk'; readonly disk_id: string }
  | { readonly kind: 'attach'; readonly disk_id: string }
  /** One or several at once. */
  | { readonly kind: 'detach'; readonly units: readonly string[] }
  | { readonly kind: 'expose'; readonly unit: string }
  | { readonly kind: 'export'; readonly source?: string }
  | { readonly kind: 'remove_export'; readonly export_id: string }
  /** One that is known, or without one any that is typed. */
  | { readonly kind: 'revoke_key'; readonly fingerprint?: string; readonly whose?: string }
  | {
      readonly kind: 'forget_key';
      readonly fingerprint: string;
      readonly whose: string;
      readonly revoked: boolean;
    }
  | { readonly kind: 'copy'; readonly from?: string; readonly to?: string }
  | { readonly kind: 'benchmark'; readonly unit: string }
  | { readonly kind: 'import_config' }
  | { readonly kind: 'diagnostics' }
  | { readonly kind: 'help' }
  | { readonly kind: 'about' };

export type DialogKind = DialogRequest['kind'];
/** The request of one kind of dialog, as its component gets it. */
export type RequestOf<K extends DialogKind> = Extract<DialogRequest, { kind: K }>;
